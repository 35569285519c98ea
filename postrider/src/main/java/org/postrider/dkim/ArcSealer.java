package org.postrider.dkim;

/// Adds a set to the ARC chain of a mail (RFC 8617 5.1). Immutable; any thread.
public final class ArcSealer {
    private final SigningSettings settings;

    public ArcSealer(SigningSettings settings) {
        this.settings = settings;
    }

    /// For the body of one mail.
    public BodyHash bodyHash() {
        return new BodyHash(settings.body(), BodyHash.SHA256);
    }

    /// The three fields of the next instance, the seal first, to be put before the header.
    ///
    /// @param header the whole block as it will be sent, without these fields
    /// @param bodyHash what [#bodyHash] came to
    /// @param chain what came of the chain that the mail has
    /// @param results the value of `Authentication-Results:` that the set holds
    /// @param now seconds since 1970 (`t=`)
    /// @return empty if the chain must not be gone on with: it has 50 sets, or failed before
    public String seal(
            SigningKey key,
            byte[] header,
            byte[] bodyHash,
            ArcResult chain,
            String results,
            long now) {
        return "";
    }
}
