package org.postrider.message;

/// What was found about a content while receiving it, so that sending needs no second scan.
///
/// @param wireSize octets with CRLF, unstuffed, header and body and the empty line between
/// @param size octets as Postfix counts them for `size=`: as on the wire, and one more for each
///   line of 128 octets or more (its queue file spends two octets on a line, three on a long one)
/// @param longestLine octets without the line end
/// @param leadingDot some body or header line begins with `.`: the sender has to stuff
/// @param eightBit some octet above 127
/// @param eightBitHeader some such octet in the header
/// @param bareCrOrLf stray CR or LF octets are in it
/// @param received how many Received: lines the header holds, our own included
public record Facts(
        long wireSize,
        long size,
        int longestLine,
        boolean leadingDot,
        boolean eightBit,
        boolean eightBitHeader,
        boolean bareCrOrLf,
        int received) {
    static final int LONG_LINE = 128;

    /// Lines of 128 octets or more, CRLF not counted.
    public static int longLines(byte[] text) {
        int count = 0;
        int start = 0;
        for (int i = 0; i < text.length; i++) {
            if (text[i] == '\n') {
                count += i - 1 - start >= LONG_LINE ? 1 : 0;
                start = i + 1;
            }
        }
        return count;
    }
}
