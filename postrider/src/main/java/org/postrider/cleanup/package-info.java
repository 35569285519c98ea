/// cleanup — the stages between receiving and the queue (Postfix: cleanup(8)).
///
/// **What it does**: one explicit list of stages ([Cleanup]): sender, recipients, header, missing
/// fields, body, copies, milters; then one commit. A stage that does not concern a message is
/// passed over; those that change the header share one list of its fields (message.HeaderList). The
/// parts of a content are gone through (message.MimeState) only where checks, limits or strict MIME
/// concern them; else what was found while receiving is enough.
///
/// **Who feeds it**: strangers, headers and bodies through smtpd; local users through pickup; our
/// own notices. A header is cut at header_size_limit, its addresses at header_address_token_limit,
/// every parser is linear, recipients are charged to the queue's budget before they are made.
///
/// **Threads**: services and stages are immutable; a message belongs to one thread ([Run]).
///
/// **Crash**: a message is taken whole or not at all: nothing is durable before the commit and all
/// of it after.
///
/// **Milters** see the mail when all other stages are done with it ([MilterStage]); what they
/// change is done in the chamber `milter`, before anything is committed. The chamber `author` signs
/// it behind them.
///
/// **Not yet**: force_mime_input_conversion: filters see the mail as it came.
@NullMarked
package org.postrider.cleanup;

import org.jspecify.annotations.NullMarked;
