package org.postrider.command;

import java.io.IOException;
import java.io.OutputStream;

/// Buffered output of octets kept as chars.
public final class OctetOut {
    private static final String HEX = "0123456789ABCDEF";

    private final OutputStream out;
    private final byte[] buffer = new byte[16 << 10];
    private int filled;

    public OctetOut(OutputStream out) {
        this.out = out;
    }

    public OctetOut text(String text) throws IOException {
        for (int i = 0; i < text.length(); i++) {
            octet(text.charAt(i));
        }
        return this;
    }

    public OctetOut octet(char c) throws IOException {
        if (filled == buffer.length) {
            flush();
        }
        buffer[filled++] = (byte) c;
        return this;
    }

    /// Text with spaces before it, at least `width` wide.
    public OctetOut right(String text, int width) throws IOException {
        return spaces(width - text.length()).text(text);
    }

    /// Text with spaces after it, at least `width` wide.
    public OctetOut left(String text, int width) throws IOException {
        return text(text).spaces(width - text.length());
    }

    public OctetOut spaces(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            octet(' ');
        }
        return this;
    }

    /// Where standard output cannot be written the command ends here, however much is still to
    /// come.
    public void flush() throws IOException {
        out.write(buffer, 0, filled);
        out.flush();
        filled = 0;
        if (out instanceof Terminal.Output standard) {
            Terminal.Output.Lost lost = standard.lost();
            if (lost != null) {
                throw lost;
            }
        }
    }

    /// A JSON string (RFC 8259); octets above 127 stay as they are.
    public OctetOut json(String text) throws IOException {
        octet('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> octet('\\').octet(c);
                case '\b' -> text("\\b");
                case '\f' -> text("\\f");
                case '\n' -> text("\\n");
                case '\r' -> text("\\r");
                case '\t' -> text("\\t");
                default -> plain(c);
            }
        }
        return octet('"');
    }

    private void plain(char c) throws IOException {
        if (c < ' ' || c == 127) {
            text("\\u00").octet(HEX.charAt(c >> 4)).octet(HEX.charAt(c & 15));
        } else {
            octet(c);
        }
    }
}
