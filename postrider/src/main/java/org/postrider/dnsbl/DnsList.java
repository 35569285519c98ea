package org.postrider.dnsbl;

import java.net.InetAddress;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.postrider.dns.HostName;

/// One list, as it is configured: `domain`, `domain=filter`, and for postscreen
/// `domain=filter*weight`. A value.
///
/// @param text as configured, without the weight: what tables of replies are indexed by
/// @param domain below which is asked
/// @param filter which answers count; null for any
/// @param weight what a listing is worth (postscreen_dnsbl_sites); 1 if nothing is said
public record DnsList(String text, String domain, @Nullable ReplyPattern filter, int weight) {
    private static final int MOST_DIGITS = 9;

    /// As restrictions name it, `domain` or `domain=filter`.
    ///
    /// @throws IllegalArgumentException with what is wrong with the filter, in Postfix's words
    public static DnsList of(String text) {
        return of(text, 1);
    }

    private static DnsList of(String text, int weight) {
        int equals = text.indexOf('=');
        return equals < 0
                ? new DnsList(text, text, null, weight)
                : new DnsList(
                        text,
                        text.substring(0, equals),
                        ReplyPattern.of(text.substring(equals + 1)),
                        weight);
    }

    /// As postscreen_dnsbl_sites has it, `domain=filter*weight`; the weight may be negative.
    ///
    /// @throws IllegalArgumentException with what is wrong, in Postfix's words
    public static DnsList site(String text) {
        int star = text.indexOf('*');
        String site = star < 0 ? text : text.substring(0, star);
        int weight = star < 0 ? 1 : weight(text.substring(star + 1), text);
        DnsList list;
        try {
            list = of(site, weight);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("bad DNSBL filter syntax: " + e.getMessage(), e);
        }
        if (!HostName.valid(list.domain())) {
            throw new IllegalArgumentException(
                    "bad DNSBL domain name \"" + list.domain() + "\" in \"" + text + "\"");
        }
        return list;
    }

    private static int weight(String number, String text) {
        String digits = number.matches("[-+].*") ? number.substring(1) : number;
        if (digits.isEmpty()
                || digits.length() > MOST_DIGITS
                || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new IllegalArgumentException(
                    "bad DNSBL weight factor \"" + number + "\" in \"" + text + "\"");
        }
        return Integer.parseInt(number);
    }

    /// What is asked about a client: its address backwards, octets of IPv4 in decimal, nibbles of
    /// IPv6 in hexadecimal (RFC 5782 2.1, 2.4).
    public String query(InetAddress client) {
        byte[] octets = client.getAddress();
        boolean six = octets.length > 4;
        StringBuilder out = new StringBuilder();
        for (int i = octets.length - 1; i >= 0; i--) {
            if (six) {
                out.append(HexFormat.of().toLowHexDigit(octets[i])).append('.');
                out.append(HexFormat.of().toHighHexDigit(octets[i]));
            } else {
                out.append(octets[i] & 0xff);
            }
            out.append('.');
        }
        return out.append(domain).toString();
    }

    /// What is asked about a domain (RFC 5782 2.3).
    public String query(String name) {
        return name + "." + domain;
    }

    /// Whether an answer counts.
    public boolean counts(ListAnswer answer) {
        return answer instanceof ListAnswer.Listed l
                && (filter == null || l.addresses().stream().anyMatch(filter::matches));
    }
}
