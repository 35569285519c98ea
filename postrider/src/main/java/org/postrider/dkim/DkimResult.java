package org.postrider.dkim;

/// What came of one signature. Texts are printable ASCII and bounded, whatever the signature held.
///
/// @param domain `d=` in lower case; empty where it could not be read
/// @param selector `s=`; empty where it could not be read
/// @param algorithm `a=`; empty where it could not be read
/// @param bits of the key; 0 where there was none
/// @param reason why, in words for people; empty for a plain pass
public record DkimResult(
        Verdict verdict,
        String domain,
        String selector,
        String algorithm,
        int bits,
        String reason) {
    /// What else is known of a signature.
    ///
    /// @param identity `i=`, or what it is by default: `@` and the domain; empty where it could not
    ///   be read
    /// @param mark how the signature begins: at most the first eight characters of `b=` (`header.b`
    ///   of RFC 6008)
    /// @param testing the key says that its domain tests DKIM (`t=y`): a failure is to be treated
    ///   as no signature
    public record Details(DkimResult result, String identity, String mark, boolean testing) {}
}
