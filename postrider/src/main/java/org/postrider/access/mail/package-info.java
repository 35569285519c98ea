/// access.mail — restrictions on sender and recipient: relaying, addresses that do not exist,
/// senders that belong to another login. They ask rewrite where an address leads, so they decide on
/// what mail will be sent to, not on what the client wrote. Fed by strangers: both addresses.
/// Immutable; any thread.
@NullMarked
package org.postrider.access.mail;

import org.jspecify.annotations.NullMarked;
