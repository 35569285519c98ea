package org.postrider.doctor;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.interfaces.EdECPrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.postrider.config.ConfigException;
import org.postrider.dkim.SigningKeys;
import org.postrider.doctor.Questions.Unsaid;
import org.postrider.maps.Fold;
import org.postrider.tls.TlsFiles;

/// The records of the keys that mail is signed with, beside the keys themselves (RFC 6376 3.6).
final class DkimRecords {
    private static final String DKIM = "dkim";
    private static final int WANTED_BITS = 2048;
    private static final int ED25519_OCTETS = 32;

    private final Examination examination;
    private final Questions questions;
    private final Findings findings;

    DkimRecords(Examination examination, Questions questions, Findings findings) {
        this.examination = examination;
        this.questions = questions;
        this.findings = findings;
    }

    void check() {
        String domain = examination.domain();
        String maps = examination.settings().text("dkim_signing_maps");
        List<SigningKeys.Named> keys = examination.keys().named();
        for (String each : examination.keys().faults()) {
            findings.warning(DKIM, "not all keys are known: " + each);
        }
        if (keys.isEmpty() && maps != null && !maps.isBlank()) {
            findings.warning(
                    DKIM,
                    "dkim_signing_maps names no key of "
                            + domain
                            + " that is found there: name it by --dkim selector:file");
        } else if (keys.isEmpty()) {
            findings.wrong(
                    DKIM,
                    "no key is known that mail of "
                            + domain
                            + " is signed with, and large receivers refuse mail without a"
                            + " signature: `postdkim keygen "
                            + domain
                            + "` makes one and prints the record that stands at"
                            + " SELECTOR._domainkey."
                            + domain
                            + " (dkim_signing_keys, or --dkim selector:file)");
        }
        for (SigningKeys.Named each : keys) {
            try {
                key(each);
            } catch (Unsaid e) {
                findings.unknown(DKIM, e.why());
            } catch (ConfigException e) {
                findings.wrong(DKIM, "the key cannot be used: " + e.getMessage());
            }
        }
    }

    private void key(SigningKeys.Named named) throws Unsaid {
        PrivateKey key = TlsFiles.key(named.file());
        String open = named.open();
        if (open != null) {
            findings.wrong(DKIM, "the key cannot be used: " + named.file() + ": " + open);
        }
        String kind = key instanceof RSAPrivateCrtKey ? "rsa" : "ed25519";
        String data = Base64.getEncoder().encodeToString(published(key, named));
        String name = named.selector() + "._domainkey." + named.domain();
        String wanted = ZoneLine.text(name, "v=DKIM1; k=" + kind + "; p=" + data);
        List<String> records = questions.texts(name);
        if (records.isEmpty()) {
            findings.wrong(DKIM, "there is no record at " + name, wanted);
            return;
        }
        if (records.size() > 1) {
            findings.wrong(
                    DKIM,
                    "there are " + records.size() + " records at " + name + ": one may stay",
                    wanted);
            return;
        }
        TagList tags = TagList.of(records.getFirst());
        if (tags == null || !tags.tag("v").isEmpty() && !tags.tag("v").equals("DKIM1")) {
            findings.wrong(DKIM, "the record at " + name + " is none of DKIM", wanted);
        } else if (tags.tag("p").isEmpty()) {
            findings.wrong(DKIM, "the key at " + name + " is revoked (p= is empty)", wanted);
        } else if (!tags.tag("p").replaceAll("\\s", "").equals(data)) {
            findings.wrong(
                    DKIM,
                    "the record at " + name + " has another key than " + named.file(),
                    wanted);
        } else if (!Fold.lower(tags.tags().getOrDefault("k", "rsa")).equals(kind)) {
            findings.wrong(DKIM, "the record at " + name + " has k= of another kind", wanted);
        } else if (!tags.tag("h").isEmpty() && !Fold.lower(tags.tag("h")).contains("sha256")) {
            findings.wrong(DKIM, "the record at " + name + " does not allow sha256 (h=)", wanted);
        } else if (Arrays.asList(Fold.lower(tags.tag("t")).split("[:\\s]+", -1)).contains("y")) {
            findings.warning(
                    DKIM,
                    "the record at " + name + " is there and says that it is a test (t=y)",
                    wanted);
        } else {
            findings.ok(DKIM, name + " has the key of " + named.file() + bits(key, name));
        }
    }

    private String bits(PrivateKey key, String name) {
        if (key instanceof RSAPrivateCrtKey rsa) {
            int bits = rsa.getModulus().bitLength();
            if (bits < WANTED_BITS) {
                findings.warning(
                        DKIM,
                        "the key at "
                                + name
                                + " has "
                                + bits
                                + " bits: 2048 are wanted (RFC 8301 3.2)");
            }
            return ", RSA of " + bits + " bits";
        }
        return ", Ed25519";
    }

    /// As `p=` has it (RFC 6376 3.6.1, RFC 8463 4.2).
    private static byte[] published(PrivateKey key, SigningKeys.Named named) {
        try {
            if (key instanceof RSAPrivateCrtKey rsa) {
                RSAPublicKey out =
                        (RSAPublicKey)
                                KeyFactory.getInstance("RSA")
                                        .generatePublic(
                                                new RSAPublicKeySpec(
                                                        rsa.getModulus(), rsa.getPublicExponent()));
                return out.getEncoded();
            }
            if (key instanceof EdECPrivateKey ed && ed.getBytes().isPresent()) {
                byte[] encoded = ed25519(ed.getBytes().get()).getEncoded();
                return Arrays.copyOfRange(encoded, encoded.length - ED25519_OCTETS, encoded.length);
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        throw new ConfigException(named.file() + ": neither RSA nor Ed25519");
    }

    /// The JDK makes a public key of a private one only when it makes both.
    private static PublicKey ed25519(byte[] seed) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
        generator.initialize(NamedParameterSpec.ED25519, new Seed(seed));
        return generator.generateKeyPair().getPublic();
    }

    /// Gives the octets of a key that there is already.
    private static final class Seed extends SecureRandom {
        private static final long serialVersionUID = 1;

        private final transient byte[] octets;

        Seed(byte[] octets) {
            this.octets = octets.clone();
        }

        @Override
        public void nextBytes(byte[] into) {
            System.arraycopy(octets, 0, into, 0, Math.min(into.length, octets.length));
        }
    }
}
