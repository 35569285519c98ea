package org.postrider.wire;

import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.postrider.io.Connection;

/// Reads a server's replies, many from one read where they come together. Memory is bounded: lines
/// of a reply beyond a limit are dropped. One thread.
public final class ReplyReader {
    private static final int MOST_LINES = 100;
    private static final int MOST_TEXT = 8192;

    private final Connection connection;
    private final int lineLimit;
    private final byte[] buffer = new byte[4096];
    private int start;
    private int end;

    /// A server's reply as it is quoted in logs and notices: lines joined by a blank.
    ///
    /// @param code 0 where the server spoke no SMTP
    /// @param text code and all, controls replaced
    public record ServerReply(int code, String text, java.util.List<String> lines) {}

    public ReplyReader(Connection connection, int lineLimit) {
        this.connection = connection;
        this.lineLimit = Math.min(lineLimit, buffer.length);
    }

    /// True where octets are there that no command asked for.
    public boolean leftOver() {
        return start < end;
    }

    /// @throws EOFException where the server closed
    /// @throws IOException a broken connection or a passed deadline
    public ServerReply read() throws IOException {
        StringBuilder text = new StringBuilder();
        java.util.List<String> lines = new java.util.ArrayList<>(1);
        int count = 0;
        while (true) {
            String line = line();
            if (count++ < MOST_LINES && text.length() + line.length() < MOST_TEXT) {
                text.append(text.isEmpty() ? "" : " ").append(line);
                lines.add(line);
            } else if (count > 100_000) {
                throw new IOException("endless reply");
            }
            int code = code(line);
            boolean more = line.length() > 3 && line.charAt(3) == '-' && code > 0;
            if (!more && (code > 0 || count > MOST_LINES)) {
                return new ServerReply(code, text.toString(), lines);
            }
            if (code == 0) {
                return new ServerReply(0, text.toString(), lines);
            }
        }
    }

    private static int code(String line) {
        if (line.length() < 3
                || (line.length() > 3 && line.charAt(3) != ' ' && line.charAt(3) != '-')) {
            return 0;
        }
        int n = 0;
        for (int i = 0; i < 3; i++) {
            char c = line.charAt(i);
            if (c < '0' || c > '9') {
                return 0;
            }
            n = n * 10 + c - '0';
        }
        return n >= 200 && n < 600 ? n : 0;
    }

    private String line() throws IOException {
        int scanned = start;
        while (true) {
            while (scanned < end && buffer[scanned] != '\n') {
                scanned++;
            }
            if (scanned < end || end - start >= lineLimit) {
                int stop = scanned;
                int next = scanned < end ? scanned + 1 : scanned;
                while (stop > start && buffer[stop - 1] == '\r') {
                    stop--;
                }
                String line = printable(start, stop);
                start = next;
                if (start == end) {
                    start = 0;
                    end = 0;
                }
                return line;
            }
            if (start > 0) {
                System.arraycopy(buffer, start, buffer, 0, end - start);
                scanned -= start;
                end -= start;
                start = 0;
            }
            int n = connection.read(buffer, end, buffer.length - end);
            if (n < 0) {
                throw new EOFException("lost connection");
            }
            end += n;
        }
    }

    private String printable(int from, int to) {
        for (int i = from; i < to; i++) {
            if (buffer[i] < ' ' && buffer[i] >= 0 || buffer[i] == 127) {
                buffer[i] = '?';
            }
        }
        return new String(buffer, from, to - from, StandardCharsets.ISO_8859_1);
    }
}
