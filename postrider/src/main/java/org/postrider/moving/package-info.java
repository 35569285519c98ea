/// moving — mail between Postfix's queue directory and ours, in both directions, while nothing runs
/// (`postmove`).
///
/// **What goes over**: every message of incoming, active, deferred and hold with its sender, its
/// recipients and which of them are done, what the client asked for (RFC 3461, 6531), where it came
/// from, its times and why it waits; what lies in corrupt and maildrop, as files. A queue id stays
/// where both can have it ([org.postrider.moving.QueueNames]).
///
/// **Crash**: at no point is a message lost or there twice. What a batch is about to move stands in
/// a [org.postrider.moving.Ledger] before anything of it happens; the originals are made unready
/// (mode 0600, which Postfix passes over) before the other side has them, and removed after that is
/// durable. While a ledger is there this server does not start, and the next run makes an end of
/// the batch first.
///
/// **What is not trusted**: files of a queue directory may be damaged in any way. A record is
/// bounded, pointers end, and what cannot be read to its end is named and left where it is.
///
/// **Threads**: one.
@NullMarked
package org.postrider.moving;

import org.jspecify.annotations.NullMarked;
