package org.postrider.log;

import java.nio.charset.StandardCharsets;

/// Postfix's wording of each event.
public final class PostfixLines {
    private PostfixLines() {}

    /// What stands behind the process in the mail log, with `warning: ` and its like.
    public static String text(Event event) {
        LineWriter line = new LineWriter();
        render(event, line);
        return new String(line.octets(), 0, line.length(), StandardCharsets.ISO_8859_1);
    }

    static void render(Event event, LineWriter line) {
        line.text(event.severity().prefix());
        switch (event) {
            case LogEvent e -> mail(e, line);
            case Trouble e -> trouble(e, line);
            case Event.Text e -> line.text(e.text());
        }
    }

    private static void trouble(Trouble event, LineWriter line) {
        switch (event) {
            case Trouble.Panic e -> line.text(e.what()).text(": ").text(e.bug().toString());
            case Trouble.LogStopped e ->
                    line.text(e.log()).text(": no lines can be written: ").text(e.reason());
            case Trouble.LogGoesOn e -> lost(e.log(), ": lines are written again", e.lost(), line);
            case Trouble.LogEnded e -> lost(e.log(), ": ended", e.lost(), line);
            case Trouble.SubscriberFailed e ->
                    line.text(e.subscriber())
                            .text(": ")
                            .number(e.events())
                            .text(" events are lost: ")
                            .text(e.bug().toString());
        }
    }

    private static void lost(String log, String what, long lines, LineWriter line) {
        line.text(log).text(what);
        if (lines > 0) {
            line.text(", ").number(lines).text(" are lost");
        }
    }

    private static void mail(LogEvent event, LineWriter line) {
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
