package org.postrider.dkim.key;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.EdECKey;
import java.security.interfaces.RSAKey;

/// The arithmetic of signatures with private keys. Any thread.
public final class Signing {
    static final int ED25519_BITS = 256;

    private Signing() {}

    /// The key in the form that signs fastest here.
    ///
    /// @throws IllegalArgumentException if no signature of DKIM is made with its kind
    public static PrivateKey prepared(PrivateKey key) {
        algorithm(key);
        return key instanceof NativeKey ? key : NativeKey.of(key);
    }

    static PrivateKey plain(PrivateKey key) {
        return key instanceof NativeKey fast ? fast.plain() : key;
    }

    /// As `a=` has it (RFC 6376 3.3, RFC 8463).
    ///
    /// @throws IllegalArgumentException if there is none for its kind
    public static String algorithm(PrivateKey prepared) {
        PrivateKey key = plain(prepared);
        if (key instanceof RSAKey) {
            return "rsa-sha256";
        }
        if (key instanceof EdECKey ed && ed.getParams().getName().equalsIgnoreCase("Ed25519")) {
            return "ed25519-sha256";
        }
        throw new IllegalArgumentException(
                "a key of the kind " + key.getAlgorithm() + "; RSA and Ed25519 are wanted");
    }

    /// Bits of an RSA key; 256 of another.
    public static int bits(PrivateKey key) {
        return plain(key) instanceof RSAKey rsa ? rsa.getModulus().bitLength() : ED25519_BITS;
    }

    /// The signature over octets, whose hash is SHA-256.
    public static byte[] sign(PrivateKey key, byte[] data) {
        boolean rsa = plain(key) instanceof RSAKey;
        // RFC 8463 3: what Ed25519 signs is the hash.
        byte[] signed = rsa ? data : sha256(data);
        byte[] made = key instanceof NativeKey fast ? fast.sign(signed) : null;
        return made == null ? byJdk(plain(key), rsa, signed) : made;
    }

    private static byte[] byJdk(PrivateKey key, boolean rsa, byte[] data) {
        try {
            Signature signature = Signature.getInstance(rsa ? "SHA256withRSA" : "Ed25519");
            signature.initSign(key);
            signature.update(data);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static byte[] sha256(byte[] data) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(data);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
