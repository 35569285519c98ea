/// master.control — the server's side of its control sockets: `private/control` for the superuser
/// and the server's own user ([Administration]), `public/qmgr`, `public/flush` and `public/showq`
/// for whom authorized_flush_users and authorized_mailq_users let ([LocalUsers]); who it is, the
/// kernel says.
///
/// Local users feed it: a request is bounded, decoded by [org.postrider.control.ControlCodec], and
/// refused by name when nobody knows it. Each session is on a thread of its own, with a deadline
/// for each read and write. A change is durable before it is answered; what is asked is done to its
/// end even when who asked has gone.
@NullMarked
package org.postrider.master.control;

import org.jspecify.annotations.NullMarked;
