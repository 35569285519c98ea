package org.postrider.log;

import org.jspecify.annotations.Nullable;

/// A message on its way into the queue, up to its content.
public sealed interface MailEvent extends Event {
    /// Who sends what to whom, as far as it is known: the end of the lines that refuse something.
    ///
    /// @param protocol `ESMTP`; empty where mail did not come by SMTP
    /// @param helo empty for none
    record Parties(
            @Nullable String sender, @Nullable String recipient, String protocol, String helo) {}

    /// pickup(8) takes what sendmail(1) left: `QID: uid=1000 from=<x>`.
    record Pickup(String queueId, int uid, String sender) implements MailEvent {}

    /// A message passes cleanup again, under a new id: `QID: uid=0 from=<x> orig_id=QID2`.
    record Requeued(String queueId, int uid, String sender, String formerId) implements MailEvent {}

    /// `QID: message-id=<…>`, with `resent-` before it.
    record MessageId(String queueId, String messageId, boolean resent) implements MailEvent {}

    /// What header_checks(5) and its kin do to a message: `QID: reject: header Subject: x from
    /// name[ip]; from=<> to=<> proto=ESMTP helo=<>: 5.7.1 text`.
    ///
    /// @param action `reject`, `hold`, `discard`, `filter`, `warning`, …
    /// @param where `header`, `body`, `mime-error`, with the piece of the message
    /// @param text what the table says; empty for nothing
    record ContentCheck(
            String queueId,
            String action,
            String where,
            String client,
            Parties parties,
            String text)
            implements MailEvent {}

    /// A message grew beyond message_size_limit while it came.
    record TooLarge(String queueId) implements MailEvent {
        @Override
        public Severity severity() {
            return Severity.WARNING;
        }
    }
}
