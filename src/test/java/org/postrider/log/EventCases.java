package org.postrider.log;

import java.util.List;

/// At least one event of each kind, under the headings of docs/json-log.md.
final class EventCases {
    private static final String ID = "4A1B2C";
    private static final String CLIENT = "client.example[192.0.2.1]";
    private static final String RELAY = "mx.b.example[192.0.2.9]:25";
    private static final String SENDER = "ann@a.example";
    private static final String JSON = "maillog_json_file";

    private EventCases() {}

    /// @param title a heading
    record Group(String title, List<Event> events) {}

    static List<Group> all() {
        return List.of(
                new Group("Sessions", sessions()),
                new Group("Mail coming in", mail()),
                new Group("Queue", queue()),
                new Group("Mail going out", delivery()),
                new Group("TLS", tls()),
                new Group("Configuration", configuration()),
                new Group("Trouble, and other text", trouble()));
    }

    private static List<Event> sessions() {
        return List.of(
                new SessionEvent.Connect(CLIENT),
                new SessionEvent.Connect("unknown[2001:db8::1]:4711"),
                new SessionEvent.Disconnect(
                        CLIENT,
                        List.of(
                                new SessionEvent.Count("ehlo", 1, 1),
                                new SessionEvent.Count("mail", 0, 1),
                                new SessionEvent.Count("quit", 1, 1))),
                new SessionEvent.Disconnect(CLIENT, List.of()),
                new SessionEvent.Ended(SessionEvent.Cause.LOST_CONNECTION, "DATA", CLIENT),
                new SessionEvent.Ended(SessionEvent.Cause.TIMEOUT, "END-OF-MESSAGE", CLIENT),
                new SessionEvent.Ended(SessionEvent.Cause.TOO_MANY_ERRORS, "RCPT", CLIENT),
                new SessionEvent.Ended(SessionEvent.Cause.STOP, "MAIL", CLIENT),
                new SessionEvent.Screened(
                        "PASS NEW", "[192.0.2.1]:4711", "PASS NEW [192.0.2.1]:4711"),
                new SessionEvent.EarlyTalk("CONNECT", CLIENT, "EHLO x\\r\\n"),
                new SessionEvent.NotSmtp(CLIENT, "GET / HTTP/1.1"),
                new SessionEvent.LineTooLong(CLIENT, 2048, "EHLO xxxx"),
                new SessionEvent.AuthFailed(CLIENT, "PLAIN", "(reason unavailable)", "joe"),
                new SessionEvent.AuthFailed(CLIENT, "LOGIN", "connection to the server", null),
                new SessionEvent.AuthAborted(CLIENT, "LOGIN"),
                new SessionEvent.LimitExceeded("Connection rate", 31, CLIENT, "smtp"),
                new SessionEvent.HandshakeRefused("STARTTLS", CLIENT, "smtp"),
                new SessionEvent.RateExceeded(
                        "Login",
                        "101 recipients in 1h",
                        "joe",
                        CLIENT,
                        "submission",
                        new SessionEvent.Rate("smtpd_login_rate_limit", 100, "1h", "reject")));
    }

    private static List<Event> mail() {
        return List.of(
                new MailEvent.Client(
                        ID, CLIENT, null, null, MailEvent.Former.NONE, MailEvent.Spoke.NONE),
                new MailEvent.Client(
                        ID,
                        CLIENT,
                        new MailEvent.Login("PLAIN", "joe"),
                        SENDER,
                        new MailEvent.Former("3F00AA", "unknown[192.0.2.7]"),
                        new MailEvent.Spoke(
                                "ESMTPSA",
                                "client.example",
                                new MailEvent.Tls("TLSv1.3", "TLS_AES_256_GCM_SHA384"))),
                new MailEvent.Access(
                        "NOQUEUE",
                        "reject",
                        "RCPT",
                        CLIENT,
                        "554 5.7.1 <joe@b.example>: Relay access denied",
                        new MailEvent.Parties(
                                SENDER,
                                "joe@b.example",
                                "ESMTP",
                                "client.example",
                                new MailEvent.Login("PLAIN", "ann"),
                                null)),
                new MailEvent.Access(
                        "NOQUEUE",
                        "reject",
                        "RCPT",
                        CLIENT,
                        "554 5.7.1 <joe@b.example>: Relay access denied",
                        new MailEvent.Parties(
                                SENDER,
                                "joe@b.example",
                                "ESMTP",
                                "client.example",
                                null,
                                new MailEvent.Rule(
                                        "smtpd_relay_restrictions: reject_unauth_destination",
                                        "/etc/postfix/main.cf, line 12"))),
                new MailEvent.Access("NOQUEUE", "abort", "TLS", CLIENT, "not trusted", null),
                new MailEvent.Pickup(ID, 1000, SENDER),
                new MailEvent.Requeued(ID, 0, SENDER, "4A1B2B"),
                new MailEvent.MessageId(ID, "<1@a.example>", false),
                new MailEvent.MessageId(ID, "<1@a.example>", true),
                new MailEvent.ContentCheck(
                        ID,
                        "reject",
                        "header Subject: win",
                        CLIENT,
                        new MailEvent.Parties(SENDER, "joe@b.example", "ESMTP", "client.example"),
                        "5.7.1 no prizes"),
                new MailEvent.ContentCheck(
                        ID,
                        "reject",
                        "mime-error improper use of 8-bit data: \u00e9",
                        "local",
                        new MailEvent.Parties("", "joe@b.example", "", ""),
                        ""),
                new MailEvent.BadChunk(
                        ID, "malformed BDAT command syntax", CLIENT, ": BDAT many LAST"),
                new MailEvent.BadChunk(ID, "null BDAT request", CLIENT, ""),
                new MailEvent.NoMemory(ID, 812, CLIENT),
                new MailEvent.TooLarge(ID));
    }

