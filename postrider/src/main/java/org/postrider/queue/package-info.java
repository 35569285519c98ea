/// queue — every accepted message until its last recipient is settled. What other rooms see: the
/// port ([org.postrider.queue.Queue], and [org.postrider.queue.QueueReader] for who only looks),
/// what goes through it (an envelope in types, marks, transactions), and
/// [org.postrider.queue.JournalQueue], which only those name who make a server or a tool.
///
/// **Promise**: after a commit, every recipient ends delivered, bounced to the sender, or still
/// queued, whatever happens to the process, the JVM or the power. docs/internals/queue.md has the
/// state table.
///
/// **An envelope** says what `postcat -e` shows. Who wants to know something asks its type; the
/// names that things have on disk stand in [org.postrider.queue.NamedAttributes] alone. What a
/// newer version wrote survives being copied, moved and requeued.
///
/// **Who feeds it**: smtpd, pickup and bounce through cleanup; agents' outcomes through qmgr.
/// **Threads**: any; a commit blocks until it is durable, a post does not. **Crash**: a posted mark
/// may be lost with the last two milliseconds. `QueueContract` is the test that each implementation
/// of the port passes. **Not yet**: a store that several machines share.
@NullMarked
package org.postrider.queue;

import org.jspecify.annotations.NullMarked;
