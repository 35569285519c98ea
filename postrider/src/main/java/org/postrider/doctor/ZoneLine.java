package org.postrider.doctor;

import java.net.InetAddress;
import java.util.HexFormat;
import org.postrider.dns.AddressText;

/// Records as lines of a zone file (RFC 1035 5), with whole names and no TTL.
final class ZoneLine {
    private static final int MOST_OF_A_STRING = 255;

    private ZoneLine() {}

    static String of(String name, String type, String data) {
        return name + ". IN " + type + " " + data;
    }

    static String address(String name, InetAddress address) {
        return of(name, address.getAddress().length == 4 ? "A" : "AAAA", AddressText.of(address));
    }

    static String exchanger(String domain, int preference, String host) {
        return of(domain, "MX", preference + " " + host + ".");
    }

    static String name(InetAddress address, String host) {
        return of(reverse(address), "PTR", host + ".");
    }

    /// Strings of 255 octets. Octets that are no printable ASCII stand as `\DDD` (RFC 1035 5.1):
    /// what of it others wrote ends no line and reaches no terminal.
    static String text(String name, String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i == 0 || i < text.length(); i += MOST_OF_A_STRING) {
            String part = text.substring(i, Math.min(text.length(), i + MOST_OF_A_STRING));
            out.append(i == 0 ? "\"" : " \"");
            escaped(part, out);
            out.append('"');
        }
        return of(name, "TXT", out.toString());
    }

    private static void escaped(String part, StringBuilder out) {
        for (int i = 0; i < part.length(); i++) {
            char c = part.charAt(i);
            if (c < ' ' || c > 126) {
                out.append('\\').append(Integer.toString(1000 + (c & 0xff)), 1, 4);
            } else {
                out.append(c == '"' || c == '\\' ? "\\" : "").append(c);
            }
        }
    }

    /// `1.2.0.192.in-addr.arpa`.
    static String reverse(InetAddress address) {
        return reversed(address)
                + (address.getAddress().length == 4 ? ".in-addr" : ".ip6")
                + ".arpa";
    }

    /// `1.2.0.192`, as lists in DNS have it, too (RFC 5782 2.1, 2.4).
    static String reversed(InetAddress address) {
        byte[] octets = address.getAddress();
        StringBuilder out = new StringBuilder();
        for (int i = octets.length - 1; i >= 0; i--) {
            if (octets.length == 4) {
                out.append(octets[i] & 0xff);
            } else {
                String two = HexFormat.of().toHexDigits(octets[i]);
                out.append(two.charAt(1)).append('.').append(two.charAt(0));
            }
            out.append(i == 0 ? "" : ".");
        }
        return out.toString();
    }
}
