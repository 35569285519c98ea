package org.postrider.pickup;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.disk.Disk;

/// What postdrop(1) takes on its standard input and leaves in maildrop, as Postfix's sendmail hands
/// it over: records of a type, a length (seven bits an octet, the lowest first) and as many octets.
/// The envelope is `S` a sender, `R` recipients, `F` a full name, `V` VERP delimiters and `A`
/// `name=value`; `M` begins the text, which is `N` lines and `L` parts of lines; behind `X` come
/// recipients that were taken from the header, and `E` ends it. What ends before its `E` is
/// dropped. One thread, of the submitting user.
public final class Postdrop {
    private static final String ENVELOPE = "SRFVAM";
    private static final String TEXT = "NLX";
    private static final String EXTRACTED = "RAE";

    /// What a user may say of a mail.
    private static final Set<String> ATTRIBUTES =
            Set.of(
                    "create_time",
                    "dsn_orig_rcpt",
                    "encoding",
                    "envelope_id",
                    "notify_flags",
                    "ret_flags",
                    "rewrite_context",
                    "sendopts",
                    "trace_flags");

    /// How it went.
    public enum Result {
        /// The mail is durable.
        TAKEN,
        /// The input ended before its end.
        BROKEN_OFF,
        /// No sender, or no recipients.
        NOT_COMPLETE,
        /// More than message_size_limit.
        TOO_LARGE
    }

    /// The input is no mail, or this user may not send it.
    public static final class RefusedException extends IOException {
        private static final long serialVersionUID = 1;

        private final boolean answered;

        RefusedException(String why, boolean answered) {
            super(why, null);
            this.answered = answered;
        }

        /// Whether who feeds postdrop is told in its own words; else it is fatal.
        public boolean answered() {
            return answered;
        }
    }

    /// Says of a sender why the user may not be it; null if he may.
    public interface Senders {
        @Nullable String refusal(String sender);
    }

    private final InputStream in;
    private final MaildropWriter out;
    private final int longest;
    private final Consumer<String> warnings;

    private @Nullable String sender;
    private boolean recipients;
    private int type;
    private byte[] value = new byte[0];
    private int length;
    private long written;

    private Postdrop(InputStream in, MaildropWriter out, int longest, Consumer<String> warnings) {
        this.in = in;
        this.out = out;
        this.longest = longest;
        this.warnings = warnings;
    }

    /// Where and how much.
    ///
    /// @param name of the file, unguessable
    /// @param longestRecord line_length_limit
    /// @param sizeLimit octets, 0 for none
    public record Place(
            Disk disk,
            Path maildrop,
            String name,
            String permissions,
            int longestRecord,
            long sizeLimit) {}

    /// @param warnings told of what is passed over
    /// @throws RefusedException nothing was kept
    /// @throws IOException maildrop cannot be written
    public static Result take(
            InputStream in, Place place, Senders senders, Consumer<String> warnings)
            throws IOException {
        InputStream from = new BufferedInputStream(in, 1 << 15);
        try (MaildropWriter out =
                MaildropWriter.ofRecords(
                        place.disk(), place.maildrop(), place.name(), place.permissions())) {
            Postdrop one = new Postdrop(from, out, place.longestRecord(), warnings);
            Result result = one.copy(place.sizeLimit());
            if (result == Result.TAKEN) {
                String refused = senders.refusal(String.valueOf(one.sender));
                if (refused != null) {
                    throw new RefusedException(refused, true);
                }
                out.commit();
            }
            return result;
        }
    }

    private Result copy(long sizeLimit) throws IOException {
        String expected = ENVELOPE;
        while (record()) {
            if (type == 0 || expected.indexOf(type) < 0) {
                throw new RefusedException("unexpected record type: " + type, false);
            }
            if (!wanted()) {
                continue;
            }
            put();
            if (sizeLimit > 0 && written > sizeLimit) {
                return Result.TOO_LARGE;
            }
            if (type == 'E') {
                return sender != null && recipients ? Result.TAKEN : Result.NOT_COMPLETE;
            }
            expected = type == 'M' ? TEXT : type == 'X' ? EXTRACTED : expected;
        }
        return Result.BROKEN_OFF;
    }

    /// Looks at what is no text.
    private boolean wanted() throws IOException {
        if (type == 'N' || type == 'L') {
            return true;
        }
        String text = new String(value, 0, length, StandardCharsets.ISO_8859_1);
        if (text.indexOf('\0') >= 0) {
            String what = type == 'S' ? "FROM" : type == 'R' ? "RCPT" : "envelope";
            throw new RefusedException("NUL in " + what + " record", true);
        }
        for (int i = 0; i < length; i++) {
            if (value[i] == '\n' || value[i] == '\r') {
                value[i] = ' ';
            }
        }
        switch (type) {
            case 'S' -> sender = text;
            case 'R' -> recipients = true;
            case 'A' -> {
                return attribute(text);
            }
            default -> {
                // goes through
            }
        }
        return true;
    }

    private boolean attribute(String text) throws RefusedException {
        int equals = text.indexOf('=');
        if (equals < 0) {
            warnings.accept("ignoring malformed record: missing '=' after attribute name: " + text);
            return false;
        }
        String name = text.substring(0, equals);
        if (text.startsWith("sendopts=") && !text.equals("sendopts=0")) {
            throw new RefusedException("sendopts are not known: " + text, true);
        }
        if (!ATTRIBUTES.contains(name)) {
            warnings.accept("ignoring attribute record: " + text);
            return false;
        }
        return !name.equals("create_time");
    }

    private void put() throws IOException {
        byte[] head = new byte[6];
        int n = 0;
        head[n++] = (byte) type;
        int left = length;
        while (left > 0x7f) {
            head[n++] = (byte) (left & 0x7f | 0x80);
            left >>>= 7;
        }
        head[n++] = (byte) left;
        out.content(head, 0, n);
        out.content(value, 0, length);
        written += n + length;
    }

    /// Reads one; false at the end of the input.
    private boolean record() throws IOException {
        type = in.read();
        if (type < 0) {
            return false;
        }
        length = 0;
        int b = 0x80;
        for (int shift = 0; (b & 0x80) != 0; shift += 7) {
            if (shift > 28) {
                throw malformed("too many length bits, record type " + type);
            }
            b = in.read();
            if (b < 0) {
                throw malformed("unexpected EOF in length, record type " + type);
            }
            length |= (b & 0x7f) << shift;
        }
        if (length < 0 || length > longest) {
            throw malformed("illegal length " + length + ", record type " + type);
        }
        if (value.length < length) {
            value = new byte[longest];
        }
        if (in.readNBytes(value, 0, length) < length) {
            throw malformed("unexpected EOF in data, record type " + type + " length " + length);
        }
        return true;
    }

    private RefusedException malformed(String why) {
        warnings.accept("stdin: " + why);
        return new RefusedException("malformed input", false);
    }
}
