package org.postrider.milter.wire;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// A packet as it came: its command, and what belongs to it.
public record Packet(char command, byte[] octets) {
    /// An unsigned number of four octets.
    ///
    /// @throws MilterException if it is shorter than that
    public long number(int at) throws MilterException {
        if (octets.length < at + 4) {
            throw new MilterException("input packet too short for network long");
        }
        return (octets[at] & 0xffL) << 24
                | (octets[at + 1] & 0xffL) << 16
                | (octets[at + 2] & 0xffL) << 8
                | octets[at + 3] & 0xffL;
    }

    /// Octets as chars.
    public String string(int from, int to) {
        return new String(octets, from, to - from, StandardCharsets.ISO_8859_1);
    }

    /// Strings that end with a NUL, up to the end; the last one may lack it.
    ///
    /// @param most how many there may be
    /// @throws MilterException for more
    public List<String> strings(int from, int most) throws MilterException {
        List<String> out = new ArrayList<>();
        int start = from;
        while (start < octets.length) {
            int end = start;
            while (end < octets.length && octets[end] != 0) {
                end++;
            }
            if (out.size() == most) {
                throw new MilterException("too many strings");
            }
            out.add(string(start, end));
            start = end + 1;
        }
        return out;
    }
}
