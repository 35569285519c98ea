package org.postrider.dkim;

import java.util.List;

/// What came of the chain of a mail (RFC 8617 5.2). Texts are printable ASCII and bounded.
///
/// @param verdict [Verdict#NONE], [Verdict#PASS] or [Verdict#FAIL]; [Verdict#TEMPERROR] where only
///   a key could not be looked up now, which RFC 8617 has as a failure
/// @param instances sets of the chain; for a failed one, the highest instance that is named
/// @param oldestPass the instance from which on the mail was not changed; 0 for all of them, which
///   is also said where there is none (RFC 8617 5.2 step 6)
/// @param sets from the first on; empty if it fails, and nobody's word where it is a temporary
///   error
/// @param reason why it does not pass; empty where it does
public record ArcResult(
        Verdict verdict, int instances, int oldestPass, List<Set> sets, String reason) {
    /// There is no chain.
    public static final ArcResult NONE = new ArcResult(Verdict.NONE, 0, 0, List.of(), "");

    /// No mail has more.
    public static final int MOST_INSTANCES = 50;

    /// One hand that the mail went through.
    ///
    /// @param domain of the seal, in lower case
    /// @param selector of the seal
    /// @param results of ARC-Authentication-Results, unfolded, without its instance
    public record Set(int instance, String domain, String selector, String results) {}

    public ArcResult {
        sets = List.copyOf(sets);
    }

    /// What the next seal has to say of it (`cv=`).
    public String chainValidation() {
        return switch (verdict) {
            case NONE -> "none";
            case PASS -> "pass";
            default -> "fail";
        };
    }

    /// Of the newest seal; empty unless it passes.
    public String domain() {
        return verdict == Verdict.PASS ? sets.getLast().domain() : "";
    }
}
