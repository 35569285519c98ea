package org.postrider.tls;

import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Locale;

/// OpenSSL's words for groups, keys and signatures, as Postfix's log has them.
final class Signatures {
    private Signatures() {}

    /// `X25519`, `ECDHE (prime256v1)`, `DHE (2048 bits)`; empty for a group that has no name here.
    static String group(int group) {
        return switch (group) {
            case 23 -> "ECDHE (prime256v1)";
            case 24 -> "ECDHE (secp384r1)";
            case 25 -> "ECDHE (secp521r1)";
            case 29 -> "X25519";
            case 30 -> "X448";
            case 256 -> "DHE (2048 bits)";
            case 257 -> "DHE (3072 bits)";
            case 258 -> "DHE (4096 bits)";
            case 259 -> "DHE (6144 bits)";
            case 260 -> "DHE (8192 bits)";
            default -> "";
        };
    }

    /// `RSA-PSS (2048 bits)`, `ECDSA (prime256v1)`, `ED25519`: what TLS 1.3 signs with a key.
    static String signature(PublicKey key) {
        return switch (key) {
            case RSAPublicKey rsa -> "RSA-PSS (" + rsa.getModulus().bitLength() + " bits)";
            case ECPublicKey ec -> "ECDSA (" + curve(ec) + ")";
            default -> key.getAlgorithm().toUpperCase(Locale.ROOT);
        };
    }

    private static String curve(ECPublicKey key) {
        return switch (key.getParams().getCurve().getField().getFieldSize()) {
            case 384 -> "secp384r1";
            case 521 -> "secp521r1";
            default -> "prime256v1";
        };
    }

    /// The digest that TLS 1.3 signs with: the curve says it, and of RSA-PSS the schemes that the
    /// peer offered, its first choice first. Empty if the key has none or it cannot be told.
    static String digest(PublicKey key, int[] offered) {
        if (key instanceof ECPublicKey ec) {
            return switch (ec.getParams().getCurve().getField().getFieldSize()) {
                case 384 -> "SHA384";
                case 521 -> "SHA512";
                default -> "SHA256";
            };
        }
        if (key instanceof RSAPublicKey) {
            for (int scheme : offered) {
                switch (scheme) {
                    case 0x0804 -> {
                        return "SHA256";
                    }
                    case 0x0805 -> {
                        return "SHA384";
                    }
                    case 0x0806 -> {
                        return "SHA512";
                    }
                    default -> {
                        // of another key
                    }
                }
            }
        }
        return "";
    }
}
