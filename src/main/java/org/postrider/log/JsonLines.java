package org.postrider.log;

import java.io.PrintWriter;
import java.io.StringWriter;

/// The fields of each event in a JSON line (docs/json-log.md), in Postfix's words.
final class JsonLines {
    private JsonLines() {}

    static void render(Event event, JsonWriter json) {
        switch (event) {
            case LogEvent e -> mail(e, json);
            case Trouble e -> trouble(e, json);
            case Event.Text e -> json.field("event", "text").field("text", e.text());
        }
    }

    private static void trouble(Trouble event, JsonWriter json) {
        switch (event) {
            case Trouble.Panic e -> {
                StringWriter stack = new StringWriter();
                e.bug().printStackTrace(new PrintWriter(stack));
                json.field("event", "panic")
                        .field("text", e.what() + ": " + e.bug())
                        .field("stack", stack.toString());
            }
            case Trouble.LogStopped e ->
                    json.field("event", "log_stopped")
                            .field("log", e.log())
                            .field("reason", e.reason());
            case Trouble.LogGoesOn e ->
                    json.field("event", "log_goes_on")
                            .field("log", e.log())
                            .field("lost", e.lost());
            case Trouble.LogEnded e ->
                    json.field("event", "log_ended").field("log", e.log()).field("lost", e.lost());
            case Trouble.SubscriberFailed e ->
                    json.field("event", "subscriber_failed")
                            .field("subscriber", e.subscriber())
                            .field("lost", e.events())
                            .field("reason", e.bug().toString());
        }
    }

    private static void mail(LogEvent event, JsonWriter json) {
        switch (event) {
            case LogEvent.Connect e -> host(json.field("event", "connect"), "client", e.client());
            case LogEvent.Disconnect e ->
                    host(json.field("event", "disconnect"), "client", e.client())
                            .field("commands", e.counts().strip());
            case LogEvent.Client e ->
                    host(
                                    json.field("event", "client").field("queue_id", e.queueId()),
                                    "client",
                                    e.client())
                            .field("more", e.more());
            case LogEvent.Pickup e ->
                    json.field("event", "pickup")
                            .field("queue_id", e.queueId())
                            .field("uid", e.uid())
                            .field("sender", e.sender());
            case LogEvent.MessageId e ->
                    json.field("event", "message_id")
                            .field("queue_id", e.queueId())
                            .field("message_id", e.messageId())
                            .field("resent", e.resent());
            case LogEvent.Active e ->
                    json.field("event", "active")
                            .field("queue_id", e.queueId())
                            .field("sender", e.sender())
                            .field("size", e.size())
                            .field("nrcpt", e.recipients());
            case LogEvent.Expired e ->
                    json.field("event", "expired")
                            .field("queue_id", e.queueId())
                            .field("sender", e.sender())
                            .field("status", e.forced() ? "force-expired" : "expired");
            case LogEvent.Delivery e -> delivery(e, json);
            case LogEvent.Removed e ->
                    json.field("event", "removed").field("queue_id", e.queueId());
            case LogEvent.Notification e ->
                    json.field("event", "notification")
                            .field("queue_id", e.queueId())
                            .field("notification", e.kind())
                            .field("notice_queue_id", e.noticeId());
            case LogEvent.Reject e ->
                    json.field("event", "reject")
                            .field("queue_id", e.queueIdOrNoqueue())
                            .field("action", e.action())
                            .field("text", e.text());
            case LogEvent.Line e -> json.field("event", "text").field("text", e.text());
        }
    }

    private static void delivery(LogEvent.Delivery e, JsonWriter json) {
        json.field("event", "delivery")
                .field("queue_id", e.queueId())
                .field("recipient", e.recipient())
                .field("original_recipient", e.originalRecipient());
        host(json.field("relay", e.relay()), "relay", e.relay());
        if (e.connectionUse() > 1) {
            json.field("conn_use", e.connectionUse());
        }
        json.seconds("delay", e.delayNanos())
                .seconds("delays", e.delaysNanos())
                .field("dsn", e.dsn())
                .field("status", e.status())
                .field("reply", e.reason());
    }

    /// `name[address]` and `name[address]:port` in their parts; a name without address has none.
    private static JsonWriter host(JsonWriter json, String what, String text) {
        int open = text.indexOf('[');
        int close = text.indexOf(']', open + 1);
        if (open < 0 || close < 0) {
            return json;
        }
        json.field(what + "_name", text.substring(0, open))
                .field(what + "_address", text.substring(open + 1, close));
        if (text.startsWith("]:", close)) {
            json.digits(what + "_port", text.substring(close + 2));
        }
        return json;
    }
}
