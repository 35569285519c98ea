package org.postrider.agent;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.address.Quoting;
import org.postrider.message.Content;
import org.postrider.time.Clock;

/// A message as it goes into a mailbox or to a command: the envelope stands before it, and lines
/// end as the receiver wants them (mail_copy(3)).
///
/// @param parts what is written besides the message
/// @param eol what ends a line, octets as chars
/// @param nowMillis for the From_ line
public record MailCopy(Content content, Set<Part> parts, Ends ends, String eol, long nowMillis)
        implements org.postrider.rights.Content {
    private static final int BUFFER = 16 << 10;
    private static final Set<Part> WITHIN = Set.of(Part.QUOTE, Part.DOT, Part.BLANK);
    private static final byte[] FROM = "From ".getBytes(StandardCharsets.US_ASCII);
    private static final DateTimeFormatter ASCTIME =
            DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.US);

    /// What stands before, in and behind the message.
    public enum Part {
        /// `From sender date`.
        FROM,
        RETURN_PATH,
        ORIGINAL_TO,
        DELIVERED_TO,
        /// `>` before a line that begins with `From `.
        QUOTE,
        /// `.` before a line that begins with `.`.
        DOT,
        /// An empty line behind the message.
        BLANK
    }

    /// What goes into an mbox file.
    public static final Set<Part> MBOX = Set.copyOf(EnumSet.complementOf(EnumSet.of(Part.DOT)));

    public static final Set<Part> MAILDIR =
            Set.of(Part.RETURN_PATH, Part.ORIGINAL_TO, Part.DELIVERED_TO);

    /// What a command of a user's gets.
    public static final Set<Part> COMMAND =
            Set.of(Part.FROM, Part.RETURN_PATH, Part.ORIGINAL_TO, Part.DELIVERED_TO);

    /// Who sends it and who gets it, as the envelope says.
    ///
    /// @param sender as it is written; what stands for the null sender is the agent's
    /// @param original whom it was for at first; null where that is not told
    public record Ends(Address sender, @Nullable Address original, Address delivered) {}

    /// Lines that end in LF.
    public MailCopy(Content content, Set<Part> parts, Ends ends, long nowMillis) {
        this(content, parts, ends, "\n", nowMillis);
    }

    public MailCopy {
        parts = Set.copyOf(parts);
    }

    @Override
    public void writeTo(OutputStream to) throws IOException {
        OutputStream out = new BufferedOutputStream(to, BUFFER);
        out.write(envelope().getBytes(StandardCharsets.ISO_8859_1));
        message(out);
        out.flush();
    }

    @Override
    public @Nullable Divided divided(int most) {
        byte[] body = content.inlineBody();
        int octets = body == null ? most : content.header().length + body.length;
        if (octets >= most) {
            return null;
        }
        String head = envelope();
        Set<Part> within = EnumSet.noneOf(Part.class);
        within.addAll(parts);
        within.retainAll(WITHIN);
        return octets + head.length() >= most
                ? null
                : new Divided(
                        head,
                        octets + head.length(),
                        new Form(content, within, eol),
                        () -> {
                            ByteArrayOutputStream out =
                                    new ByteArrayOutputStream(octets + octets / 16 + 16);
                            message(out);
                            return out.toByteArray();
                        });
    }

    /// What a message looks like without what stands before it: one and the same message.
    private record Form(Content content, Set<Part> within, String eol) {
        @Override
        @SuppressWarnings("ReferenceEquality")
        public boolean equals(@Nullable Object other) {
            return other instanceof Form f
                    && f.content == content
                    && f.within.equals(within)
                    && f.eol.equals(eol);
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(content);
        }
    }

    private void message(OutputStream out) throws IOException {
        byte[] end = eol.getBytes(StandardCharsets.ISO_8859_1);
        Lines lines = new Lines(out, end, parts.contains(Part.QUOTE), parts.contains(Part.DOT));
        byte[] header = content.header();
        lines.write(header, header.length);
        byte[] body = content.inlineBody();
        if (body != null) {
            lines.write(body, body.length);
        } else {
            copy(lines);
        }
        lines.end();
        if (parts.contains(Part.BLANK)) {
            out.write(end);
        }
    }

    private void copy(Lines lines) throws IOException {
        byte[] part = new byte[BUFFER];
        try (InputStream in = content.body()) {
            for (int n = in.read(part); n >= 0; n = in.read(part)) {
                lines.write(part, n);
            }
        }
    }

    private String envelope() {
        StringBuilder out = new StringBuilder();
        String from = Quoting.rfc5322(ends.sender());
        if (parts.contains(Part.FROM)) {
            Instant now = Instant.ofEpochMilli(nowMillis);
            out.append("From ")
                    .append(from.isEmpty() ? "MAILER-DAEMON" : from)
                    .append("  ")
                    .append(ASCTIME.format(now.atZone(Clock.zone())))
                    .append(eol);
        }
        if (parts.contains(Part.RETURN_PATH)) {
            out.append("Return-Path: <").append(from).append('>').append(eol);
        }
        Address original = ends.original();
        if (parts.contains(Part.ORIGINAL_TO) && original != null && !original.isNull()) {
            out.append("X-Original-To: ").append(Quoting.rfc5322(original)).append(eol);
        }
        if (parts.contains(Part.DELIVERED_TO)) {
            out.append("Delivered-To: ").append(Quoting.rfc5322(ends.delivered())).append(eol);
        }
        return out.toString();
    }

    /// CRLF becomes what ends a line; a CR alone stays.
    private static final class Lines {
        private final OutputStream out;
        private final byte[] eol;
        private final boolean quotes;
        private final boolean dots;

        /// Octets of `From ` that stand at the begin of the line so far and are not written yet; -1
        /// behind others.
        private int from;

        private boolean cr;
        private boolean begun;

        Lines(OutputStream out, byte[] eol, boolean quotes, boolean dots) {
            this.out = out;
            this.eol = eol;
            this.quotes = quotes;
            this.dots = dots;
        }

        void write(byte[] octets, int length) throws IOException {
            int at = 0;
            while (at < length) {
                if (from < 0 && !cr) {
                    int end = at;
                    while (end < length && octets[end] != '\r' && octets[end] != '\n') {
                        end++;
                    }
                    out.write(octets, at, end - at);
                    at = end;
                }
                if (at < length) {
                    one(octets[at++]);
                }
            }
        }

        private void one(byte octet) throws IOException {
            if (cr) {
                cr = false;
                if (octet != '\n') {
                    put((byte) '\r');
                }
            }
            if (octet == '\r') {
                cr = true;
            } else if (octet == '\n') {
                held();
                out.write(eol);
                from = 0;
                begun = false;
            } else {
                put(octet);
            }
        }

        private void put(byte octet) throws IOException {
            if (!begun && dots && octet == '.') {
                out.write('.');
            }
            begun = true;
            if (quotes && from >= 0 && octet == FROM[from]) {
                from++;
                if (from == FROM.length) {
                    out.write('>');
                    out.write(FROM);
                    from = -1;
                }
                return;
            }
            held();
            from = -1;
            out.write(octet);
        }

        private void held() throws IOException {
            if (from > 0) {
                out.write(FROM, 0, from);
                from = -1;
            }
        }

        /// A last line without an end gets one.
        void end() throws IOException {
            if (cr) {
                cr = false;
                put((byte) '\r');
            }
            held();
            if (begun) {
                out.write(eol);
            }
        }
    }
}
