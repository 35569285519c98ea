package org.postrider.dns;

import java.net.Inet6Address;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Address;

/// An address as Postfix writes it: IPv6 in RFC 5952's short form, without a zone.
public final class AddressText {
    private AddressText() {}

    /// The 4 octets of `192.0.2.1`, no octet of which begins with a zero, or the 16 of
    /// `2001:db8::1` (RFC 4291 2.2), those of `::ffff:192.0.2.1` too; null of anything else.
    public static byte @Nullable [] octets(String text) {
        if (text.indexOf(':') >= 0) {
            return Address.toByteArray(text, Address.IPv6);
        }
        byte[] out = new byte[4];
        String[] parts = text.split("\\.", 5);
        for (int i = 0; i < parts.length; i++) {
            if (parts.length != 4 || !parts[i].matches("0|[1-9][0-9]{0,2}")) {
                return null;
            }
            int octet = Integer.parseInt(parts[i]);
            if (octet > 255) {
                return null;
            }
            out[i] = (byte) octet;
        }
        return out;
    }

    public static String of(InetAddress address) {
        if (!(address instanceof Inet6Address)) {
            return address.getHostAddress();
        }
        byte[] b = address.getAddress();
        int[] groups = new int[8];
        for (int i = 0; i < 8; i++) {
            groups[i] = (b[2 * i] & 0xff) << 8 | b[2 * i + 1] & 0xff;
        }
        int best = -1;
        int bestLength = 1;
        for (int i = 0; i < 8; i++) {
            int n = i;
            while (n < 8 && groups[n] == 0) {
                n++;
            }
            if (n - i > bestLength) {
                best = i;
                bestLength = n - i;
            }
            i = Math.max(i, n - 1);
        }
        StringBuilder out = new StringBuilder(39);
        for (int i = 0; i < 8; i++) {
            if (i == best) {
                out.append("::");
                i += bestLength - 1;
                continue;
            }
            if (!out.isEmpty() && out.charAt(out.length() - 1) != ':') {
                out.append(':');
            }
            out.append(Integer.toHexString(groups[i]));
        }
        return out.toString();
    }
}
