package org.postrider.spf;

import org.jspecify.annotations.Nullable;

/// What a directive looks at (RFC 7208 5). A target that is null is the domain of the record.
sealed interface Mechanism {
    record All() implements Mechanism {}

    record Include(MacroText target) implements Mechanism {}

    record A(@Nullable MacroText target, int bits4, int bits6) implements Mechanism {}

    record Mx(@Nullable MacroText target, int bits4, int bits6) implements Mechanism {}

    record Ptr(@Nullable MacroText target) implements Mechanism {}

    /// @param network 4 or 16 octets
    @SuppressWarnings("ArrayRecordComponent")
    record Ip(byte[] network, int bits) implements Mechanism {}

    record Exists(MacroText target) implements Mechanism {}

    /// Whether it asks DNS, and so is counted.
    default boolean asks() {
        return !(this instanceof All || this instanceof Ip);
    }

    /// Whether the first bits are the same. Networks of another family never match.
    static boolean matches(byte[] address, byte[] network, int bits) {
        if (address.length != network.length) {
            return false;
        }
        for (int i = 0; i < address.length; i++) {
            int left = Math.clamp(bits - 8L * i, 0, 8);
            int mask = 0xff00 >> left & 0xff;
            if (((address[i] ^ network[i]) & mask) != 0) {
                return false;
            }
        }
        return true;
    }
}
