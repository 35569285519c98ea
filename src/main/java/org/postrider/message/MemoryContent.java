package org.postrider.message;

import java.io.ByteArrayInputStream;
import java.io.InputStream;

/// A content made by ourselves.
public record MemoryContent(byte[] header, byte[] inlineBody, Facts facts) implements Content {
    /// @param header lines ended by CRLF
    /// @param body the empty line first
    public static MemoryContent of(byte[] header, byte[] body) {
        int longest = 0;
        int length = 0;
        int seen = 0;
        boolean dot = false;
        int received = 0;
        byte before = '\n';
        for (byte[] part : new byte[][] {header, body}) {
            for (byte b : part) {
                dot |= before == '\n' && b == '.';
                seen |= b;
                length = b == '\n' ? 0 : length + 1;
                longest = Math.max(longest, length - 1);
                before = b;
            }
        }
        for (int at = 0; at < header.length; at = Headers.headerEnd(header, at)) {
            received += Headers.named(header, at, header.length, "received") ? 1 : 0;
        }
        long wire = (long) header.length + body.length;
        return new MemoryContent(
                header,
                body,
                new Facts(
                        wire,
                        wire + Facts.longLines(header) + Facts.longLines(body),
                        longest,
                        dot,
                        seen < 0,
                        seen < 0,
                        false,
                        received));
    }

    @Override
    public long bodyLength() {
        return inlineBody.length;
    }

    @Override
    public InputStream body() {
        return new ByteArrayInputStream(inlineBody);
    }
}
