package org.postrider.log;

import java.util.List;

/// At least one of each kind.
final class EventCases {
    private EventCases() {}

    static List<EventCase> all() {
        return List.of(
                new EventCase(
                        new LogEvent.Connect("client.example[192.0.2.1]"),
                        "connect from client.example[192.0.2.1]",
                        "\"event\":\"connect\",\"client_name\":\"client.example\","
                                + "\"client_address\":\"192.0.2.1\""),
                new EventCase(
                        new LogEvent.Connect("unknown[2001:db8::1]:4711"),
                        "connect from unknown[2001:db8::1]:4711",
                        "\"event\":\"connect\",\"client_name\":\"unknown\","
                                + "\"client_address\":\"2001:db8::1\",\"client_port\":4711"),
                new EventCase(
                        new LogEvent.Disconnect(
                                "client.example[192.0.2.1]",
                                " ehlo=1 mail=0/1 quit=1 commands=2/3"),
                        "disconnect from client.example[192.0.2.1] ehlo=1 mail=0/1 quit=1"
                                + " commands=2/3",
                        "\"event\":\"disconnect\",\"client_name\":\"client.example\","
                                + "\"client_address\":\"192.0.2.1\","
                                + "\"commands\":\"ehlo=1 mail=0/1 quit=1 commands=2/3\""),
                new EventCase(
                        new LogEvent.Client("4A1B2C", "client.example[192.0.2.1]", ""),
                        "4A1B2C: client=client.example[192.0.2.1]",
                        "\"event\":\"client\",\"queue_id\":\"4A1B2C\","
                                + "\"client_name\":\"client.example\","
                                + "\"client_address\":\"192.0.2.1\",\"more\":\"\""),
                new EventCase(
                        new LogEvent.Pickup("4A1B2C", 1000, "ann@a.example"),
                        "4A1B2C: uid=1000 from=<ann@a.example>",
                        "\"event\":\"pickup\",\"queue_id\":\"4A1B2C\",\"uid\":1000,"
                                + "\"sender\":\"ann@a.example\""),
                new EventCase(
                        new LogEvent.MessageId("4A1B2C", "<1@a.example>", false),
                        "4A1B2C: message-id=<1@a.example>",
                        "\"event\":\"message_id\",\"queue_id\":\"4A1B2C\","
                                + "\"message_id\":\"<1@a.example>\",\"resent\":false"),
                new EventCase(
                        new LogEvent.Active("4A1B2C", "ann@a.example", 512, 2),
                        "4A1B2C: from=<ann@a.example>, size=512, nrcpt=2 (queue active)",
                        "\"event\":\"active\",\"queue_id\":\"4A1B2C\","
                                + "\"sender\":\"ann@a.example\",\"size\":512,\"nrcpt\":2"),
                new EventCase(
                        new LogEvent.Expired("4A1B2C", "ann@a.example", false),
                        "4A1B2C: from=<ann@a.example>, status=expired, returned to sender",
                        "\"event\":\"expired\",\"queue_id\":\"4A1B2C\","
                                + "\"sender\":\"ann@a.example\",\"status\":\"expired\""),
                new EventCase(
                        new LogEvent.Delivery(
                                "4A1B2C",
                                "joe@b.example",
                                "joseph@b.example",
                                "mx.b.example[192.0.2.9]:25",
                                2,
                                1_230_000_000L,
                                new long[] {10_000_000L, 0, 20_000_000L, 1_200_000_000L},
                                "2.0.0",
                                "sent",
                                "250 2.0.0 Ok: queued as \"X\""),
                        "4A1B2C: to=<joe@b.example>, orig_to=<joseph@b.example>,"
                                + " relay=mx.b.example[192.0.2.9]:25, conn_use=2, delay=1.2,"
                                + " delays=0.01/0/0.02/1.2, dsn=2.0.0, status=sent"
                                + " (250 2.0.0 Ok: queued as \"X\")",
                        "\"event\":\"delivery\",\"queue_id\":\"4A1B2C\","
                                + "\"recipient\":\"joe@b.example\","
                                + "\"original_recipient\":\"joseph@b.example\","
                                + "\"relay\":\"mx.b.example[192.0.2.9]:25\","
                                + "\"relay_name\":\"mx.b.example\","
                                + "\"relay_address\":\"192.0.2.9\",\"relay_port\":25,\"conn_use\":2,"
                                + "\"delay\":1.2,\"delays\":[0.01,0,0.02,1.2],\"dsn\":\"2.0.0\","
                                + "\"status\":\"sent\","
                                + "\"reply\":\"250 2.0.0 Ok: queued as \\\"X\\\"\""),
                new EventCase(
                        new LogEvent.Removed("4A1B2C"),
                        "4A1B2C: removed",
                        "\"event\":\"removed\",\"queue_id\":\"4A1B2C\""),
                new EventCase(
                        new LogEvent.Notification("4A1B2C", "sender non-delivery", "4A1B2D"),
                        "4A1B2C: sender non-delivery notification: 4A1B2D",
                        "\"event\":\"notification\",\"queue_id\":\"4A1B2C\","
                                + "\"notification\":\"sender non-delivery\","
                                + "\"notice_queue_id\":\"4A1B2D\""),
                new EventCase(
                        new LogEvent.Reject("NOQUEUE", "reject", "RCPT from x[192.0.2.1]: 554 no"),
                        "NOQUEUE: reject: RCPT from x[192.0.2.1]: 554 no",
                        "\"event\":\"reject\",\"queue_id\":\"NOQUEUE\",\"action\":\"reject\","
                                + "\"text\":\"RCPT from x[192.0.2.1]: 554 no\""),
                new EventCase(
                        new LogEvent.Line("4A1B2C: uid=0 from=<> orig_id=4A1B2D"),
                        "4A1B2C: uid=0 from=<> orig_id=4A1B2D",
                        "\"event\":\"text\",\"text\":\"4A1B2C: uid=0 from=<> orig_id=4A1B2D\""),
                new EventCase(
                        new Event.Text(Severity.WARNING, "a\tb\\ \u00c3\u00a9 \u00e9\n\u0100"),
                        "warning: a?b\\ \u00c3\u00a9 ???",
                        "\"event\":\"text\","
                                + "\"text\":\"a\\u0009b\\\\ \u00c3\u00a9 \\udce9\\u000a\\u0100\""),
                new EventCase(
                        new Trouble.Panic("delivery", new StacklessError("odd")),
                        "panic: delivery: odd",
                        "\"event\":\"panic\",\"text\":\"delivery: odd\",\"stack\":\"odd\\u000a\""),
                new EventCase(
                        new Trouble.LogStopped("maillog_json_file", "No space left on device"),
                        "warning: maillog_json_file: no lines can be written: No space left on device",
                        "\"event\":\"log_stopped\",\"log\":\"maillog_json_file\","
                                + "\"reason\":\"No space left on device\""),
                new EventCase(
                        new Trouble.LogGoesOn("maillog_json_file", 17),
                        "warning: maillog_json_file: lines are written again, 17 are lost",
                        "\"event\":\"log_goes_on\",\"log\":\"maillog_json_file\",\"lost\":17"),
                new EventCase(
                        new Trouble.LogEnded("maillog_json_file", 3),
                        "warning: maillog_json_file: ended, 3 are lost",
                        "\"event\":\"log_ended\",\"log\":\"maillog_json_file\",\"lost\":3"),
                new EventCase(
                        new Trouble.SubscriberFailed("console", 4, new StacklessError("odd")),
                        "error: console: 4 events are lost: odd",
                        "\"event\":\"subscriber_failed\",\"subscriber\":\"console\",\"lost\":4,"
                                + "\"reason\":\"odd\""));
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
