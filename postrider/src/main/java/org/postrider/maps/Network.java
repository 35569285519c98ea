package org.postrider.maps;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/// An address block, `10.0.0.0/8`, `[::1]/128`, `192.168.1.2`. An IPv4-mapped IPv6 address counts
/// as IPv4; an IPv4-mapped block contains nothing, as in Postfix.
public record Network(byte[] base, int prefix) {
    /// Null if the text is no address block.
    ///
    /// @throws IllegalArgumentException if it is one with host bits set or a bad prefix
    public static @Nullable Network parse(String text) {
        String t = text.strip();
        String host = t;
        int prefix = -1;
        int slash = t.lastIndexOf('/');
        if (slash > 0) {
            host = t.substring(0, slash);
            try {
                prefix = Integer.parseInt(t.substring(slash + 1));
            } catch (NumberFormatException e) {
                return null;
            }
        }
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        byte[] octets = literal(host);
        if (octets == null) {
            return null;
        }
        int bits = octets.length * 8;
        if (prefix < 0) {
            prefix = bits;
        }
        if (prefix > bits) {
            throw new IllegalArgumentException("bad net/mask pattern: \"" + text + "\"");
        }
        for (int i = prefix; i < bits; i++) {
            if ((octets[i / 8] & (0x80 >> (i % 8))) != 0) {
                throw new IllegalArgumentException(
                        "non-null host address bits in \"" + text + "\"");
            }
        }
        return new Network(octets, prefix);
    }

    /// As cidr_table(5) reads a pattern: no brackets needed, host bits must be 0.
    ///
    /// @throws IllegalArgumentException in Postfix's words if it is no block
    public static Network strict(String text) {
        Split split = Split.of(text);
        byte[] octets = literal(split.host());
        int bits = (split.host().indexOf(':') >= 0 ? 16 : 4) * 8;
        int prefix = bits;
        String mask = split.mask();
        if (mask != null) {
            boolean number = !mask.isEmpty() && mask.chars().allMatch(c -> c >= '0' && c <= '9');
            prefix = number && mask.length() < 5 ? Integer.parseInt(mask) : -1;
            String bad =
                    !number
                            ? "mask value"
                            : prefix < 0 || prefix > bits
                                    ? "mask length"
                                    : octets == null ? "network value" : "";
            if (!bad.isEmpty()) {
                throw new IllegalArgumentException(
                        "bad " + bad + " in \"" + split.host() + "/" + mask + "\"");
            }
        }
        if (octets == null) {
            throw new IllegalArgumentException("bad address pattern: \"" + split.host() + "\"");
        }
        byte[] base = octets.clone();
        for (int i = prefix; i < bits; i++) {
            base[i / 8] &= (byte) ~(0x80 >> (i % 8));
        }
        if (!java.util.Arrays.equals(base, octets)) {
            throw new IllegalArgumentException(
                    "non-null host address bits in \""
                            + split.host()
                            + "/"
                            + mask
                            + "\", perhaps you should use \""
                            + text(base)
                            + "/"
                            + prefix
                            + "\" instead");
        }
        return new Network(octets, prefix);
    }

    /// `address`, `address/mask`, with the address or all of it in square brackets.
    private record Split(String host, @Nullable String mask) {
        static Split of(String text) {
            String inner = text;
            String behind = text;
            if (text.startsWith("[")) {
                int end = text.indexOf(']');
                if (end < 0) {
                    throw new IllegalArgumentException(
                            "missing ']' character after \"" + text + "\"");
                }
                inner = text.substring(1, end);
                behind = text.substring(end + 1);
                if (!behind.isEmpty() && !behind.startsWith("/")) {
                    throw new IllegalArgumentException("garbage after \"[" + inner + "]\"");
                }
                if (!behind.isEmpty()) {
                    return new Split(inner, behind.substring(1));
                }
            }
            int slash = inner.indexOf('/');
            return slash < 0
                    ? new Split(inner, null)
                    : new Split(inner.substring(0, slash), inner.substring(slash + 1));
        }
    }

    /// An address as logs, replies and the keys of tables have it, without a scope.
    public static String text(InetAddress address) {
        return text(address.getAddress());
    }

