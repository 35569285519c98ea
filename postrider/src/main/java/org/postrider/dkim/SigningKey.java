package org.postrider.dkim;

import java.security.PrivateKey;
import java.security.interfaces.RSAKey;
import org.postrider.dkim.key.Signing;

/// A key that mail is signed with, and where its public half stands: `SELECTOR._domainkey.DOMAIN`.
/// Immutable; any thread. Two are equal if all of them are the same.
///
/// @param domain in lower case, A-labels
/// @param key RSA of [#LEAST_BITS] and up, or Ed25519
public record SigningKey(String domain, String selector, PrivateKey key) {
    /// RFC 8301 3.2 lets signers use 1024 to 2048 and up, and wants 2048.
    public static final int LEAST_BITS = 1024;

    /// An RSA key that libcrypto can sign with where it is installed becomes one that it does sign
    /// with.
    ///
    /// @throws IllegalArgumentException if the key is of another kind, or too short
    public SigningKey {
        key = Signing.prepared(key);
        if (key instanceof RSAKey rsa && rsa.getModulus().bitLength() < LEAST_BITS) {
            throw new IllegalArgumentException(
                    "an RSA key of "
                            + rsa.getModulus().bitLength()
                            + " bits; "
                            + LEAST_BITS
                            + " are the least");
        }
    }

    /// As `a=` has it.
    public String algorithm() {
        return Signing.algorithm(key);
    }

    /// Where its record stands.
    public String recordName() {
        return selector + "._domainkey." + domain;
    }
}
