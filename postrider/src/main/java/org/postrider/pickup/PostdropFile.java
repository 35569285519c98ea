package org.postrider.pickup;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.postrider.disk.Disk;

/// A file of maildrop as Postfix's own sendmail and postdrop write it: records of a type, a length
/// (seven bits an octet, the lowest first) and as many octets. The envelope is `T… A… F S R… M`,
/// the text `N` (a line) and `L` (a part of one), then `X`, recipients that were taken from the
/// header, and `E`. Postfix makes the file executable when it is whole.
///
/// Only what a user may say of a mail is taken from it; the rest is not asked for.
final class PostdropFile implements Submitted {
    private static final int LONGEST = 1 << 16;

    /// trace_flags of `sendmail -bv`: a report, no delivery.
    private static final int REPORT_ONLY = 1 << 9;

    /// trace_flags of `sendmail -v`: a delivery, and a report of it.
    private static final int REPORT = 1 << 10;

    private static final int BUFFER = 1 << 14;

    private enum Part {
        ENVELOPE,
        TEXT,
        EXTRACTED,
        OVER
    }

    private final Disk.File file;
    private final byte[] buffer = new byte[BUFFER];

    /// Where in the file the buffer begins, and how much of it is filled.
    private long base;

    private int filled;

    /// The next octet to be read.
    private long position;

    private Part part = Part.ENVELOPE;
    private long textFrom;

    /// Of the record of the text that is being handed out.
    private long left;

    private boolean lineEnd;

    /// @param from where its records begin
    PostdropFile(Disk.File file, long from) {
        this.file = file;
        position = from;
        base = from;
    }

    /// True for a file that begins as Postfix's do.
    static boolean begins(Disk.File file) throws IOException {
        ByteBuffer first = ByteBuffer.allocate(1);
        return file.read(first, 0) == 1 && first.get(0) == 'T';
    }

    @Override
    public @Nullable String line() throws IOException {
        while (part != Part.OVER) {
            int type = octet();
            long length = length();
            String line = part == Part.TEXT ? text(type, length) : envelope(type, length);
            if (line != null) {
                return line;
            }
        }
        position = textFrom;
        part = Part.TEXT;
        left = 0;
        lineEnd = false;
        return null;
    }

    /// Passes over the text: the recipients after it belong to the head.
    private @Nullable String text(int type, long length) throws IOException {
        switch (type) {
            case 'N', 'L' -> position += length;
            case 'X' -> part = Part.EXTRACTED;
            default -> throw unexpected(type);
        }
        return null;
    }

    private @Nullable String envelope(int type, long length) throws IOException {
        switch (type) {
            case 'M' -> {
                if (part != Part.ENVELOPE) {
                    throw unexpected(type);
                }
                part = Part.TEXT;
                textFrom = position;
                return null;
            }
            case 'E' -> {
                if (part != Part.EXTRACTED) {
                    throw unexpected(type);
                }
                part = Part.OVER;
                return null;
            }
            case 'T', 'C', 'O' -> {
                value(length);
                return null;
            }
            case 'S' -> {
                return "sender " + value(length);
            }
            case 'R' -> {
                return "recipient " + value(length);
            }
            case 'F' -> {
                return "fullname " + value(length);
            }
            case 'V' -> {
                return "verp_delims " + value(length);
            }
            case 'A' -> {
                return attribute(value(length));
            }
            default -> throw unexpected(type);
        }
    }

    private static @Nullable String attribute(String text) throws IOException {
        int equals = text.indexOf('=');
        String name = equals < 0 ? text : text.substring(0, equals);
        String value = equals < 0 ? "" : text.substring(equals + 1);
        return switch (name) {
            case "encoding", "envelope_id", "ret_flags", "rewrite_context" -> name + " " + value;
            case "sendopts" -> {
                if (number(value) != 0) {
                    throw new MaildropFile.BadFileException("sendopts: " + value + " is not known");
                }
                yield null;
            }
            case "notify_flags" -> "notify " + Integer.toHexString(number(value));
            case "dsn_orig_rcpt" -> "original_recipient " + value;
            case "trace_flags" -> report(number(value));
            default -> null;
        };
    }

    private static @Nullable String report(int flags) throws IOException {
        return switch (flags) {
            case 0 -> null;
            case REPORT_ONLY -> "report verify";
            case REPORT -> "report delivery";
            default -> throw new MaildropFile.BadFileException("trace_flags: " + flags);
        };
    }

    private static int number(String text) throws IOException {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new MaildropFile.BadFileException("bad number: " + text);
        }
    }

    private String value(long length) throws IOException {
        if (length > LONGEST) {
            throw new MaildropFile.BadFileException("record of " + length + " octets");
        }
        StringBuilder out = new StringBuilder((int) length);
        for (long i = 0; i < length; i++) {
            char c = (char) octet();
            if (c == '\n' || c == '\r' || c == 0) {
                throw new MaildropFile.BadFileException("line end or NUL in the envelope");
            }
            out.append(c);
        }
        return out.toString();
    }

    private long length() throws IOException {
        long length = 0;
        for (int shift = 0; shift < 63; shift += 7) {
            int b = octet();
            length |= (long) (b & 0x7f) << shift;
            if ((b & 0x80) == 0) {
                return inFile(length);
            }
        }
        throw new MaildropFile.BadFileException("bad record length");
    }

    /// What a user says of a length is not believed.
    private long inFile(long length) throws IOException {
        if (length > file.size() - position) {
            throw new MaildropFile.BadFileException("unexpected end of file");
        }
        return length;
    }

    private static MaildropFile.BadFileException unexpected(int type) {
        return new MaildropFile.BadFileException(
                "unexpected record type " + (type > ' ' && type < 127 ? "" + (char) type : type));
    }

    private int octet() throws IOException {
        if (position < base || position >= base + filled) {
            fill();
        }
        return buffer[(int) (position++ - base)] & 0xff;
    }

    private void fill() throws IOException {
        base = position;
        filled = Math.max(0, file.read(ByteBuffer.wrap(buffer), position));
        if (filled == 0) {
            throw new MaildropFile.BadFileException("unexpected end of file");
        }
    }

    @Override
    public int content(byte[] into, int offset, int length) throws IOException {
        while (left == 0 && !lineEnd) {
            int type = octet();
            if (type == 'X') {
                return -1;
            }
            left = length();
            lineEnd = type == 'N';
        }
        if (left == 0) {
            lineEnd = false;
            into[offset] = '\n';
            return 1;
        }
        if (position < base || position >= base + filled) {
            fill();
        }
        int at = (int) (position - base);
        int n = (int) Math.min(Math.min(length, filled - at), left);
        System.arraycopy(buffer, at, into, offset, n);
        position += n;
        left -= n;
        return n;
    }
}
