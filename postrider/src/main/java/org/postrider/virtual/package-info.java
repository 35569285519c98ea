/// virtual — mailboxes of domains whose users have no accounts: tables say which file or Maildir is
/// an address's, and with which numbers it is written (virtual(8)).
///
/// Who feeds it: strangers, by the message and the address, which is only ever a key; no answer of
/// a table holds a part of it.
///
/// Threads: a delivery blocks its own.
///
/// Crash: what was written when the server stopped before it was noted is written again.
@NullMarked
package org.postrider.virtual;

import org.jspecify.annotations.NullMarked;