    /// The one spelling that everybody uses (RFC 5952 4 and 5, as inet_ntop(3) prints it): the
    /// first longest run of zero groups is `::`, IPv4 in IPv6 ends in dotted decimals.
    ///
    /// @param octets 4 or 16
    public static String text(byte[] octets) {
        if (octets.length == 4) {
            return dotted(octets, 0);
        }
        int[] groups = new int[8];
        for (int i = 0; i < 8; i++) {
            groups[i] = (octets[2 * i] & 0xff) << 8 | octets[2 * i + 1] & 0xff;
        }
        int start = -1;
        int length = 1;
        for (int i = 0; i < 8; i++) {
            int end = i;
            while (end < 8 && groups[end] == 0) {
                end++;
            }
            if (end - i > length) {
                start = i;
                length = end - i;
            }
        }
        boolean inside = start == 0 && (length == 6 || (length == 5 && groups[5] == 0xffff));
        StringBuilder out = new StringBuilder(39);
        for (int i = 0; i < (inside ? 6 : 8); ) {
            if (i == start) {
                out.append("::");
                i += length;
                continue;
            }
            out.append(out.isEmpty() || out.charAt(out.length() - 1) == ':' ? "" : ":");
            out.append(Integer.toHexString(groups[i++]));
        }
        if (inside) {
            out.append(length == 6 ? "" : ":").append(dotted(octets, 12));
        }
        return out.toString();
    }

    private static String dotted(byte[] octets, int from) {
        StringBuilder out = new StringBuilder(15);
        for (int i = from; i < from + 4; i++) {
            out.append(i > from ? "." : "").append(octets[i] & 0xff);
        }
        return out.toString();
    }

    /// True for the IPv6 form of an IPv4 address.
    public static boolean mapped(byte[] o) {
        if (o.length != 16) {
            return false;
        }
        for (int i = 0; i < 10; i++) {
            if (o[i] != 0) {
                return false;
            }
        }
        return o[10] == -1 && o[11] == -1;
    }

    /// The octets of an address literal without brackets (an IPv4-mapped one stays 16 octets), null
    /// where it is none. Never asks a name service.
    public static byte @Nullable [] literal(String host) {
        if (host.indexOf(':') >= 0) {
            return ipv6(host);
        }
        byte[] out = new byte[4];
        int at = 0;
        for (int i = 0; i < 4; i++) {
            int end = i < 3 ? host.indexOf('.', at) : host.length();
            if (end <= at || end - at > 3) {
                return null;
            }
            int n = 0;
            for (int k = at; k < end; k++) {
                char c = host.charAt(k);
                if (c < '0' || c > '9') {
                    return null;
                }
                n = n * 10 + c - '0';
            }
            if (n > 255) {
                return null;
            }
            out[i] = (byte) n;
            at = end + 1;
        }
        return out;
    }

    private static byte @Nullable [] ipv6(String host) {
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            if (Character.digit(c, 16) < 0 && c != ':' && c != '.') {
                return null;
            }
        }
        try {
            byte[] a = InetAddress.getByName(host).getAddress();
            if (a.length == 16) {
                return a;
            }
            byte[] out = new byte[16];
            out[10] = -1;
            out[11] = -1;
            System.arraycopy(a, 0, out, 12, 4);
            return out;
        } catch (UnknownHostException e) {
            return null;
        }
    }

    public boolean contains(InetAddress address) {
        return contains(address.getAddress());
    }

    boolean contains(byte[] a) {
        return containsAsIs(mapped(a) ? java.util.Arrays.copyOfRange(a, 12, 16) : a);
    }

    /// An IPv4-mapped address counts as IPv6.
    public boolean containsAsIs(byte[] octets) {
        if (octets.length != base.length) {
            return false;
        }
        int whole = prefix / 8;
        for (int i = 0; i < whole; i++) {
            if (octets[i] != base[i]) {
                return false;
            }
        }
        int rest = prefix % 8;
        int mask = 0xff << (8 - rest) & 0xff;
        return rest == 0 || (octets[whole] & mask) == (base[whole] & mask);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Network n
                && n.prefix == prefix
                && java.util.Arrays.equals(n.base, base);
    }

    @Override
    public int hashCode() {
        return java.util.Arrays.hashCode(base) * 31 + prefix;
    }
}
