/// queue.spool — the queue of one node in its parts. [org.postrider.queue.spool.Opening] takes the
/// directory and recovers; [org.postrider.queue.spool.Spool] is the port's face;
/// [org.postrider.queue.spool.Committer] makes what many threads hand in durable with one force;
/// [org.postrider.queue.spool.LiveMessages] holds the index and what marks do to it;
/// [org.postrider.queue.spool.Views] reads messages back; [org.postrider.queue.spool.Taking]
/// chooses what becomes active; [org.postrider.queue.spool.Upkeep] does in the background what
/// nobody waits for: compaction, checkpoints, damage, spares.
///
/// **Threads**: any. One lock guards the index and is never held over I/O; one thread at a time
/// leads a batch, whichever came first; upkeep has one thread of its own; records are read on a
/// small pool.
///
/// **Crash**: docs/internals/queue.md, walked by `CrashWalkTest`. **Who feeds it**: smtpd and
/// pickup through cleanup; everything they can make large is charged to
/// [org.postrider.queue.spool.QueueMemory]. **Not yet**: cold segments.
@NullMarked
package org.postrider.queue.spool;

import org.jspecify.annotations.NullMarked;
