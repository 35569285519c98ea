package org.postrider.command.subcommand;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.command.CommandException;
import org.postrider.command.OctetPath;
import org.postrider.config.Reason;
import org.postrider.time.Clock;

/// Keys of the SMTP server with their certificates: files in the configuration directory, named
/// after the second in which they were made, and the settings that name them.
final class KeyPairs {
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("uuuuMMdd-HHmmss").withZone(ZoneOffset.UTC);

    /// An algorithm: what its files are called, and the settings that name them.
    enum Kind {
        RSA("rsa", "", "2048"),
        ECDSA("ecdsa", "ec", "secp256r1");

        private final String word;
        private final String prefix;
        private final String bits;

        Kind(String word, String prefix, String bits) {
            this.word = word;
            this.prefix = prefix;
            this.bits = bits;
        }

        String word() {
            return word;
        }

        static boolean is(String word) {
            return RSA.word.equals(word) || ECDSA.word.equals(word);
        }

        static Kind named(String word) {
            for (Kind each : values()) {
                if (each.word.equals(word)) {
                    return each;
                }
            }
            throw new CommandException(1, "Unsupported private key algorithm: " + word);
        }

        private String keySetting() {
            return "smtpd_tls_" + prefix + "key_file";
        }

        private String certificateSetting() {
            return "smtpd_tls_" + prefix + "cert_file";
        }
    }

    /// A key with its certificate.
    record Pair(Path certificate, Path key, Kind kind) {}

    private final Editing editing;
    private final Clock clock;
    private final OpenSsl openssl;

    /// @throws CommandException where there is no openssl
    KeyPairs(Editing editing, Clock clock) {
        this.editing = editing;
        this.clock = clock;
        openssl = new OpenSsl(editing.text("openssl_path"));
    }

    OpenSsl openssl() {
        return openssl;
    }

    /// @param bits of a key, or its curve; empty for the usual
    /// @param old a key to be taken over, empty for a new one
    /// @param hosts that the certificate is for
    Pair make(Kind kind, String bits, String old, List<String> hosts) {
        String stamp = "-" + STAMP.format(Instant.ofEpochMilli(clock.wallMillis())) + ".pem";
        Pair pair =
                new Pair(
                        file(kind.prefix + "cert" + stamp),
                        file(kind.prefix + "key" + stamp),
                        kind);
        absent("private key", pair.key());
        absent("certificate", pair.certificate());
        try {
            if (old.isEmpty()) {
                openssl.key(kind.word, bits.isEmpty() ? kind.bits : bits, pair.key());
            } else {
                copy(OctetPath.of(old), pair);
            }
            openssl.certificate(pair.key(), pair.certificate(), hosts);
        } catch (CommandException e) {
            remove(pair.key());
            remove(pair.certificate());
            throw e;
        }
        return pair;
    }

    private static void absent(String what, Path file) {
        if (Files.exists(file)) {
            throw new CommandException(1, "New " + what + " file already exists: " + file);
        }
    }

    private static void remove(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // It is named in what is thrown.
        }
    }

    private void copy(Path from, Pair to) {
        String found = openssl.algorithm(from);
        if (found == null) {
            throw new CommandException(
                    1, "Error copying private key from '" + from + "' to '" + to.key() + "'");
        }
        if (!to.kind().word.equals(found)) {
            throw new CommandException(
                    1,
                    "Key algorithm '"
                            + found
                            + "' of '"
                            + from
                            + "' is not '"
                            + to.kind().word
                            + "'");
        }
        try {
            Files.copy(from, to.key());
            Files.setPosixFilePermissions(to.key(), PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            throw new CommandException(1, to.key() + ": " + Reason.of(e));
        }
    }

    /// A file that is named, from the configuration directory on.
    Path file(String name) {
        return editing.directory().resolve(OctetPath.of(name));
    }

    /// The key of a kind that main.cf names, empty for none.
    String deployed(Kind kind) {
        String key = editing.set(kind.keySetting());
        String text = key.isEmpty() ? editing.set(kind.certificateSetting()) : key;
        return text.equals("none") ? "" : text;
    }

    /// @param word a file, or a kind of which one is deployed
    Path named(String word) {
        String file = Kind.is(word) ? deployed(Kind.named(word)) : word;
        if (file.isEmpty()) {
            throw new CommandException(1, "no " + word + " key is deployed");
        }
        return file(file);
    }

    Kind kind(Path key) {
        @Nullable String found = Files.isRegularFile(key) ? openssl.algorithm(key) : null;
        if (found == null) {
            throw new CommandException(1, "no private key that can be read in " + key);
        }
        return Kind.named(found);
    }

    /// What main.cf says where a pair is deployed.
    ///
    /// @throws CommandException where the two do not belong together
    List<String> settings(Pair pair) {
        String certified = OpenSsl.ofCertificate(pair.certificate());
        if (certified == null) {
            throw new CommandException(1, "error computing certificate public key digest");
        }
        if (!certified.equals(openssl.digest(pair.key()))) {
            throw new CommandException(
                    1,
                    "Certificate in "
                            + pair.certificate()
                            + " does not match key in "
                            + pair.key());
        }
        return List.of(
                pair.kind().keySetting() + " = " + pair.key(),
                pair.kind().certificateSetting() + " = " + pair.certificate());
    }
}
