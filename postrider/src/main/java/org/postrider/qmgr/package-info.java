/// qmgr — the queue manager (qmgr(8)): what is delivered when, over how many sessions.
///
/// **Way of a message**: it arrives from the thread that committed it, or from the feeder when it
/// falls due; its recipients are routed and parted into entries, one delivery each; the [Scheduler]
/// starts them; a [Worker] runs the agent and takes the next entry; each outcome is logged and
/// marked as it comes; the thread of the last delivery ends the pass with notices, the next attempt
/// or the message's removal ([PassEnd]).
///
/// **Who feeds it**: texts of next hops come in through agents' outcomes, addresses through
/// envelopes; both only pass through to log, marks and notices, which make them harmless.
///
/// **Threads**: the scheduler has one owner at a time, whichever thread finds its inbox idle
/// ([OwnerInbox]); no locks. Routes and notices may block, the scheduler never does.
///
/// **Crash**: nothing here is durable but through marks. A recipient whose Done mark was not yet
/// written is delivered again; one that failed stays owed until its notice is committed. While
/// marks cannot be written nothing is started.
///
/// **Differences from qmgr(8)**: deferred mail is due at its own second instead of at the next
/// queue scan; small jobs pass large ones over one account per transport instead of per job.
@NullMarked
package org.postrider.qmgr;

import org.jspecify.annotations.NullMarked;
