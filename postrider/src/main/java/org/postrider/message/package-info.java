/// message — header block and body as received, the facts found while receiving, the MIME parts of
/// a content, and the header as a list that stages change ([HeaderList]) (Postfix: rec_type,
/// header_opts, mime_state).
///
/// Fed by strangers through smtpd and by local users through pickup: nothing here keeps more of a
/// header or a part than the octets that hold it and a fixed share of them; every scan is linear.
/// Contents are immutable and belong to any thread; receivers, lists and MIME states to one.
/// Nothing here is durable: what a crash leaves is the queue's.
///
/// Not done yet: headers in another charset than the octets they came in.
@NullMarked
package org.postrider.message;

import org.jspecify.annotations.NullMarked;
