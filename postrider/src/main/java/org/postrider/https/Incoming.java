package org.postrider.https;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.postrider.https.HttpsException.Kind;
import org.postrider.maps.Fold;
import org.postrider.tls.TlsConnection;

/// An answer as it comes (RFC 9112), bounded as it is read. One thread.
final class Incoming {
    private static final int MOST_HEAD = 32 << 10;
    private static final int MOST_CHUNK_LINE = 1024;
    private static final int MOST_INTERIM = 5;
    private static final String TOO_LARGE = "answer is too large";

    private final TlsConnection from;
    private final Deadline deadline;
    private final int most;
    private final byte[] buffer = new byte[4096];
    private int at;
    private int end;

    /// @param most octets of the body
    Incoming(TlsConnection from, Deadline deadline, int most) {
        this.from = from;
        this.deadline = deadline;
        this.most = most;
    }

    HttpsClient.Answer answer() throws IOException {
        for (int i = 0; i < MOST_INTERIM; i++) {
            int[] left = {MOST_HEAD};
            String first = line(left);
            if (!first.matches("HTTP/1\\.[01] [1-5][0-9]{2}( .*)?")) {
                throw broken();
            }
            int status = Integer.parseInt(first.substring(9, 12));
            Map<String, String> headers = headers(left);
            if (status >= 200) {
                return new HttpsClient.Answer(status, Map.copyOf(headers), body(status, headers));
            }
        }
        throw broken();
    }

    private static HttpsException broken() {
        return new HttpsException(Kind.BROKEN, "answer is no HTTP");
    }

    private Map<String, String> headers(int[] left) throws IOException {
        Map<String, String> out = new HashMap<>();
        for (String line = line(left); !line.isEmpty(); line = line(left)) {
            int colon = line.indexOf(':');
            if (colon <= 0 || line.substring(0, colon).matches(".*[\\s].*")) {
                throw broken();
            }
            String name = Fold.lower(line.substring(0, colon));
            out.merge(name, line.substring(colon + 1).strip(), (a, b) -> a + ", " + b);
        }
        return out;
    }

    private byte[] body(int status, Map<String, String> headers) throws IOException {
        if (status == 204 || status == 304) {
            return new byte[0];
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        String coding = headers.get("transfer-encoding");
        String length = headers.get("content-length");
        if (coding != null) {
            if (!coding.equalsIgnoreCase("chunked") || length != null) {
                throw broken();
            }
            chunks(out);
        } else if (length != null) {
            if (!length.matches("[0-9]{1,18}")) {
                throw broken();
            }
            copy(out, Long.parseLong(length));
        } else {
            for (int c = next(); c >= 0; c = next()) {
                if (out.size() >= most) {
                    throw new HttpsException(Kind.TOO_LARGE, TOO_LARGE);
                }
                out.write(c);
            }
            if (!from.closed()) {
                // Somebody between may have cut it (RFC 9112 9.8).
                throw new HttpsException(Kind.BROKEN, "lost connection");
            }
        }
        return out.toByteArray();
    }

    private void chunks(ByteArrayOutputStream out) throws IOException {
        while (true) {
            String line = line(new int[] {MOST_CHUNK_LINE});
            String size = line.split("[;\\s]", 2)[0];
            if (!size.matches("[0-9a-fA-F]{1,8}")) {
                throw broken();
            }
            long octets = Long.parseLong(size, 16);
            if (octets == 0) {
                // What follows it is of no use here.
                headers(new int[] {MOST_HEAD});
                return;
            }
            copy(out, octets);
            if (!line(new int[] {MOST_CHUNK_LINE}).isEmpty()) {
                throw broken();
            }
        }
    }

    private void copy(ByteArrayOutputStream out, long octets) throws IOException {
        if (octets > most - out.size()) {
            throw new HttpsException(Kind.TOO_LARGE, TOO_LARGE);
        }
        for (long i = 0; i < octets; i++) {
            int c = next();
            if (c < 0) {
                throw new HttpsException(Kind.BROKEN, "lost connection");
            }
            out.write(c);
        }
    }

    /// Without its end.
    ///
    /// @param left octets that it may have, and those after it
    private String line(int[] left) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int c = next(); c != '\n'; c = next()) {
            if (c < 0) {
                throw new HttpsException(Kind.BROKEN, "lost connection");
            }
            if (--left[0] <= 0) {
                throw new HttpsException(Kind.TOO_LARGE, TOO_LARGE);
            }
            out.write(c);
        }
        String text = out.toString(StandardCharsets.ISO_8859_1);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }

    /// -1 at the end.
    private int next() throws IOException {
        if (at == end) {
            from.deadline(deadline.millis());
            int n = from.read(buffer, 0, buffer.length);
            if (n < 0) {
                return -1;
            }
            at = 0;
            end = n;
        }
        return buffer[at++] & 0xff;
    }
}
