package org.postrider.message;

import org.jspecify.annotations.Nullable;

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
/// @param mime what its parts say
public record Facts(
        long wireSize,
        long size,
        int longestLine,
        boolean leadingDot,
        boolean eightBit,
        boolean eightBitHeader,
        boolean bareCrOrLf,
        int received,
        Mime mime) {
    static final int LONG_LINE = 128;

    /// How header fields are written.
    ///
    /// @param odd one of a part's header has white space before its colon
    /// @param longest octets of the longest one of a part's header
    /// @param open no empty line ended the message's own header: a line that is none of a header
    ///   did
    public record Fields(boolean odd, long longest, boolean open) {
        static final Fields PLAIN = new Fields(false, 0, false);
    }

    /// What a content's body is: what its parts say of themselves, and a digest of all of it.
    ///
    /// @param saysEightBit some part says 8bit or binary: a hop that takes 7 bits gets it
    ///   converted. True, too, where that is not known
    /// @param declaredInPart the header of some part has a Content-Transfer-Encoding of nothing but
    ///   that
    /// @param composite it is said to have parts, or a message within it
    /// @param fields how its header fields are written. The queue does not keep it
    /// @param digest of the body, made while it came; null where nobody wanted one. The queue does
    ///   not keep it
    public record Mime(
            boolean saysEightBit,
            boolean declaredInPart,
            boolean composite,
            Fields fields,
            @Nullable BodyDigest digest) {
        /// Nothing.
        public static final Mime PLAIN = new Mime(false, false, false, Fields.PLAIN, null);

        /// Not looked at.
        public static final Mime UNKNOWN = new Mime(true, false, true, Fields.PLAIN, null);
    }

    /// Of a content whose parts were not looked at.
    public Facts(
            long wireSize,
            long size,
            int longestLine,
            boolean leadingDot,
            boolean eightBit,
            boolean eightBitHeader,
            boolean bareCrOrLf,
            int received) {
        this(
                wireSize,
                size,
                longestLine,
                leadingDot,
                eightBit,
                eightBitHeader,
                bareCrOrLf,
                received,
                eightBit ? Mime.UNKNOWN : Mime.PLAIN);
    }

    /// The same where what the parts say is not known for sure: they are looked at again on sending
    /// to a hop that takes 7 bits.
    public Facts withUnknownParts() {
        Mime said =
                new Mime(
                        true,
                        mime.declaredInPart(),
                        mime.composite(),
                        mime.fields(),
                        mime.digest());
        return new Facts(
                wireSize,
                size,
                longestLine,
                leadingDot,
                eightBit,
                eightBitHeader,
                bareCrOrLf,
                received,
                said);
    }

    /// The same with another count of its size.
    public Facts withSize(long counted) {
        return new Facts(
                wireSize,
                counted,
                longestLine,
                leadingDot,
                eightBit,
                eightBitHeader,
                bareCrOrLf,
                received,
                mime);
    }

    /// The same with a digest of its body.
    public Facts withDigest(BodyDigest digest) {
        Mime said =
                new Mime(
                        mime.saysEightBit(),
                        mime.declaredInPart(),
                        mime.composite(),
                        mime.fields(),
                        digest);
        return new Facts(
                wireSize,
                size,
                longestLine,
                leadingDot,
                eightBit,
                eightBitHeader,
                bareCrOrLf,
                received,
                said);
    }

    /// Of its body; null where none was made while it came.
    public @Nullable BodyDigest digest() {
        return mime.digest();
    }

    /// With another header block; what only the old one made true may stay set.
    public Facts withHeader(byte[] before, byte[] now) {
        int longest = 0;
        int start = 0;
        int seen = 0;
        boolean dot = false;
        for (int i = 0; i < now.length; i++) {
            seen |= now[i];
            if (now[i] == '\n') {
                longest = Math.max(longest, i - 1 - start);
                dot |= now[start] == '.';
                start = i + 1;
            }
        }
        int more = now.length - before.length;
        return new Facts(
                wireSize + more,
                size + more + longLines(now) - longLines(before),
                Math.max(longestLine, longest),
                leadingDot || dot,
                eightBit || seen < 0,
                eightBitHeader || seen < 0,
                bareCrOrLf,
                received,
                eightBit ? withUnknownParts().mime() : mime);
    }

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
