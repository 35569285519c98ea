/// showq — what is in the queue, for those who ask: the listing on `public/showq` in Postfix's
/// attribute protocol (for postqueue, mailq, qshape and exporters of others), and what an
/// administrator does to queued messages (postsuper, postqueue -i, postcat), the same code with the
/// server up (through the control socket) and down (over the spool).
///
/// Fed by the queue and by authorised local users; a listing reads nothing from its client. Any
/// thread; a listing holds no lock while it waits for its reader. Postfix counterpart: showq, and
/// the queue half of postsuper and postcat.
@NullMarked
package org.postrider.showq;

import org.jspecify.annotations.NullMarked;
