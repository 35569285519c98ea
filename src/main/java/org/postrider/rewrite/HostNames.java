package org.postrider.rewrite;

import org.postrider.maps.Network;

/// What may stand as a domain (RFC 1123 2.1, with `_` allowed as Postfix does).
final class HostNames {
    private HostNames() {}

    static boolean valid(String name) {
        if (name.isEmpty() || name.length() > 255) {
            return false;
        }
        boolean numeric = true;
        int label = 0;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean last = i + 1 == name.length();
            if (c == '.') {
                if (label == 0 || last) {
                    return false;
                }
                label = 0;
                continue;
            }
            label++;
            if (c == '-') {
                numeric = false;
                if (label == 1 || last || name.charAt(i + 1) == '.') {
                    return false;
                }
            } else if (c >= '0' && c <= '9') {
                // a name needs something else too
            } else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_') {
                numeric = false;
            } else {
                return false;
            }
            if (label > 63) {
                return false;
            }
        }
        return !numeric;
    }

    /// Dotted quad; a leading zero octet only in `0.0.0.0`.
    static boolean validIpv4(String text) {
        byte[] octets = text.indexOf(':') >= 0 ? null : Network.literal(text);
        return octets != null
                && (octets[0] != 0 || (octets[1] == 0 && octets[2] == 0 && octets[3] == 0));
    }

    static boolean validAddress(String text) {
        return text.indexOf(':') >= 0 ? Network.literal(text) != null : validIpv4(text);
    }
}
