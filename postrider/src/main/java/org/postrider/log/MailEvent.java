package org.postrider.log;

import org.jspecify.annotations.Nullable;

/// A message on its way into the queue, up to its content.
public sealed interface MailEvent extends Event {
    /// Who sends what to whom, as far as it is known: the end of the lines that refuse something.
    ///
    /// @param protocol `ESMTP`; empty where mail did not come by SMTP
    /// @param helo empty for none
    /// @param login null where the client has not authenticated
    /// @param rule that refused; null for none that the log is to name
    record Parties(
            @Nullable String sender,
            @Nullable String recipient,
            String protocol,
            String helo,
            @Nullable Login login,
            @Nullable Rule rule) {
        /// Without a login.
        public Parties(
                @Nullable String sender, @Nullable String recipient, String protocol, String helo) {
            this(sender, recipient, protocol, helo, null, null);
        }
    }

    /// Who a client has authenticated as, and how.
    record Login(String method, String username) {}

    /// Where mail was before it came here (XFORWARD).
    ///
    /// @param queueId its id there
    /// @param client `name[address]`, who brought it there
    record Former(@Nullable String queueId, @Nullable String client) {
        public static final Former NONE = new Former(null, null);
    }

    /// How a client spoke, which the mail log has on other lines or not at all.
    ///
    /// @param protocol `ESMTPS` and its like; empty where mail did not come by SMTP
    /// @param helo empty for none
    /// @param tls null for none
    record Spoke(String protocol, String helo, @Nullable Tls tls) {
        public static final Spoke NONE = new Spoke("", "", null);
    }

    /// `TLSv1.3` and its cipher.
    record Tls(String version, String cipher) {}

    /// A client's mail has a queue id: `QID: client=name[ip], sasl_method=…`.
    ///
    /// @param saslSender whom MAIL's AUTH names
    record Client(
            String queueId,
            String client,
            @Nullable Login login,
            @Nullable String saslSender,
            Former former,
            Spoke spoke)
            implements MailEvent {}

    /// What rules do to a command and its mail: `NOQUEUE: reject: RCPT from name[ip]: 554 …;
    /// from=<> to=<> proto=ESMTP helo=<>`.
    ///
    /// @param queueId `NOQUEUE` before there is one
    /// @param action `reject`, `reject_warning`, `hold`, `discard`, `filter`, `milter-reject`, …
    /// @param command `CONNECT`, `RCPT`, `END-OF-MESSAGE`, …
    /// @param reply to the client, or what else is done and why
    record Access(
            String queueId,
            String action,
            String command,
            String client,
            String reply,
            @Nullable Parties parties)
            implements MailEvent {}

    /// The restriction that refused (smtpd_log_rule).
    ///
    /// @param text the list or class and what stands in it, `smtpd_helo_restrictions: reject`
    /// @param set where that list is set, with its line; `default` if it is not
    record Rule(String text, String set) {}

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

    /// A chunk (BDAT) that is refused.
    ///
    /// @param fault what is wrong, `malformed BDAT command syntax`, `null BDAT request`, …
    /// @param text what follows the client's name; empty for nothing
    record BadChunk(String queueId, String fault, String client, String text) implements MailEvent {
        @Override
        public Severity severity() {
            return Severity.WARNING;
        }
    }

    /// A mail has as many recipients as there is memory for; those that follow are to come again.
    ///
    /// @param recipients that it has
    record NoMemory(String queueId, int recipients, String client) implements MailEvent {
        @Override
        public Severity severity() {
            return Severity.WARNING;
        }
    }

    /// A message grew beyond message_size_limit while it came.
    record TooLarge(String queueId) implements MailEvent {
        @Override
        public Severity severity() {
            return Severity.WARNING;
        }
    }
}
