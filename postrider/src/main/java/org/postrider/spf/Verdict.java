package org.postrider.spf;

/// What a check comes to (RFC 7208 2.6).
public enum Verdict {
    /// There is no record, or no domain that could have one.
    NONE,
    /// The domain says nothing of this client.
    NEUTRAL,
    /// The client may send.
    PASS,
    /// It may not.
    FAIL,
    /// It probably may not.
    SOFTFAIL,
    /// DNS did not answer, or not in time: a later check may come to something else.
    TEMPERROR,
    /// The record, or one that it names, cannot be understood or asks for too much.
    PERMERROR;

    /// The word of RFC 8601 2.7.2, in lower case.
    public String word() {
        return Domains.lower(name());
    }
}
