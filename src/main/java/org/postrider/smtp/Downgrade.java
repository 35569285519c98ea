package org.postrider.smtp;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Turns 8-bit MIME parts into quoted-printable on the way to a server without 8BITMIME
/// (mime_state(3) with MIME_OPT_DOWNGRADE). Only parts that say so (`Content-Transfer-Encoding:
/// 8bit` or `binary`) are changed; the header line moves to the end of its part's headers. Memory
/// is bounded: a longer line or header block than [#MOST] goes through as it is.
final class Downgrade implements ContentSender.Out {
    private static final int MOST = 100 << 10;
    private static final int MOST_NESTED = 100;
    private static final int QP_LINE = 73;
    private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);
    private static final String ENCODING = "content-transfer-encoding:";

    private final ContentSender.Out to;
    private final Deque<String> boundaries = new ArrayDeque<>();
    private byte[] line = new byte[1024];
    private int length;
    private boolean inHeader = true;
    private boolean encode;
    private int column;

    // of the header block that is being read
    private final StringBuilder header = new StringBuilder();
    private String type = "";
    private @Nullable String boundary;
    private String encoding = "";

    Downgrade(ContentSender.Out to) {
        this.to = to;
    }

    @Override
    public void put(byte[] from, int offset, int count) throws IOException {
        for (int i = offset; i < offset + count; i++) {
            byte b = from[i];
            if (length == line.length) {
                if (length >= MOST) {
                    part();
                } else {
                    line = Arrays.copyOf(line, 2 * length);
                }
            }
            line[length++] = b;
            if (b == '\n') {
                line();
                length = 0;
            }
        }
    }

    /// A line too long to hold: what is there goes on.
    private void part() throws IOException {
        if (encode && !inHeader) {
            for (int i = 0; i < length; i++) {
                octet(line[i], false);
            }
        } else {
            endHeader(false);
            to.put(line, 0, length);
        }
        length = 0;
    }

    @Override
    public boolean finish() throws IOException {
        if (length > 0) {
            line();
            length = 0;
        }
        if (inHeader) {
            endHeader(false);
        }
        return to.finish();
    }

    private int textLength() {
        int n = length;
        if (n > 0 && line[n - 1] == '\n') {
            n--;
            if (n > 0 && line[n - 1] == '\r') {
                n--;
            }
        }
        return n;
    }

    private void line() throws IOException {
        int n = textLength();
        if (n > 2 && line[0] == '-' && line[1] == '-' && !boundaries.isEmpty() && separator(n)) {
            return;
        }
        if (inHeader) {
            if (n == 0) {
                endHeader(true);
                to.put(line, 0, length);
            } else if (header.length() + n > MOST) {
                endHeader(false);
                to.put(line, 0, length);
            } else {
                header.append(new String(line, 0, length, StandardCharsets.ISO_8859_1));
            }
        } else if (encode) {
            for (int i = 0; i < n; i++) {
                octet(line[i], i == n - 1);
            }
            crlf();
        } else {
            to.put(line, 0, length);
        }
    }

    private boolean separator(int n) throws IOException {
        String text = new String(line, 2, n - 2, StandardCharsets.ISO_8859_1);
        String found = null;
        for (String each : boundaries) {
            if (text.startsWith(each)) {
                found = each;
                break;
            }
        }
        if (found == null) {
            return false;
        }
        if (inHeader) {
            endHeader(false);
        }
        while (!boundaries.isEmpty() && !boundaries.peek().equals(found)) {
            boundaries.pop();
        }
        boolean closing = text.startsWith("--", found.length());
        encode = false;
        inHeader = !closing;
        if (closing) {
            boundaries.pop();
        } else {
            begin();
        }
        to.put(line, 0, length);
        return true;
    }

    private void begin() {
        header.setLength(0);
        type = "text/plain";
        boundary = null;
        encoding = "";
    }

    /// @param more the empty line follows, and with it a body
    private void endHeader(boolean more) throws IOException {
        if (!inHeader) {
            return;
        }
        inHeader = false;
        scan();
        boolean eight = encoding.equals("8bit") || encoding.equals("binary");
        boolean composite = type.startsWith("multipart/") || type.startsWith("message/");
        String text = header.toString();
        if (eight) {
            text =
                    without(text)
                            + "Content-Transfer-Encoding: "
                            + (composite ? "7bit" : "quoted-printable")
                            + "\r\n";
        }
        byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
        to.put(octets, 0, octets.length);
        encode = eight && !composite;
        String b = boundary;
        if (more && type.startsWith("multipart/") && b != null && boundaries.size() < MOST_NESTED) {
            boundaries.push(b);
        }
        boolean nested = more && type.startsWith("message/rfc822");
        begin();
        inHeader = nested;
    }

    private void scan() {
        int at = 0;
        while (at < header.length()) {
            int end = fieldEnd(header, at);
            String field = header.substring(at, end);
            String low = field.toLowerCase(Locale.ROOT);
            if (low.startsWith("content-type:")) {
                type = low.substring(13).strip();
                boundary = boundary(field, low);
            } else if (low.startsWith(ENCODING)) {
                encoding = low.substring(ENCODING.length()).strip();
            }
            at = end;
        }
    }

    /// Behind a header field with its folded lines.
    private static int fieldEnd(CharSequence text, int from) {
        int at = from;
        while (at < text.length()) {
            while (at < text.length() && text.charAt(at) != '\n') {
                at++;
            }
            at++;
            if (at >= text.length() || (text.charAt(at) != ' ' && text.charAt(at) != '\t')) {
                break;
            }
        }
        return Math.min(at, text.length());
    }

    private static String without(String text) {
        StringBuilder out = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            int end = fieldEnd(text, at);
            if (!text.regionMatches(true, at, ENCODING, 0, ENCODING.length())) {
                out.append(text, at, end);
            }
            at = end;
        }
        return out.toString();
    }

    private static @Nullable String boundary(String field, String low) {
        int at = low.indexOf("boundary");
        int equals = at < 0 ? -1 : field.indexOf('=', at);
        if (equals < 0) {
            return null;
        }
        String rest = field.substring(equals + 1).stripLeading();
        if (rest.startsWith("\"")) {
            int close = rest.indexOf('"', 1);
            return close > 1 ? rest.substring(1, close) : null;
        }
        int stop = 0;
        while (stop < rest.length() && " \t;\r\n(".indexOf(rest.charAt(stop)) < 0) {
            stop++;
        }
        return stop == 0 ? null : rest.substring(0, stop);
    }

    // ---- quoted-printable

    private void octet(byte b, boolean last) throws IOException {
        boolean blank = b == ' ' || b == '\t';
        boolean plain = b > ' ' && b < 127 && b != '=' || blank && !last;
        if (column >= QP_LINE) {
            byte[] soft = {'=', '\r', '\n'};
            to.put(soft, 0, 3);
            column = 0;
        }
        byte[] out = plain ? new byte[] {b} : new byte[] {'=', HEX[b >> 4 & 15], HEX[b & 15]};
        to.put(out, 0, out.length);
        column += out.length;
    }

    private void crlf() throws IOException {
        byte[] end = {'\r', '\n'};
        to.put(end, 0, 2);
        column = 0;
    }
}
