/// wire — the SMTP grammar of both sides (Postfix: smtp_stream(3), smtp_chat(3)): replies, command
/// lines, EHLO keywords, and the client's half of the dialogue.
///
/// **Who feeds it**: hostile clients by smtpd ([Command], [Words]) and hostile servers by smtp
/// ([ClientDialogue], [ServerReply]): their octets arrive here first, and what is kept of them is
/// bounded. What a client's dialogue is for — delivery, a probe, a test of TLS — is not known here:
/// TLS comes in as [ClientDialogue.Securing], mail as [ClientMail].
///
/// **Threads**: values, and dialogues of one thread each. **Crash**: nothing is kept.
///
/// **Not yet**: nothing known.
@NullMarked
package org.postrider.wire;

import org.jspecify.annotations.NullMarked;
