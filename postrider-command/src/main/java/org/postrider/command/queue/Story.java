package org.postrider.command.queue;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postrider.time.Clock;

/// What became of one message, told line by line as it is read; what is kept of it is the last of
/// each recipient and the ids of other messages that have to do with it.
final class Story {
    /// Recipients and ids that are kept.
    private static final int MOST = 10_000;

    private static final Pattern MADE = Pattern.compile("\\b(forwarded|queued) as ([0-9A-Za-z]+)");
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS", Locale.ROOT);

    /// What became of a recipient the last time.
    record Last(String status, String dsn, String relay, String reply, String time, int attempts) {}

    private final String id;

    /// Told each line of the story: as it was kept, and in words.
    interface Told {
        void line(String json, String words);
    }

    private final Told told;
    private final Map<String, Last> recipients = new LinkedHashMap<>();
    private final Map<String, String> linked = new LinkedHashMap<>();
    private String sender = "";
    private String size = "";
    private boolean any;
    private boolean removed;

    Story(String id, Told told) {
        this.id = id;
        this.told = told;
    }

    /// For a text to look for.
    Consumer<String> lines() {
        return this::line;
    }

    String id() {
        return id;
    }

    /// By address.
    Map<String, Last> recipients() {
        return recipients;
    }

    /// Other ids, and what they are to this one.
    Map<String, String> linked() {
        return linked;
    }

    boolean any() {
        return any;
    }

    boolean removed() {
        return removed;
    }

    String sender() {
        return sender;
    }

    String size() {
        return size;
    }

    private void line(String json) {
        Map<String, String> of = TraceLine.fields(json);
        if (of == null) {
            return;
        }
        String text = field(of, "text");
        boolean ours =
                of.containsKey("queue_id")
                        ? field(of, "queue_id").equals(id)
                        : field(of, "event").equals("text") && text.startsWith(id + ": ");
        if (ours) {
            any = true;
            told.line(json, when(of) + "  " + left(process(of), 9) + words(of));
        } else {
            from(of);
        }
    }

    private static String process(Map<String, String> of) {
        return field(of, "process_name");
    }

    private static String left(String text, int width) {
        return text + " ".repeat(Math.max(1, width - text.length()));
    }

    private static String field(Map<String, String> of, String name) {
        return of.getOrDefault(name, "");
    }

    /// In local time.
    static String when(Map<String, String> of) {
        String time = field(of, "time");
        try {
            return TIME.format(Instant.parse(time).atZone(Clock.zone()));
        } catch (DateTimeException e) {
            return time;
        }
    }

    /// What another message's line says of this one.
    private void from(Map<String, String> of) {
        String other = field(of, "queue_id");
        switch (field(of, "event")) {
            case "notification" -> {
                if (field(of, "notice_queue_id").equals(id)) {
                    link(other, "this is the " + field(of, "notification") + " notification of it");
                }
            }
            case "requeued" -> {
                if (field(of, "orig_queue_id").equals(id)) {
                    link(other, "what this was requeued as");
                    // Under this name there is nothing left.
                    removed = true;
                }
            }
            case "client" -> {
                if (field(of, "orig_queue_id").equals(id)) {
                    link(other, "what this came back as");
                }
            }
            case "delivery" -> {
                Matcher made = MADE.matcher(field(of, "reply"));
                while (made.find()) {
                    if (made.group(2).equals(id)) {
                        link(other, "this was made of it, for " + field(of, "recipient"));
                    }
                }
            }
            default -> {}
        }
    }

    private void link(String other, String how) {
        if (linked.size() < MOST) {
            linked.putIfAbsent(other, how);
        }
    }

