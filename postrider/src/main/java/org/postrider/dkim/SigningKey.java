package org.postrider.dkim;

import java.security.PrivateKey;
import java.security.PublicKey;
import org.postrider.dkim.key.PublicKeys;
import org.postrider.dkim.key.Signing;

/// A key that mail is signed with, and where its public half stands: `SELECTOR._domainkey.DOMAIN`.
/// Immutable; any thread. Two are equal if all of them are the same.
///
/// @param domain in lower case, A-labels
/// @param key RSA of [#LEAST_BITS] and up, or Ed25519
public record SigningKey(String domain, String selector, PrivateKey key) {
    /// RFC 8301 3.2 lets signers use 1024 to 2048 and up, and wants 2048.
    public static final int LEAST_BITS = 1024;

    /// A key becomes one that libcrypto signs with where it is installed.
    ///
    /// @throws IllegalArgumentException if the key is of another kind, or too short
    public SigningKey {
        key = Signing.prepared(key);
        int bits = Signing.bits(key);
        if (Signing.algorithm(key).startsWith("rsa") && bits < LEAST_BITS) {
            throw new IllegalArgumentException(
                    "an RSA key of " + bits + " bits; " + LEAST_BITS + " are the least");
        }
    }

    /// Bits of an RSA key; 256 of Ed25519.
    public int bits() {
        return Signing.bits(key);
    }

    /// As `a=` has it.
    public String algorithm() {
        return Signing.algorithm(key);
    }

    /// Its public half.
    ///
    /// @throws IllegalArgumentException if it cannot be told from the private one
    public PublicKey publicKey() {
        return PublicKeys.of(key);
    }

    /// Where its record stands.
    public String recordName() {
        return selector + "._domainkey." + domain;
    }
}
