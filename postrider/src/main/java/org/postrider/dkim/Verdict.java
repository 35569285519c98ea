package org.postrider.dkim;

import org.postrider.maps.Fold;

/// What came of a signature or a chain, in the words of RFC 8601 2.7.1.
public enum Verdict {
    /// There is none.
    NONE,
    PASS,
    /// It does not fit the mail.
    FAIL,
    /// It fits, but this site does not take it: a key that is too short, a body of which a part is
    /// not signed.
    POLICY,
    /// It could not be read, or was not looked at.
    NEUTRAL,
    /// Might be had later: the key could not be looked up.
    TEMPERROR,
    /// Cannot be verified ever.
    PERMERROR;

    /// As `Authentication-Results` has it.
    public String word() {
        return Fold.lower(name());
    }
}
