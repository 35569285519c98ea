package org.postrider.moving;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.postrider.address.Address;
import org.postrider.address.Quoting;
import org.postrider.disk.Disk;
import org.postrider.message.Content;
import org.postrider.queue.Attributes;
import org.postrider.queue.Envelope;
import org.postrider.queue.NamedAttributes;
import org.postrider.queue.Origin;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Recipient;

/// Writes a message in Postfix's queue file format ([PostfixFile] reads it). One thread.
final class PostfixWriter {
    /// line_length_limit: longer lines stand in several records.
    private static final int LONGEST = 2048;

    private static final int BUFFER = 1 << 16;

    /// Attributes that have a record of their own.
    private static final Map<String, Character> RECORDS =
            Map.of(
                    "content_filter", 'L',
                    "redirect_to", '>',
                    "verp_delims", 'V',
                    "sender_fullname", 'F');

    private final Disk.File file;
    private final byte[] buffer = new byte[BUFFER];
    private int filled;
    private long written;

    PostfixWriter(Disk.File file) {
        this.file = file;
    }

    /// What Postfix keeps for a recipient who gave no ORCPT.
    static String originalDsn(Recipient r) {
        String given = r.originalDsn();
        Address original = r.original() == null ? r.address() : r.original();
        return given != null ? given : "rfc822;" + Quoting.rfc5322(original);
    }

    /// Writes all of a message, durably.
    ///
    /// @param id that it gets
    /// @param warnAtSeconds when the sender is told of a delay; 0 for told already, -1 for never
    /// @return where the record of each recipient stands
    long[] write(QueuedMessage message, String id, long warnAtSeconds) throws IOException {
        Envelope e = message.envelope();
        List<Recipient> recipients = e.recipients();
        record('C', sizes(0, 0, 0, 0));
        long seconds = Math.floorDiv(e.arrivalMillis(), 1000L);
        long micros = Math.floorMod(e.arrivalMillis(), 1000L) * 1000;
        record('T', seconds + " " + micros);
        record('A', "create_time=" + seconds);
        Origin origin = e.origin();
        if (origin.trace().ident() == null
                && (origin.client() != null || origin.logged() != null)) {
            record('A', "log_ident=" + id);
        }
        record('S', e.sender().text());
        NamedAttributes.each(e.attributes(), this::attribute);
        for (Attributes.Unknown u : e.attributes().unknown()) {
            // What only a tag is known of is of a newer version of ours: Postfix has no place.
            if (u instanceof Attributes.Unknown.Named(String name, String value)) {
                attribute(name, value);
            }
        }
        if (warnAtSeconds >= 0) {
            record('W', String.format(Locale.ROOT, "%15d", warnAtSeconds));
        }
        long[] offsets = recipients(message, recipients);
        record('M', "");
        long from = written + filled;
        content(message.content());
        long size = written + filled - from;
        record('X', "");
        record('E', "");
        flush();
        String head = sizes(size, from, recipients.size(), utf8(message));
        file.write(ByteBuffer.wrap(head.getBytes(StandardCharsets.ISO_8859_1)), 2);
        file.force();
        return offsets;
    }

    private static String sizes(long size, long from, long recipients, long options) {
        return String.format(
                Locale.ROOT,
                "%15d %15d %15d %15d %15d %15d",
                size,
                from,
                recipients,
                0,
                size,
                options);
    }

    /// Who made SMTPUTF8 necessary, in Postfix's flags.
    private static long utf8(QueuedMessage message) {
        Envelope e = message.envelope();
        if (!e.routing().smtputf8()) {
            return 0;
        }
        long flags = 1;
        flags |= message.content().facts().eightBitHeader() ? 2 : 0;
        flags |= high(e.sender()) ? 4 : 0;
        for (Recipient r : e.recipients()) {
            if (high(r.address())) {
                return flags | 8;
            }
        }
        return flags;
    }

    private static boolean high(Address address) {
        return address.text().chars().anyMatch(c -> c > 127);
    }

    private void attribute(String name, String value) {
        Character own = RECORDS.get(name);
        switch (name) {
            // in the sizes
            case "smtputf8" -> {}
            case "ret_flags" -> told('A', name + "=" + (value.equals("FULL") ? "1" : "2"));
            case "client_address_type" -> told('A', name + "=" + Families.postfix(value));
            default -> told(own == null ? 'A' : own, own == null ? name + "=" + value : value);
        }
    }

    /// For callers that cannot throw.
    private void told(char type, String text) {
        try {
            record(type, text);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private long[] recipients(QueuedMessage message, List<Recipient> all) throws IOException {
        long[] offsets = new long[all.size()];
        for (int i = 0; i < all.size(); i++) {
            Recipient r = all.get(i);
            int notify = r.dsnNotify() & ~Recipient.EXPANDED;
            if (notify != 0) {
                record('A', "notify_flags=" + notify);
            }
            record('A', "dsn_orig_rcpt=" + originalDsn(r));
            record('O', (r.original() == null ? r.address() : r.original()).text());
            offsets[i] = written + filled;
            // Nothing is delivered to an alias beside its members.
            record(message.done(i) || r.expanded() ? 'D' : 'R', r.address().text());
        }
        return offsets;
    }

    private void content(Content content) throws IOException {
        Lines lines = new Lines();
        lines.take(content.header(), content.header().length);
        byte[] inline = content.inlineBody();
        if (inline != null) {
            lines.take(inline, inline.length);
        } else {
            try (InputStream in = content.body()) {
                byte[] chunk = new byte[BUFFER];
                for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                    lines.take(chunk, n);
                }
            }
        }
        lines.end();
    }

    /// Parts octets into records; CRLF ends a line.
    private final class Lines {
        private final byte[] line = new byte[LONGEST];
        private int length;
        private boolean cr;
        private boolean begun;

        void take(byte[] octets, int count) throws IOException {
            for (int i = 0; i < count; i++) {
                byte b = octets[i];
                if (b == '\n') {
                    cr = false;
                    record('N', line, length);
                    length = 0;
                    begun = false;
                    continue;
                }
                if (cr) {
                    put((byte) '\r');
                }
                cr = b == '\r';
                if (!cr) {
                    put(b);
                }
            }
        }

        private void put(byte b) throws IOException {
            line[length++] = b;
            begun = true;
            if (length == LONGEST) {
                record('L', line, length);
                length = 0;
            }
        }

        void end() throws IOException {
            if (begun) {
                record('N', line, length);
            }
        }
    }

    void record(char type, String text) throws IOException {
        byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
        record(type, octets, octets.length);
    }

    void record(char type, byte[] octets, int length) throws IOException {
        octet(type);
        int left = length;
        while (left > 127) {
            octet((left & 0x7f) | 0x80);
            left >>= 7;
        }
        octet(left);
        int done = 0;
        while (done < length) {
            int n = Math.min(length - done, BUFFER - filled);
            System.arraycopy(octets, done, buffer, filled, n);
            filled += n;
            done += n;
            if (filled == BUFFER) {
                flush();
            }
        }
    }

    private void octet(int b) throws IOException {
        if (filled == BUFFER) {
            flush();
        }
        buffer[filled++] = (byte) b;
    }

    void flush() throws IOException {
        file.write(ByteBuffer.wrap(buffer, 0, filled), written);
        written += filled;
        filled = 0;
    }
}
