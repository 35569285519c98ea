package org.postrider.showq;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.postrider.address.Address;
import org.postrider.address.Quoting;
import org.postrider.message.Content;
import org.postrider.queue.Attributes;
import org.postrider.queue.NamedAttributes;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueueReader;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Recipient;
import org.postrider.time.Clock;

/// One queued message as the records that postcat shows. Each line begins with what it is: `Q` the
/// queue it is in, `E` an envelope record, `H` a header line, `B` a body line (the empty one
/// between included); then a TAB and the record (`recipient: x@y`) or the content line.
public final class QueueFile {
    private static final String[] DAYS = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    private static final String[] MONTHS = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
    };

    /// Attributes that Postfix keeps as records of their own.
    private static final Map<String, String> RECORDS =
            Map.of(
                    "content_filter", "content_filter",
                    "redirect_to", "redirect_to",
                    "verp_delims", "verp_delimiters");

    private static final String BEFORE_SENDER = "rewrite_context";

    private final QueuedMessage message;
    private final boolean corrupt;
    private final Consumer<String> lines;

    private QueueFile(QueuedMessage message, boolean corrupt, Consumer<String> lines) {
        this.message = message;
        this.corrupt = corrupt;
        this.lines = lines;
    }

    /// Tells every record of a message in the queue, or of what is set aside of one.
    ///
    /// @return false where there is none
    public static boolean show(QueueReader queue, QueueId id, Consumer<String> lines)
            throws IOException {
        QueuedMessage queued = queue.find(id);
        QueuedMessage message = queued != null ? queued : queue.setAside(id);
        if (message == null) {
            return false;
        }
        new QueueFile(message, queued == null, lines).show();
        return true;
    }

    private void show() throws IOException {
        lines.accept("Q\t" + queueName());
        envelope();
        content();
    }

    private String queueName() {
        if (corrupt) {
            return "corrupt";
        }
        if (message.held()) {
            return "hold";
        }
        for (int i = 0; i < message.envelope().recipients().size(); i++) {
            if (message.reason(i) != null) {
                return "deferred";
            }
        }
        return "active";
    }

    private void envelope() {
        long size = message.size();
        StringBuilder sizes = new StringBuilder("message_size: ");
        long[] numbers = {size, 0, message.envelope().recipients().size(), 0, size, 0};
        for (int i = 0; i < numbers.length; i++) {
            String n = Long.toString(numbers[i]);
            sizes.append(i == 0 ? "" : " ").repeat(" ", Math.max(0, 15 - n.length())).append(n);
        }
        record(sizes.toString());
        String time = ctime(message.envelope().arrivalMillis());
        record("message_arrival_time: " + time);
        record("create_time: " + time);
        record("named_attribute: log_ident=" + message.id().text());
        Attributes attributes = message.envelope().attributes();
        NamedAttributes.each(
                attributes,
                (name, value) -> {
                    if (name.equals(BEFORE_SENDER)) {
                        record("named_attribute: " + name + "=" + value);
                    }
                });
        record("sender: " + message.envelope().sender().text());
        NamedAttributes.each(
                attributes,
                (name, value) -> {
                    if (!name.equals(BEFORE_SENDER)) {
                        String own = RECORDS.get(name);
                        record(
                                own == null
                                        ? "named_attribute: " + name + "=" + value
                                        : own + ": " + value);
                    }
                });
        for (Attributes.Unknown each : attributes.unknown()) {
            switch (each) {
                case Attributes.Unknown.Named(String name, String value) ->
                        record("named_attribute: " + name + "=" + value);
                case Attributes.Unknown.Tagged(int tag, String octets) ->
                        record("named_attribute: ?" + tag + "=" + octets);
            }
        }
        List<Recipient> all = message.envelope().recipients();
        for (int i = 0; i < all.size(); i++) {
            recipient(all.get(i), message.done(i));
        }
    }

    private void recipient(Recipient r, boolean done) {
        Address original = r.original() == null ? r.address() : r.original();
        record(
                "named_attribute: dsn_orig_rcpt="
                        + (r.originalDsn() == null
                                ? "rfc822;" + Quoting.rfc5322(original)
                                : r.originalDsn()));
        if (r.dsnNotify() != 0) {
            record("named_attribute: notify_flags=" + r.dsnNotify());
        }
        record("original_recipient: " + original.text());
        record((done ? "done_recipient: " : "recipient: ") + r.address().text());
    }

    private void record(String text) {
        lines.accept("E\t" + text);
    }

    private void content() throws IOException {
        Content content = message.content();
        new Lines('H').take(content.header(), content.header().length).end();
        Lines body = new Lines('B');
        byte[] inline = content.inlineBody();
        if (inline != null) {
            body.take(inline, inline.length);
        } else {
            try (InputStream in = content.body()) {
                byte[] chunk = new byte[16 << 10];
                for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                    body.take(chunk, n);
                }
            }
        }
        body.end();
    }

    /// Parts octets into lines without their CRLF.
    private final class Lines {
        private final StringBuilder line = new StringBuilder();
        private final char kind;

        Lines(char kind) {
            this.kind = kind;
        }

        Lines take(byte[] octets, int length) {
            int at = 0;
            for (int i = 0; i < length; i++) {
                if (octets[i] == '\n') {
                    line.append(new String(octets, at, i - at, StandardCharsets.ISO_8859_1));
                    tell();
                    at = i + 1;
                }
            }
            line.append(new String(octets, at, length - at, StandardCharsets.ISO_8859_1));
            return this;
        }

        void end() {
            if (!line.isEmpty()) {
                tell();
            }
        }

        private void tell() {
            int length = line.length();
            if (length > 0 && line.charAt(length - 1) == '\r') {
                line.setLength(length - 1);
            }
            lines.accept(line.insert(0, '\t').insert(0, kind).toString());
            line.setLength(0);
        }
    }

    /// `Sat Nov 21 00:13:01 2026`, in local time.
    public static String ctime(long millis) {
        LocalDateTime t = Clock.local(millis);
        StringBuilder out = new StringBuilder(24);
        out.append(DAYS[t.getDayOfWeek().getValue() - 1]).append(' ');
        out.append(MONTHS[t.getMonthValue() - 1]).append(t.getDayOfMonth() < 10 ? "  " : " ");
        out.append(t.getDayOfMonth());
        two(out.append(' '), t.getHour());
        two(out.append(':'), t.getMinute());
        two(out.append(':'), t.getSecond());
        return out.append(' ').append(t.getYear()).toString();
    }

    private static void two(StringBuilder out, int n) {
        out.append(n < 10 ? "0" : "").append(n);
    }
}
