package org.postrider.dkim;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Key pairs of tests, each made once.
final class TestKeys {
    private static final Map<String, KeyPair> MADE = new ConcurrentHashMap<>();

    private TestKeys() {}

    /// @param bits 0 for Ed25519
    static KeyPair pair(int bits) {
        return pair(bits, "");
    }

    /// @param which another key of the same size for another word
    static KeyPair pair(int bits, String which) {
        return MADE.computeIfAbsent(
                bits + which,
                _ -> {
                    try {
                        KeyPairGenerator g =
                                KeyPairGenerator.getInstance(bits == 0 ? "Ed25519" : "RSA");
                        if (bits > 0) {
                            g.initialize(bits);
                        }
                        return g.generateKeyPair();
                    } catch (GeneralSecurityException e) {
                        throw new IllegalStateException(e);
                    }
                });
    }

    static SigningKey key(String domain, String selector, int bits) {
        return new SigningKey(domain, selector, pair(bits).getPrivate());
    }

    static String record(int bits) {
        return KeyRecord.text(pair(bits).getPublic(), false);
    }
}
