package org.postrider.command.subcommand;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.command.CommandException;

/// The program of openssl_path: makes keys, certificates and requests for them.
final class OpenSsl {
    private final String program;

    /// @throws CommandException where there is no such program
    OpenSsl(String program) {
        this.program = program;
        if (run(List.of("version"), null) == null) {
            throw new CommandException(
                    1, "No working openssl(1) command found with 'openssl_path = " + program + "'");
        }
    }

    /// Its output, null where it failed; what it says of that is the caller's to see.
    private byte @Nullable [] run(List<String> words, @Nullable Path out) {
        List<String> all =
                new ArrayList<>(List.of("/bin/sh", "-c", "umask 077; exec \"$@\"", "sh"));
        all.add(program);
        all.addAll(words);
        if (out != null) {
            all.addAll(List.of("-out", out.toString()));
        }
        try {
            Process it =
                    new ProcessBuilder(all)
                            .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
                            .redirectError(Redirect.DISCARD)
                            .start();
            byte[] said = it.getInputStream().readAllBytes();
            return it.waitFor() == 0 ? said : null;
        } catch (IOException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    /// @param bits of an RSA key, or the name of a curve
    void key(String algorithm, String bits, Path to) {
        List<String> words =
                algorithm.equals("rsa")
                        ? List.of(
                                "genpkey",
                                "-algorithm",
                                "RSA",
                                "-pkeyopt",
                                "rsa_keygen_bits:" + bits)
                        : List.of(
                                "genpkey",
                                "-algorithm",
                                "EC",
                                "-pkeyopt",
                                "ec_paramgen_curve:" + (bits.equals("secp256r1") ? "P-256" : bits),
                                "-pkeyopt",
                                "ec_param_enc:named_curve");
        if (run(words, to) == null) {
            throw new CommandException(
                    1, "error generating new " + algorithm + " " + bits + " private key");
        }
    }

    private static List<String> names(List<String> hosts) {
        String all = String.join(",", hosts.stream().map(h -> "DNS:" + h).toList());
        return List.of(
                "-addext",
                "subjectAltName=" + all,
                "-addext",
                "extendedKeyUsage=serverAuth,clientAuth");
    }

    /// A certificate that its own key has signed, for a hundred years.
    void certificate(Path key, Path to, List<String> hosts) {
        List<String> words =
                new ArrayList<>(
                        List.of(
                                "req",
                                "-x509",
                                "-new",
                                "-sha256",
                                "-days",
                                "36525",
                                "-key",
                                key.toString()));
        words.addAll(List.of("-subj", "/CN=" + hosts.getFirst()));
        words.addAll(List.of("-addext", "basicConstraints=CA:false"));
        words.addAll(names(hosts));
        if (run(words, to) == null) {
            throw new CommandException(1, "error generating self-signed SSL certificate");
        }
    }

    /// What an authority signs, as PEM.
    String request(Path key, List<String> hosts) {
        List<String> words =
                new ArrayList<>(
                        List.of("req", "-new", "-sha256", "-key", key.toString(), "-subj", "/"));
        words.addAll(names(hosts));
        byte[] out = run(words, null);
        if (out == null) {
            throw new CommandException(1, "error generating a request with the key in " + key);
        }
        return new String(out, StandardCharsets.US_ASCII);
    }

    /// `rsa` or `ecdsa`, null for what is no such key.
    @Nullable String algorithm(Path key) {
        byte[] text = run(List.of("pkey", "-in", key.toString(), "-noout", "-text"), null);
        if (text == null) {
            return null;
        }
        String all = new String(text, StandardCharsets.ISO_8859_1);
        return all.contains("modulus:") ? "rsa" : all.contains("ASN1 OID:") ? "ecdsa" : null;
    }

    /// SHA-256 of a key's public half, null where there is none.
    @Nullable String digest(Path key) {
        byte[] der =
                run(List.of("pkey", "-in", key.toString(), "-pubout", "-outform", "DER"), null);
        return der == null ? null : sha256(der);
    }

    /// SHA-256 of the public key in the first certificate of a file, null where there is none.
    static @Nullable String ofCertificate(Path file) {
        try {
            byte[] all = Files.readAllBytes(file);
            return sha256(
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(all))
                            .getPublicKey()
                            .getEncoded());
        } catch (IOException | GeneralSecurityException e) {
            return null;
        }
    }

    private static String sha256(byte[] octets) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(octets));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
