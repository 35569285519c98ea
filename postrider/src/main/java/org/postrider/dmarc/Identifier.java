package org.postrider.dmarc;

import java.net.IDN;
import java.nio.charset.StandardCharsets;
import org.postrider.maps.Fold;

/// A domain that SPF or DKIM has checked a mail for (RFC 9989 4.4).
///
/// @param domain in lower-case ASCII, without a dot at its end
public record Identifier(Method method, String domain, State state) {
    public Identifier {
        domain = domain(domain);
    }

    /// Who checked.
    public enum Method {
        SPF,
        DKIM
    }

    /// What it came to.
    public enum State {
        PASS,
        FAIL,
        /// The DNS did not say.
        UNKNOWN
    }

    static String domain(String text) {
        String lower = Fold.lower(text);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }

    /// In A-labels (RFC 5890), UTF-8 octets as chars; the name itself if it has no such form.
    static String ascii(String octets) {
        if (octets.chars().allMatch(c -> c < 128)) {
            return octets;
        }
        byte[] utf8 = octets.getBytes(StandardCharsets.ISO_8859_1);
        try {
            return IDN.toASCII(new String(utf8, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            return octets;
        }
    }
}