    private static List<Event> queue() {
        return List.of(
                new QueueEvent.Active(ID, SENDER, 512, 2),
                new QueueEvent.Expired(ID, SENDER, false),
                new QueueEvent.Expired(ID, SENDER, true),
                new QueueEvent.Removed(ID),
                new QueueEvent.Kept("milters are not built yet"),
                new QueueEvent.NoticePutOff(ID, false, "queue is full"),
                new QueueEvent.NoticePutOff(ID, true, "queue is full"),
                new QueueEvent.Suspended(),
                new QueueEvent.Resumed(),
                new QueueEvent.NoSpace(4096),
                new QueueEvent.SetAside("maildrop/x17", "unfinished for a day"));
    }

    private static List<Event> delivery() {
        return List.of(
                new DeliveryEvent.Delivery(
                        ID,
                        "joe@b.example",
                        "joseph@b.example",
                        new DeliveryEvent.Relay(RELAY, 2, "may:none"),
                        1_230_000_000L,
                        new long[] {10_000_000L, 0, 20_000_000L, 1_200_000_000L},
                        "2.0.0",
                        "sent",
                        "250 2.0.0 Ok: queued as \"X\""),
                new DeliveryEvent.Delivery(
                        ID,
                        "joe@c.example",
                        null,
                        new DeliveryEvent.Relay("none", 1, ""),
                        0,
                        new long[] {0, 0, 0, 0},
                        "4.4.1",
                        "deferred",
                        "connect to mx.c.example[192.0.2.8]:25: Connection refused"),
                new DeliveryEvent.NoConnection(RELAY, "Connection refused"),
                new DeliveryEvent.ServerRefused(
                        ID, "host mx.b.example[192.0.2.9] said: 450 4.2.0 later"),
                new DeliveryEvent.NoTransport("uucp"),
                new DeliveryEvent.Notification(ID, "sender non-delivery", "4A1B2D"));
    }

    private static List<Event> tls() {
        TlsEvent.Agreed agreed =
                new TlsEvent.Agreed(
                        "TLSv1.3",
                        "TLS_AES_256_GCM_SHA384",
                        "TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)",
                        "key-exchange X25519 server-signature ECDSA (P-256)");
        return List.of(
                new TlsEvent.Established(
                        TlsEvent.End.SERVER, CLIENT, "Anonymous", "mx.example", agreed),
                new TlsEvent.Established(TlsEvent.End.CLIENT, RELAY, "Trusted", null, agreed),
                new TlsEvent.Failed(TlsEvent.End.SERVER, CLIENT, "lost connection"),
                new TlsEvent.Failed(TlsEvent.End.CLIENT, RELAY, "-1"),
                new TlsEvent.Unverified(CLIENT, "self-signed certificate"),
                new TlsEvent.LibraryProblem("no cipher suites in common"));
    }

    private static List<Event> configuration() {
        return List.of(
                new ConfigurationEvent.Started("3.12.0", "/etc/postfix"),
                new ConfigurationEvent.Reloaded("3.12.0", "/etc/postfix"),
                new ConfigurationEvent.StartRefused("/etc/postfix/main.cf, line 3: missing '='"),
                new ConfigurationEvent.ReloadRefused("/etc/postfix/main.cf, line 3: missing '='"),
                new ConfigurationEvent.Notice("smtpd_milters is not honoured: mail is held"),
                new ConfigurationEvent.Unchanged(JSON, "/var/log/mail.json", ""),
                new ConfigurationEvent.Stopping(false),
                new ConfigurationEvent.Stopping(true));
    }

    private static List<Event> trouble() {
        return List.of(
                new Event.Text(Severity.WARNING, "a\tb\\ \u00c3\u00a9 \u00e9\n\u0100"),
                new Trouble.Panic("delivery of " + ID, new StacklessError("odd")),
                new Trouble.LogStopped(JSON, "No space left on device"),
                new Trouble.LogGoesOn(JSON, 17),
                new Trouble.LogGoesOn(JSON, 0),
                new Trouble.LogEnded(JSON, 3),
                new Trouble.LookupFailed("hash:/etc/postfix/access lookup error for \"joe\""),
                new Trouble.SubscriberFailed("console", 4, new StacklessError("odd")));
    }

    /// Prints as its text alone.
    private static final class StacklessError extends RuntimeException {
        private static final long serialVersionUID = 1;

        StacklessError(String text) {
            super(text, null, false, false);
        }

        @Override
        public String toString() {
            return String.valueOf(getMessage());
        }
    }
}
