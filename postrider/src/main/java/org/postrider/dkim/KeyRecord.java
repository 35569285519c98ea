package org.postrider.dkim;

import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Base64;
import java.util.List;
import org.postrider.dkim.form.TagException;
import org.postrider.dkim.form.Tags;
import org.postrider.dkim.key.PublicKeys;
import org.postrider.maps.Fold;

/// What a TXT record of `SELECTOR._domainkey.DOMAIN` says (RFC 6376 3.6.1, RFC 8463 4). Immutable.
public final class KeyRecord {
    private static final int ED25519_BITS = 256;

    /// Of a record: a key of 16,384 bits has less than 3,000.
    private static final int MOST_OCTETS = 16_384;

    private final String type;
    private final byte[] key;
    private final boolean sha256;
    private final boolean mail;
    private final boolean testing;
    private final boolean strict;

    private KeyRecord(Tags tags) throws TagException {
        String version = tags.value("v");
        if (version != null && (!version.equals("DKIM1") || !tags.names().getFirst().equals("v"))) {
            throw new TagException("a record of another version than DKIM1");
        }
        String p = tags.value("p");
        if (p == null) {
            throw new TagException("a key record without p=");
        }
        type = Tags.shown(Fold.ascii(tags.value("k", "rsa")));
        key = p.isEmpty() ? new byte[0] : Tags.decoded("p", p);
        List<String> hashes = words(tags.value("h", ""));
        sha256 = hashes.isEmpty() || hashes.contains("sha256");
        List<String> services = words(tags.value("s", "*"));
        mail = services.contains("*") || services.contains("email");
        List<String> flags = words(tags.value("t", ""));
        testing = flags.contains("y");
        strict = flags.contains("s");
    }

    private static List<String> words(String value) {
        return Tags.words(Fold.ascii(value)).stream().filter(word -> !word.isEmpty()).toList();
    }

    /// Reads a record.
    ///
    /// @param text the strings of the record put together, octets as chars
    /// @throws IllegalArgumentException if it is no key record; the message says why
    public static KeyRecord of(String text) {
        try {
            return parse(text);
        } catch (TagException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    static KeyRecord parse(String text) throws TagException {
        if (text.length() > MOST_OCTETS) {
            throw new TagException("a key record of " + text.length() + " octets");
        }
        return new KeyRecord(Tags.of(text));
    }

    /// The record that a key is published by.
    ///
    /// @param testing the domain tests DKIM (`t=y`)
    public static String text(PublicKey key, boolean testing) {
        boolean rsa = key instanceof RSAPublicKey;
        byte[] encoded = key.getEncoded();
        byte[] p =
                rsa
                        ? encoded
                        : java.util.Arrays.copyOfRange(
                                encoded, encoded.length - 32, encoded.length);
        return "v=DKIM1; k="
                + (rsa ? "rsa" : "ed25519")
                + (testing ? "; t=y" : "")
                + "; p="
                + Base64.getEncoder().encodeToString(p);
    }

    /// The key was taken back (`p=` is empty).
    public boolean revoked() {
        return key.length == 0;
    }

    /// The domain tests DKIM (`t=y`).
    public boolean testing() {
        return testing;
    }

    /// `i=` must be of the very domain (`t=s`).
    public boolean strict() {
        return strict;
    }

    /// `k=`: rsa, ed25519, or what nobody knows yet.
    public String type() {
        return type;
    }

    /// The octets of `p=`.
    public byte[] octets() {
        return key.clone();
    }

    /// Why no signature of this kind may be verified with it.
    ///
    /// @param wanted the kind of key: rsa, ed25519
    /// @throws TagException with the reason
    void checkFor(String wanted) throws TagException {
        if (revoked()) {
            throw new TagException("the key is revoked");
        }
        if (!type.equals(wanted)) {
            throw new TagException("a key of the kind " + type() + " for a signature of " + wanted);
        }
        if (!sha256) {
            throw new TagException("the key is not for sha256");
        }
        if (!mail) {
            throw new TagException("the key is not for mail");
        }
    }

    /// What it verifies with.
    ///
    /// @param key null where its size is not taken
    record Usable(@org.jspecify.annotations.Nullable PublicKey key, int bits) {}

    Usable usable(int mostBits) throws TagException {
        if (type.equals("ed25519")) {
            return new Usable(PublicKeys.ed25519(key), ED25519_BITS);
        }
        PublicKeys.Rsa rsa = PublicKeys.rsa(key);
        // What is too short has its bits said, and is not made a key: the JDK may refuse it.
        boolean fits = rsa.bits() <= mostBits && rsa.bits() >= SigningKey.LEAST_BITS;
        return new Usable(fits ? rsa.key() : null, rsa.bits());
    }

    /// Neither its hashes (`h=`) nor its services (`s=`) forbid what is signed.
    public boolean signs() {
        return sha256 && mail;
    }

    /// Bits of its key.
    ///
    /// @throws IllegalArgumentException if it has none that can be used; the message says why
    public int bits() {
        try {
            return usable(Integer.MAX_VALUE).bits();
        } catch (TagException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }
}
