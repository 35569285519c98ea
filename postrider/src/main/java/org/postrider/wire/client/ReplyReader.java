package org.postrider.wire.client;

import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.postrider.dsn.DsnSplit;
import org.postrider.dsn.Status;
import org.postrider.io.Connection;
import org.postrider.wire.ClientDialogue;
import org.postrider.wire.ServerReply;

/// Reads a server's replies, many from one read where they come together (smtp_chat_resp). Memory
/// is bounded: of a line and of a whole reply as many octets are kept as `line_length_limit` says,
/// the rest is passed over; an endless reply ends as a lost connection or at the deadline. A line
/// that begins with no reply code belongs to the reply that follows. One thread.
public final class ReplyReader {
    private static final int BUFFER = 4096;
    private static final int MOST_OCTETS_OF_A_REPLY = 16 << 20;
    private static final int MOST_LINES_OF_A_REPLY = 20_000;

    private final Connection connection;
    private final int lineLimit;
    private final BooleanSupplier severalUnderWay;
    private final ClientDialogue.Oddities oddities;
    private final ClientDialogue.Filter filter;
    private final byte[] buffer = new byte[BUFFER];
    private int start;
    private int end;

    /// @param lineLimit octets of a line and of a reply that are kept
    /// @param severalUnderWay a reply may be taken for another's
    public ReplyReader(
            Connection connection,
            int lineLimit,
            BooleanSupplier severalUnderWay,
            ClientDialogue.Oddities oddities,
            ClientDialogue.Filter filter) {
        this.filter = filter;
        this.severalUnderWay = severalUnderWay;
        this.connection = connection;
        this.lineLimit = Math.min(lineLimit, BUFFER - 2);
        this.oddities = oddities;
    }

    /// True where octets are there that no command asked for.
    public boolean leftOver() {
        return start < end;
    }

    /// @throws EOFException where the server closed
    /// @throws IOException a broken connection, an endless reply or a passed deadline
    public ServerReply read() throws IOException {
        String line = filter.filtered(line());
        int kind = kind(line);
        if (kind > 0) {
            return reply(line, line, List.of(line));
        }
        StringBuilder text = new StringBuilder();
        List<String> lines = new ArrayList<>();
        long octets = 0;
        boolean warned = false;
        for (int count = 0; ; count++) {
            octets += line.length();
            if (count > MOST_LINES_OF_A_REPLY || octets > MOST_OCTETS_OF_A_REPLY) {
                throw new IOException("endless reply");
            }
            if (kind == 0) {
                oddities.noReplyCode(line, severalUnderWay.getAsBoolean());
            }
            if (text.length() < lineLimit) {
                text.append(text.isEmpty() ? "" : " ").append(line);
                lines.add(line);
            } else if (!warned) {
                warned = true;
                oddities.longReply(lineLimit, String.join("?", lines));
            }
            if (kind > 0) {
                return reply(line, text.toString(), lines);
            }
            line = filter.filtered(line());
            kind = kind(line);
        }
    }

    private static ServerReply reply(String last, String text, List<String> lines) {
        int code =
                100 * (last.charAt(0) - '0') + 10 * (last.charAt(1) - '0') + last.charAt(2) - '0';
        return new ServerReply(code, status(code / 100, last), text, lines);
    }

    private static Status status(int kind, String last) {
        if (kind != 2 && kind != 4 && kind != 5) {
            return new Status(5, 5, 0);
        }
        int at = 3;
        while (at < last.length() && last.charAt(at) == ' ') {
            at++;
        }
        if (at + 4 < last.length() && last.charAt(at) == '0' + kind) {
            Status own = DsnSplit.status(last.substring(at));
            if (own != null) {
                return own;
            }
        }
        return new Status(kind, 0, 0);
    }

    /// 1 for a reply's last line, -1 for one before it, 0 for a line without a code.
    private static int kind(String line) {
        int n = line.length();
        if (n < 3 || !digit(line, 0) || !digit(line, 1) || !digit(line, 2)) {
            return 0;
        }
        if (n == 3) {
            return 1;
        }
        return switch (line.charAt(3)) {
            case '-' -> -1;
            case ' ' -> 1;
            default -> 0;
        };
    }

    private static boolean digit(String line, int at) {
        char c = line.charAt(at);
        return c >= '0' && c <= '9';
    }

    private String line() throws IOException {
        int scanned = start;
        while (true) {
            while (scanned < end && buffer[scanned] != '\n') {
                scanned++;
            }
            if (scanned < end) {
                String line = taken(scanned);
                start = scanned + 1;
                return line;
            }
            if (end - start >= lineLimit) {
                return cut();
            }
            if (start > 0) {
                System.arraycopy(buffer, start, buffer, 0, end - start);
                scanned -= start;
                end -= start;
                start = 0;
            }
            fill();
        }
    }

    private void fill() throws IOException {
        int n = connection.read(buffer, end, buffer.length - end);
        if (n < 0) {
            throw new EOFException("lost connection");
        }
        end += n;
    }

    private String taken(int newline) {
        int stop = newline;
        while (stop > start && buffer[stop - 1] == '\r') {
            stop--;
        }
        if (stop - start > lineLimit) {
            oddities.longLine(lineLimit, printable(start, start + 30));
            stop = start + lineLimit;
        }
        return printable(start, stop);
    }

    /// A line longer than is kept: the rest is passed over.
    private String cut() throws IOException {
        String line = printable(start, start + lineLimit);
        oddities.longLine(lineLimit, line.substring(0, Math.min(30, line.length())));
        long skipped = 0;
        while (true) {
            for (int i = start; i < end; i++) {
                if (buffer[i] == '\n') {
                    start = i + 1;
                    return line;
                }
            }
            skipped += end - start;
            start = 0;
            end = 0;
            if (skipped > MOST_OCTETS_OF_A_REPLY) {
                throw new IOException("endless line");
            }
            fill();
        }
    }

    /// Controls become `?`, octets above 127 too unless the line is UTF-8; a NUL ends it.
    private String printable(int from, int to) {
        int stop = to;
        boolean high = false;
        for (int i = from; i < stop; i++) {
            byte b = buffer[i];
            if (b == 0) {
                stop = i;
            } else if (b < 0) {
                high = true;
            } else if (b < ' ' || b == 127) {
                buffer[i] = '?';
            }
        }
        if (high && !utf8(from, stop)) {
            for (int i = from; i < stop; i++) {
                buffer[i] = buffer[i] < 0 ? (byte) '?' : buffer[i];
            }
        }
        return new String(buffer, from, stop - from, StandardCharsets.ISO_8859_1);
    }

    private boolean utf8(int from, int to) {
        @Nullable String decoded;
        try {
            decoded =
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(java.nio.ByteBuffer.wrap(buffer, from, to - from))
                            .toString();
        } catch (java.nio.charset.CharacterCodingException e) {
            decoded = null;
        }
        return decoded != null;
    }
}
