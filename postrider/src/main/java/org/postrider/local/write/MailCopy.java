package org.postrider.local.write;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.address.Quoting;
import org.postrider.message.Content;

/// A message as it goes into a mailbox or to a command: lines end in LF, the envelope stands before
/// it (mail_copy(3)).
///
/// @param parts what is written besides the message
/// @param original whom it was for at first; null where that is not told
/// @param nowMillis for the From_ line
public record MailCopy(
        Content content,
        Set<Part> parts,
        Address sender,
        @Nullable Address original,
        Address delivered,
        long nowMillis)
        implements org.postrider.rights.Content {
    private static final int BUFFER = 16 << 10;
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
        /// An empty line behind the message.
        BLANK
    }

    public static final Set<Part> MBOX = Set.copyOf(EnumSet.allOf(Part.class));
    public static final Set<Part> MAILDIR =
            Set.of(Part.RETURN_PATH, Part.ORIGINAL_TO, Part.DELIVERED_TO);
    public static final Set<Part> COMMAND =
            Set.of(Part.FROM, Part.RETURN_PATH, Part.ORIGINAL_TO, Part.DELIVERED_TO);

    @Override
    public void writeTo(OutputStream to) throws IOException {
        OutputStream out = new BufferedOutputStream(to, BUFFER);
        out.write(envelope().getBytes(StandardCharsets.ISO_8859_1));
        Lines lines = new Lines(out, parts.contains(Part.QUOTE));
        byte[] header = content.header();
        lines.write(header, 0, header.length);
        byte[] body = content.inlineBody();
        if (body != null) {
            lines.write(body, 0, body.length);
        } else {
            copy(lines);
        }
        lines.end();
        if (parts.contains(Part.BLANK)) {
            out.write('\n');
        }
        out.flush();
    }

    private void copy(Lines lines) throws IOException {
        byte[] part = new byte[BUFFER];
        try (InputStream in = content.body()) {
            for (int n = in.read(part); n >= 0; n = in.read(part)) {
                lines.write(part, 0, n);
            }
        }
    }

    private String envelope() {
        StringBuilder out = new StringBuilder();
        String from = Quoting.rfc5322(sender);
        if (parts.contains(Part.FROM)) {
            out.append("From ").append(sender.isNull() ? "MAILER-DAEMON" : from).append("  ");
            out.append(
                    ASCTIME.format(Instant.ofEpochMilli(nowMillis).atZone(ZoneId.systemDefault())));
            out.append('\n');
        }
        if (parts.contains(Part.RETURN_PATH)) {
            out.append("Return-Path: <").append(from).append(">\n");
        }
        if (parts.contains(Part.ORIGINAL_TO) && original != null && !original.isNull()) {
            out.append("X-Original-To: ").append(Quoting.rfc5322(original)).append('\n');
        }
        if (parts.contains(Part.DELIVERED_TO)) {
            out.append("Delivered-To: ").append(Quoting.rfc5322(delivered)).append('\n');
        }
        return out.toString();
    }

    /// CRLF becomes LF; a CR alone stays.
    private static final class Lines {
        private final OutputStream out;
        private final boolean quotes;

        /// Octets of `From ` that stand at the begin of the line so far; -1 behind others.
        private int from;

        private boolean cr;
        private boolean begun;

        Lines(OutputStream out, boolean quotes) {
            this.out = out;
            this.quotes = quotes;
        }

        void write(byte[] octets, int start, int length) throws IOException {
            for (int i = start; i < start + length; i++) {
                one(octets[i]);
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
                unquoted();
                out.write('\n');
                from = 0;
                begun = false;
            } else {
                put(octet);
            }
        }

        private void put(byte octet) throws IOException {
            begun = true;
            if (from >= 0 && octet == FROM[from]) {
                from++;
                if (from < FROM.length) {
                    return;
                }
                if (quotes) {
                    out.write('>');
                }
                out.write(FROM);
                from = -1;
                return;
            }
            unquoted();
            from = -1;
            out.write(octet);
        }

        private void unquoted() throws IOException {
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
            unquoted();
            if (begun) {
                out.write('\n');
            }
        }
    }
}
