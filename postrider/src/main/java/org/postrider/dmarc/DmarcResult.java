package org.postrider.dmarc;

import org.jspecify.annotations.Nullable;
import org.postrider.maps.Fold;

/// What DMARC says of a mail. An immutable value.
///
/// @param author the domain of From; empty where nobody can say
/// @param found the record that counts; null for none
/// @param policy what its owner wants done with this mail, test mode considered: `none` unless it
///   fails
/// @param aligned which identifiers that pass belong to the author
/// @param reason for people; empty for none. Nothing of it is a stranger's
public record DmarcResult(
        Verdict verdict,
        String author,
        @Nullable Found found,
        DmarcPolicy policy,
        Aligned aligned,
        String reason) {
    /// In the words of RFC 8601 2.7 and RFC 9989 (IANA).
    public enum Verdict {
        NONE,
        PASS,
        FAIL,
        TEMPERROR,
        PERMERROR;

        public String word() {
            return Fold.lower(name());
        }
    }

    /// @param domain that has the record
    /// @param stated the policy for the author's domain, test mode not considered
    public record Found(String domain, DmarcRecord record, DmarcPolicy stated) {}

    /// Which methods know the mail to be the author's.
    public record Aligned(boolean spf, boolean dkim) {
        public static final Aligned NONE = new Aligned(false, false);

        boolean any() {
            return spf || dkim;
        }
    }

    /// Why nobody can say whether it passes.
    private static final String OPEN = "what could pass cannot be checked now";

    static DmarcResult without(Verdict verdict, String author, String reason) {
        return new DmarcResult(verdict, author, null, DmarcPolicy.NONE, Aligned.NONE, reason);
    }

    /// The same mail, which may pass once more is known than now.
    public DmarcResult open() {
        return new DmarcResult(Verdict.TEMPERROR, author, found, DmarcPolicy.NONE, aligned, OPEN);
    }

    /// The same mail, let pass by somebody else's word (RFC 9989 7.4: a local policy).
    public DmarcResult overridden(String why) {
        return new DmarcResult(Verdict.PASS, author, found, DmarcPolicy.NONE, aligned, why);
    }
}
