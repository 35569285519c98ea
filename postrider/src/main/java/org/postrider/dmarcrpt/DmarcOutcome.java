package org.postrider.dmarcrpt;

import java.util.List;
import org.postrider.maps.Fold;

/// What came of one mail whose author's domain wants reports. Texts are cut, and become printable
/// ASCII.
///
/// @param domain that has the record
/// @param published its record, as it counted for this mail
public record DmarcOutcome(String domain, Published published, Row row) {
    private static final int MOST_TEXT = 255;
    private static final int MOST_SIGNATURES = 10;

    public DmarcOutcome {
        domain = Fold.lower(plain(domain));
    }

    /// What the record says (RFC 9990, "policy_published"), in its own words.
    ///
    /// @param discovery how it was found: `treewalk` or `psl`
    public record Published(
            String discovery, Policies policies, String fo, Alignment alignment, boolean testing) {
        /// @param p of the domain
        /// @param sp of subdomains
        /// @param np of those that do not exist
        public record Policies(String p, String sp, String np) {}

        /// @param dkim r or s
        /// @param spf r or s
        public record Alignment(String dkim, String spf) {}
    }

    /// Mails that are alike in all of this are counted together.
    ///
    /// @param source the client's address
    /// @param from the domain of From
    /// @param sender the envelope sender's domain; empty for the null sender
    /// @param signatures what came of DKIM, those that pass first
    /// @param spf what came of SPF
    public record Row(
            String source,
            Evaluated evaluated,
            String from,
            String sender,
            List<Signature> signatures,
            Spf spf) {
        public Row {
            source = plain(source);
            from = plain(from);
            sender = plain(sender);
            signatures = signatures.stream().limit(MOST_SIGNATURES).toList();
        }
    }

    /// What was done with it.
    ///
    /// @param disposition none, pass, quarantine or reject
    /// @param dkim a signature that passes is the author's
    /// @param spf SPF passes for the author
    /// @param override why it is not what the record says: a type of RFC 9990; empty where it is
    /// @param comment to that; may be empty
    public record Evaluated(
            String disposition, boolean dkim, boolean spf, String override, String comment) {}

    /// One of DKIM.
    public record Signature(String domain, String selector, String result) {
        public Signature {
            domain = plain(domain);
            selector = plain(selector);
        }
    }

    /// @param domain empty where there was none to ask
    public record Spf(String domain, String result) {
        public Spf {
            domain = plain(domain);
        }
    }

    private static String plain(String text) {
        String cut = text.length() <= MOST_TEXT ? text : text.substring(0, MOST_TEXT);
        boolean fine = cut.chars().allMatch(c -> c > ' ' && c < 127);
        return fine ? cut : cut.replaceAll("[^!-~]", "?");
    }
}