    private String words(Map<String, String> of) {
        return switch (field(of, "event")) {
            case "client" -> client(of);
            case "pickup" -> "submitted by uid " + field(of, "uid") + ", from=<" + sender(of) + ">";
            case "requeued" -> {
                link(field(of, "orig_queue_id"), "what this was before it was requeued");
                yield "requeued, from=<" + sender(of) + ">, was " + field(of, "orig_queue_id");
            }
            case "message_id" -> "message-id=" + field(of, "message_id");
            case "access" ->
                    field(of, "action")
                            + ": "
                            + field(of, "command")
                            + " from "
                            + host(of, "client")
                            + ": "
                            + field(of, "reply");
            case "content_check" ->
                    field(of, "action")
                            + ": "
                            + field(of, "part")
                            + " "
                            + field(of, "piece")
                            + more(of, ": ", "reply");
            case "active" -> {
                sender = sender(of);
                size = field(of, "size");
                yield "from=<"
                        + sender
                        + ">, size="
                        + size
                        + ", nrcpt="
                        + field(of, "nrcpt")
                        + " (queue active)";
            }
            case "delivery" -> delivery(of);
            case "server_refused" -> field(of, "reply");
            case "notification" -> {
                String kind = field(of, "notification") + " notification";
                link(field(of, "notice_queue_id"), kind + " of this");
                yield kind + ": " + field(of, "notice_queue_id");
            }
            case "expired" -> "status=" + field(of, "status") + ", returned to sender";
            case "removed" -> {
                removed = true;
                yield "removed";
            }
            case "text" -> {
                String text = field(of, "text").substring(id.length() + 2);
                removed |= process(of).equals("postsuper") && text.equals("removed");
                yield text;
            }
            default -> other(of);
        };
    }

    private static String sender(Map<String, String> of) {
        return field(of, "sender");
    }

    private static String more(Map<String, String> of, String before, String name) {
        String value = field(of, name);
        return value.isEmpty() ? "" : before + value;
    }

    private static String host(Map<String, String> of, String what) {
        String address = field(of, what + "_address");
        return field(of, what + "_name") + (address.isEmpty() ? "" : "[" + address + "]");
    }

    private String client(Map<String, String> of) {
        String former = field(of, "orig_queue_id");
        if (!former.isEmpty()) {
            link(former, "what this was before it came back");
        }
        String tls = field(of, "tls_version");
        return "came from "
                + host(of, "client")
                + more(of, ", helo ", "helo_name")
                + more(of, ", ", "protocol_name")
                + (tls.isEmpty() ? "" : ", " + tls + " with " + field(of, "cipher_name"))
                + more(of, ", login ", "sasl_username")
                + more(of, " by ", "sasl_method")
                + (former.isEmpty() ? "" : ", was " + former)
                + more(of, " from ", "orig_client");
    }

    private String delivery(Map<String, String> of) {
        String recipient = field(of, "recipient");
        String status = field(of, "status");
        String reply = field(of, "reply");
        Matcher made = MADE.matcher(reply);
        while (made.find()) {
            boolean here =
                    made.group(1).equals("forwarded")
                            || field(of, "relay_address").matches("127\\..*|::1");
            if (here) {
                link(made.group(2), made.group(1) + " as, for " + recipient);
            }
        }
        Last before = recipients.get(recipient);
        if (before != null || recipients.size() < MOST) {
            recipients.put(
                    recipient,
                    new Last(
                            status,
                            field(of, "dsn"),
                            field(of, "relay"),
                            reply,
                            when(of),
                            before == null ? 1 : before.attempts() + 1));
        }
        return "to=<"
                + recipient
                + ">"
                + (of.containsKey("original_recipient")
                        ? ", orig_to=<" + field(of, "original_recipient") + ">"
                        : "")
                + ", relay="
                + field(of, "relay")
                + ", delay="
                + field(of, "delay")
                + ", delays="
                + field(of, "delays")
                + more(of, ", tls=", "tls")
                + ", dsn="
                + field(of, "dsn")
                + ", status="
                + status
                + " ("
                + reply
                + ")";
    }

    private static String other(Map<String, String> of) {
        StringBuilder out = new StringBuilder(field(of, "event"));
        of.forEach((name, value) -> {
            boolean known =
                    switch (name) {
                        case "time",
                                "syslog_name",
                                "process_name",
                                "process_id",
                                "severity",
                                "event",
                                "queue_id" ->
                                true;
                        default -> false;
                    };
            if (!known) {
                out.append(' ').append(name).append('=').append(value);
            }
        });
        return out.toString();
    }
}
