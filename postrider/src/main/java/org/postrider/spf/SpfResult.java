package org.postrider.spf;

/// What a check came to.
///
/// @param domain that was asked, in A-labels; empty if there was none to ask
/// @param mechanism the directive of the record that decided, as it stands there; `default` where
///   none did; empty without a record that can be read
/// @param explanation why it failed, in the domain's own words: printable ASCII, cut; empty but for
///   a fail with an explanation that can be had
/// @param lookups terms that asked DNS (RFC 7208 4.6.4)
/// @param voidLookups questions of terms that had no answer
/// @param reason one line of printable ASCII in our words: what decided, or what is wrong
public record SpfResult(
        Verdict verdict,
        String domain,
        Identity identity,
        String mechanism,
        String explanation,
        int lookups,
        int voidLookups,
        String reason) {}
