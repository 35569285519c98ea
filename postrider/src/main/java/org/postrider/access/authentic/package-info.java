/// access.authentic — restrictions on the authenticity of a mail, which Postfix leaves to milters:
/// SPF and the client's name from the envelope on, DKIM, ARC and DMARC after the content. They look
/// at what the room `authentication` found out; of a client that is not checked they say nothing,
/// and where something cannot be known, now or at this command, the mail is put off.
///
/// Fed by strangers: all that they look at. Immutable, any thread; one waits where the DNS has not
/// answered yet. A crash loses nothing.
@NullMarked
package org.postrider.access.authentic;

import org.jspecify.annotations.NullMarked;
