package org.postrider.dkim.key;

import java.io.Serial;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.EdECPrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import org.postrider.dkim.form.TagException;

/// Public keys of strangers. Any thread.
public final class PublicKeys {
    /// Bits of an RSA exponent: 65537, the largest in use, has 17. Verifying takes time by its
    /// length.
    private static final int MOST_EXPONENT_BITS = 17;

    private static final int ED25519_OCTETS = 32;
    private static final byte[] ED25519 = HexFormat.of().parseHex("302a300506032b6570032100");
    private static final byte[] RSA_IDENTIFIER = HexFormat.of().parseHex("06092a864886f70d010101");

    private PublicKeys() {}

    /// An RSA key before anything was computed with it.
    public record Rsa(BigInteger modulus, BigInteger exponent) {
        public int bits() {
            return modulus.bitLength();
        }

        /// @throws TagException if it is none that can be used
        public PublicKey key() throws TagException {
            try {
                return KeyFactory.getInstance("RSA")
                        .generatePublic(new RSAPublicKeySpec(modulus, exponent));
            } catch (GeneralSecurityException _) {
                throw new TagException("an RSA key that cannot be used");
            }
        }
    }

    /// Reads `p=` of an RSA key: SubjectPublicKeyInfo, or RSAPublicKey by itself (RFC 6376 3.6.1
    /// and its erratum 3017).
    ///
    /// @throws TagException if it is none of both, or has an exponent that nobody uses
    public static Rsa rsa(byte[] der) throws TagException {
        Der outer = new Der(der, 0, der.length).inside(0x30);
        Der numbers = outer;
        if (outer.tag() == 0x30) {
            Der algorithm = outer.next(0x30);
            byte[] identifier = algorithm.rest();
            boolean rsa =
                    identifier.length >= RSA_IDENTIFIER.length
                            && Arrays.equals(
                                    identifier,
                                    0,
                                    RSA_IDENTIFIER.length,
                                    RSA_IDENTIFIER,
                                    0,
                                    RSA_IDENTIFIER.length);
            if (!rsa) {
                throw new TagException("a key of another kind than k= says");
            }
            Der bits = outer.next(0x03);
            bits.unused();
            numbers = bits.inside(0x30);
        }
        BigInteger modulus = new BigInteger(numbers.next(0x02).rest());
        BigInteger exponent = new BigInteger(numbers.next(0x02).rest());
        boolean odd = modulus.testBit(0) && exponent.testBit(0);
        boolean positive = modulus.signum() > 0 && exponent.compareTo(BigInteger.TWO) > 0;
        if (!odd || !positive || exponent.bitLength() > MOST_EXPONENT_BITS) {
            throw new TagException("an RSA key that cannot be used");
        }
        return new Rsa(modulus, exponent);
    }

    /// Reads `p=` of an Ed25519 key: its 32 octets (RFC 8463 4.2).
    ///
    /// @throws TagException if it is none
    public static PublicKey ed25519(byte[] octets) throws TagException {
        if (octets.length != ED25519_OCTETS) {
            throw new TagException("an Ed25519 key of " + octets.length + " octets");
        }
        byte[] der = Arrays.copyOf(ED25519, ED25519.length + ED25519_OCTETS);
        System.arraycopy(octets, 0, der, ED25519.length, ED25519_OCTETS);
        try {
            return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(der));
        } catch (GeneralSecurityException _) {
            throw new TagException("an Ed25519 key that cannot be used");
        }
    }

    /// The public half of a private key.
    ///
    /// @throws IllegalArgumentException if it cannot be told from it
    public static PublicKey of(PrivateKey prepared) {
        PrivateKey key = Signing.plain(prepared);
        try {
            if (key instanceof RSAPrivateCrtKey rsa) {
                return KeyFactory.getInstance("RSA")
                        .generatePublic(
                                new RSAPublicKeySpec(rsa.getModulus(), rsa.getPublicExponent()));
            }
            if (key instanceof EdECPrivateKey ed) {
                return ed25519(ed);
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        throw new IllegalArgumentException("a key without its public half");
    }

    /// The JDK derives one only while it makes a pair: it is made again of the same octets.
    private static PublicKey ed25519(EdECPrivateKey key) throws GeneralSecurityException {
        byte[] seed =
                key.getBytes()
                        .orElseThrow(() -> new IllegalArgumentException("a key without octets"));
        KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
        generator.initialize(NamedParameterSpec.ED25519, new Seed(seed));
        return generator.generateKeyPair().getPublic();
    }

    /// Gives the octets of a private key where randomness is asked for.
    private static final class Seed extends SecureRandom {
        @Serial private static final long serialVersionUID = 1;

        private final transient byte[] seed;

        Seed(byte[] seed) {
            this.seed = seed;
        }

        @Override
        public void nextBytes(byte[] bytes) {
            System.arraycopy(seed, 0, bytes, 0, bytes.length);
        }
    }

    /// Whether a signature over the SHA-256 of the octets is the key's.
    public static boolean verifies(PublicKey key, byte[] data, byte[] signature) {
        boolean rsa = key instanceof RSAPublicKey;
        try {
            Signature check = Signature.getInstance(rsa ? "SHA256withRSA" : "Ed25519");
            check.initVerify(key);
            check.update(rsa ? data : Signing.sha256(data));
            return check.verify(signature);
        } catch (GeneralSecurityException _) {
            // One of another length than the key's, or no point of the curve.
            return false;
        }
    }

    /// Reads DER (X.690) that has definite lengths.
    private static final class Der {
        private final byte[] b;
        private int at;
        private final int end;

        Der(byte[] b, int from, int end) {
            this.b = b;
            this.at = from;
            this.end = end;
        }

        private static TagException broken() {
            return new TagException("p= is no key");
        }

        int tag() throws TagException {
            if (at >= end) {
                throw broken();
            }
            return b[at] & 0xff;
        }

        /// The contents of the next element.
        Der next(int tag) throws TagException {
            if (tag() != tag || at + 2 > end) {
                throw broken();
            }
            int length = b[at + 1] & 0xff;
            int from = at + 2;
            if (length > 0x80) {
                int octets = length - 0x80;
                if (octets > 2 || from + octets > end) {
                    throw broken();
                }
                length = 0;
                for (int i = 0; i < octets; i++) {
                    length = length << 8 | b[from + i] & 0xff;
                }
                from += octets;
            } else if (length == 0x80) {
                throw broken();
            }
            if (length == 0 || length > end - from) {
                throw broken();
            }
            at = from + length;
            return new Der(b, from, at);
        }

        /// The same of an element behind which nothing comes.
        Der inside(int tag) throws TagException {
            Der out = next(tag);
            if (at != end) {
                throw broken();
            }
            return out;
        }

        /// Passes over the first octet of a BIT STRING.
        void unused() throws TagException {
            if (tag() != 0) {
                throw broken();
            }
            at++;
        }

        byte[] rest() {
            return Arrays.copyOfRange(b, at, end);
        }
    }
}
