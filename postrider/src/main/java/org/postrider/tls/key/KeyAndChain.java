package org.postrider.tls.key;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;
import org.postrider.config.ConfigException;

/// A key and the certificates that speak for it, our own first.
public record KeyAndChain(PrivateKey key, List<X509Certificate> chain) {
    public KeyAndChain {
        chain = List.copyOf(chain);
    }

    /// @param file named if something is wrong
    /// @throws ConfigException if there is no certificate or it is for another key
    public static KeyAndChain of(PrivateKey key, List<X509Certificate> chain, Path file) {
        if (chain.isEmpty()) {
            throw new ConfigException(file + ": no certificate for the key");
        }
        PublicKey open = chain.getFirst().getPublicKey();
        if (!kind(open.getAlgorithm()).equals(kind(key.getAlgorithm()))) {
            throw new ConfigException(
                    file
                            + ": the certificate is for a key of type "
                            + open.getAlgorithm()
                            + ", the key is "
                            + key.getAlgorithm());
        }
        if (!matches(key, open)) {
            throw new ConfigException(file + ": the certificate is for another key");
        }
        return new KeyAndChain(key, chain);
    }

    /// What one signs the other verifies.
    private static boolean matches(PrivateKey key, PublicKey open) {
        String algorithm =
                switch (kind(key.getAlgorithm())) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> key.getAlgorithm();
                };
        try {
            Signature signing = Signature.getInstance(algorithm);
            signing.initSign(key);
            signing.update((byte) 1);
            byte[] signature = signing.sign();
            signing.initVerify(open);
            signing.update((byte) 1);
            return signing.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static String kind(String algorithm) {
        return algorithm.startsWith("Ed") ? "EdDSA" : algorithm;
    }

    /// As JSSE asks for it: RSA, EC or EdDSA.
    public String kind() {
        return kind(key.getAlgorithm());
    }
}
