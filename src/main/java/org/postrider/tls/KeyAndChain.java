package org.postrider.tls;

import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import org.postrider.config.ConfigException;

/// A key and the certificates that speak for it, our own first.
record KeyAndChain(PrivateKey key, List<X509Certificate> chain) {
    KeyAndChain {
        chain = List.copyOf(chain);
    }

    /// @throws ConfigException where there is no certificate or it is of another kind of key
    static KeyAndChain of(PrivateKey key, List<X509Certificate> chain, Path file) {
        if (chain.isEmpty()) {
            throw new ConfigException(file + ": no certificate for the key");
        }
        String ofCertificate = chain.getFirst().getPublicKey().getAlgorithm();
        if (!kind(ofCertificate).equals(kind(key.getAlgorithm()))) {
            throw new ConfigException(
                    file
                            + ": the certificate is for a key of type "
                            + ofCertificate
                            + ", the key is "
                            + key.getAlgorithm());
        }
        return new KeyAndChain(key, chain);
    }

    private static String kind(String algorithm) {
        return algorithm.startsWith("Ed") ? "EdDSA" : algorithm;
    }

    /// As JSSE asks for it: RSA, EC or EdDSA.
    String kind() {
        return kind(key.getAlgorithm());
    }
}
