package org.postrider.log;

/// Postfix's wording of each event.
final class LogLines {
    private LogLines() {}

    static void render(LogEvent event, LineWriter line) {
        switch (event) {
            case LogEvent.Connect e -> line.text("connect from ").text(e.client());
            case LogEvent.Disconnect e ->
                    line.text("disconnect from ").text(e.client()).text(e.counts());
            case LogEvent.Client e ->
                    line.text(e.queueId()).text(": client=").text(e.client()).text(e.more());
            case LogEvent.Pickup e ->
                    line.text(e.queueId())
                            .text(": uid=")
                            .number(e.uid())
                            .text(" from=<")
                            .text(e.sender())
                            .octet('>');
            case LogEvent.MessageId e ->
                    line.text(e.queueId())
                            .text(e.resent() ? ": resent-message-id=" : ": message-id=")
                            .text(e.messageId());
            case LogEvent.Active e ->
                    line.text(e.queueId())
                            .text(": from=<")
                            .text(e.sender())
                            .text(">, size=")
                            .number(e.size())
                            .text(", nrcpt=")
                            .number(e.recipients())
                            .text(" (queue active)");
            case LogEvent.Expired e ->
                    line.text(e.queueId())
                            .text(": from=<")
                            .text(e.sender())
                            .text(e.forced() ? ">, status=force-expired" : ">, status=expired")
                            .text(", returned to sender");
            case LogEvent.Delivery e -> delivery(e, line);
            case LogEvent.Removed e -> line.text(e.queueId()).text(": removed");
            case LogEvent.Notification e ->
                    line.text(e.queueId())
                            .text(": ")
                            .text(e.kind())
                            .text(" notification: ")
                            .text(e.noticeId());
            case LogEvent.Reject e ->
                    line.text(e.queueIdOrNoqueue())
                            .text(": ")
                            .text(e.action())
                            .text(": ")
                            .text(e.text());
            case LogEvent.Line e -> line.text(e.text());
        }
    }

    private static void delivery(LogEvent.Delivery e, LineWriter line) {
        line.text(e.queueId()).text(": to=<").text(e.recipient()).text(">, ");
        if (e.originalRecipient() != null) {
            line.text("orig_to=<").text(e.originalRecipient()).text(">, ");
        }
        line.text("relay=").text(e.relay());
        if (e.connectionUse() > 1) {
            line.text(", conn_use=").number(e.connectionUse());
        }
        line.text(", delay=").delay(e.delayNanos()).text(", delays=");
        long[] d = e.delaysNanos();
        for (int i = 0; i < d.length; i++) {
            if (i > 0) {
                line.octet('/');
            }
            line.delay(d[i]);
        }
        line.text(", dsn=")
                .text(e.dsn())
                .text(", status=")
                .text(e.status())
                .text(" (")
                .text(e.reason())
                .octet(')');
    }
}
