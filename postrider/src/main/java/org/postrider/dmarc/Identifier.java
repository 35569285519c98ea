package org.postrider.dmarc;

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
}
