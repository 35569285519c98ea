package org.postrider.dns;

import java.net.Inet6Address;
import java.net.InetAddress;

/// An address as Postfix writes it: IPv6 in RFC 5952's short form, without a zone.
public final class AddressText {
    private AddressText() {}

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
