package org.postrider.tls.key;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.config.Reason;
import org.postrider.disk.Reading;

/// Certificates and keys in PEM files: PKCS#8 (RFC 5958), PKCS#1 RSA (RFC 8017), SEC1 EC (RFC
/// 5915); Ed25519 within PKCS#8. Encrypted keys are refused, as in Postfix.
public final class Pem {
    private static final byte[] RSA = oid("06092a864886f70d010101");
    private static final byte[] EC = oid("06072a8648ce3d0201");
    private static final byte[] ED25519 = oid("06032b6570");

    private record Block(String label, byte[] octets) {}

    private Pem() {}

    private static byte[] oid(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    private static List<Block> blocks(Path file) {
        return blocks(file, "open ");
    }

    private static List<Block> blocks(Path file, String fault) {
        String text;
        try {
            text = Reading.text(file, Reading.SHORT);
        } catch (IOException e) {
            throw new ConfigException(fault + file + ": " + Reason.of(e));
        }
        return blocks(text, file);
    }

    private static List<Block> blocks(String text, Path file) {
        List<Block> out = new ArrayList<>();
        String open = "-----BEGIN ";
        for (int at = text.indexOf(open); at >= 0; at = text.indexOf(open, at + 1)) {
            int labelEnd = text.indexOf("-----", at + open.length());
            if (labelEnd < 0) {
                break;
            }
            String label = text.substring(at + open.length(), labelEnd);
            int end = text.indexOf("-----END " + label + "-----", labelEnd);
            if (end < 0) {
                throw new ConfigException(file + ": " + label + " has no end");
            }
            String body = text.substring(labelEnd + 5, end);
            if (body.contains("ENCRYPTED") || label.contains("ENCRYPTED")) {
                throw new ConfigException(file + ": encrypted private keys are not supported");
            }
            try {
                out.add(new Block(label, Base64.getMimeDecoder().decode(body)));
            } catch (IllegalArgumentException e) {
                throw new ConfigException(file + ": " + label + ": " + e.getMessage());
            }
        }
        return out;
    }

    /// A certificate, or a public key, that a file has.
    ///
    /// @param octets DER, as the file has it
    public record Anchor(boolean certificate, byte[] octets) {}

    /// All certificates and public keys of a file, in order; what else is in it is passed over.
    ///
    /// @throws ConfigException if there is none of them
    public static List<Anchor> anchors(Path file) {
        List<Anchor> out = new ArrayList<>();
        for (Block block : blocks(file, "error opening trust anchor file: ")) {
            if (block.label().equals("CERTIFICATE") || block.label().equals("X509 CERTIFICATE")) {
                out.add(new Anchor(true, block.octets()));
            } else if (block.label().equals("PUBLIC KEY")) {
                out.add(new Anchor(false, block.octets()));
            }
        }
        if (out.isEmpty()) {
            throw new ConfigException(file + ": no certificate and no public key in it");
        }
        return out;
    }

    /// All certificates of a file, in order.
    ///
    /// @throws ConfigException if the file cannot be read or has none
    public static List<X509Certificate> certificates(Path file) {
        List<X509Certificate> out = new ArrayList<>();
        for (Block block : blocks(file)) {
            if (block.label().endsWith("CERTIFICATE")) {
                out.add(certificate(file, block));
            }
        }
        if (out.isEmpty()) {
            throw new ConfigException(file + ": no certificate in it");
        }
        return out;
    }

    /// The first key of a file.
    ///
    /// @throws ConfigException if the file cannot be read or has none
    public static PrivateKey key(Path file) {
        for (Block block : blocks(file)) {
            if (block.label().endsWith("PRIVATE KEY")) {
                return key(file, block);
            }
        }
        throw new ConfigException(file + ": no private key in it");
    }

    /// Keys, each followed by its chain (smtpd_tls_chain_files).
    ///
    /// @throws ConfigException if a file cannot be read or is not of that form
    public static List<KeyAndChain> chains(List<Path> files) {
        Chains chains = new Chains();
        for (Path file : files) {
            chains.add(blocks(file), file);
        }
        return chains.all(files.toString(), files.isEmpty() ? Path.of("") : files.getLast());
    }

    /// The same of octets as chars.
    ///
    /// @param source where they are from, for what is wrong
    /// @throws ConfigException if they are not of that form
    public static List<KeyAndChain> chains(String text, String source) {
        Chains chains = new Chains();
        chains.add(blocks(text, Path.of(source)), Path.of(source));
        return chains.all(source, Path.of(source));
    }

    private static final class Chains {
        private final List<KeyAndChain> out = new ArrayList<>();
        private @Nullable PrivateKey key;
        private List<X509Certificate> chain = new ArrayList<>();

        void add(List<Block> blocks, Path file) {
            for (Block block : blocks) {
                if (block.label().endsWith("PRIVATE KEY")) {
                    end(file);
                    key = key(file, block);
                } else if (block.label().endsWith("CERTIFICATE")) {
                    if (key == null) {
                        throw new ConfigException(file + ": a certificate before its key");
                    }
                    chain.add(certificate(file, block));
                }
            }
        }

        private void end(Path file) {
            if (key != null) {
                out.add(KeyAndChain.of(key, chain, file));
                chain = new ArrayList<>();
            }
        }

        List<KeyAndChain> all(String source, Path last) {
            if (key == null) {
                throw new ConfigException(source + ": no private key in them");
            }
            end(last);
            return out;
        }
    }

    private static X509Certificate certificate(Path file, Block block) {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(block.octets()));
        } catch (GeneralSecurityException e) {
            throw new ConfigException(file + ": " + e.getMessage());
        }
    }

    private static PrivateKey key(Path file, Block block) {
        byte[] octets =
                switch (block.label()) {
                    case "RSA PRIVATE KEY" ->
                            pkcs8(sequence(RSA, new byte[] {5, 0}), block.octets());
                    case "EC PRIVATE KEY" ->
                            pkcs8(sequence(EC, curve(file, block.octets())), block.octets());
                    default -> block.octets();
                };
        String algorithm =
                within(octets, RSA)
                        ? "RSA"
                        : within(octets, EC) ? "EC" : within(octets, ED25519) ? "Ed25519" : "";
        try {
            return KeyFactory.getInstance(algorithm)
                    .generatePrivate(new PKCS8EncodedKeySpec(octets));
        } catch (GeneralSecurityException e) {
            throw new ConfigException(
                    file + ": no private key that can be used: " + e.getMessage());
        }
    }

    private static boolean within(byte[] octets, byte[] oid) {
        int most = Math.min(octets.length - oid.length, 32);
        for (int i = 0; i <= most; i++) {
            if (java.util.Arrays.equals(octets, i, i + oid.length, oid, 0, oid.length)) {
                return true;
            }
        }
        return false;
    }

    /// The `[0] parameters` of a SEC1 key: the curve's object identifier.
    private static byte[] curve(Path file, byte[] sec1) {
        for (int i = 0; i + 4 < sec1.length; i++) {
            boolean tagged = (sec1[i] & 0xff) == 0xa0 && sec1[i + 2] == 6;
            if (tagged && sec1[i + 1] == sec1[i + 3] + 2 && i + 2 + sec1[i + 1] <= sec1.length) {
                return java.util.Arrays.copyOfRange(sec1, i + 2, i + 2 + sec1[i + 1]);
            }
        }
        throw new ConfigException(file + ": an EC key without its curve");
    }

    private static byte[] pkcs8(byte[] algorithm, byte[] key) {
        ByteArrayOutputStream inner = new ByteArrayOutputStream();
        inner.writeBytes(new byte[] {2, 1, 0});
        inner.writeBytes(algorithm);
        inner.writeBytes(tagged(4, key));
        return tagged(0x30, inner.toByteArray());
    }

    private static byte[] sequence(byte[] a, byte[] b) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(a);
        out.writeBytes(b);
        return tagged(0x30, out.toByteArray());
    }

    /// DER: tag, length, contents.
    private static byte[] tagged(int tag, byte[] contents) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (contents.length < 128) {
            out.write(contents.length);
        } else {
            out.write(0x82);
            out.write(contents.length >> 8);
            out.write(contents.length & 0xff);
        }
        out.writeBytes(contents);
        return out.toByteArray();
    }
}
