package org.postrider.dkim;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.dkim.form.Domains;
import org.postrider.dns.HostName;
import org.postrider.maps.Fold;
import org.postrider.tls.TlsFiles;

/// Keys as settings and tables name them: `domain:selector:/path/to/key`, several with commas
/// between them, for one mail that is signed with each. The file is PEM: PKCS#8 with RSA or
/// Ed25519, or PKCS#1; not encrypted.
public final class SigningKeys {
    /// Of one value: a mail gets no more signatures than that.
    public static final int MOST = 10;

    private SigningKeys() {}

    /// One key that is named.
    ///
    /// @param domain in A-labels and lower case
    public record Named(String domain, String selector, Path file) {
        /// As a setting has it.
        @Override
        public String toString() {
            return domain + ":" + selector + ":" + file;
        }

        /// Reads the file.
        ///
        /// @throws ConfigException if it cannot be read or has no key that mail is signed with
        public SigningKey load() {
            try {
                return new SigningKey(domain, selector, TlsFiles.key(file));
            } catch (IllegalArgumentException e) {
                throw new ConfigException(file + ": " + e.getMessage());
            }
        }

        /// To whom the file is open that should not be, in words; null where to nobody. With a key
        /// that is open no mail is signed. A file that cannot be looked at is open to few.
        public @Nullable String open() {
            if (!Files.isRegularFile(file)) {
                return null;
            }
            Set<PosixFilePermission> mode;
            try {
                mode = Files.getPosixFilePermissions(file);
            } catch (IOException | UnsupportedOperationException e) {
                return null;
            }
            if (mode.contains(PosixFilePermission.OTHERS_READ)) {
                return "everybody may read this key (chmod o= takes that away)";
            }
            return mode.contains(PosixFilePermission.OTHERS_WRITE)
                            || mode.contains(PosixFilePermission.GROUP_WRITE)
                    ? "others than its owner may write to this key (chmod go-w takes that away)"
                    : null;
        }
    }

    /// @param value commas or white space between the keys; empty for none
    /// @throws ConfigException if it is not of that form
    public static List<Named> parse(String value) {
        List<Named> out = new ArrayList<>();
        for (String word : value.split("[,\\s]+", -1)) {
            if (!word.isEmpty()) {
                out.add(named(word));
            }
        }
        if (out.size() > MOST) {
            throw new ConfigException("more than " + MOST + " keys for one mail: " + value);
        }
        return List.copyOf(out);
    }

    private static Named named(String word) {
        int first = word.indexOf(':');
        int second = word.indexOf(':', first + 1);
        if (first <= 0 || second < 0) {
            throw new ConfigException(
                    "bad key: " + word + ": domain:selector:/path/to/key is wanted");
        }
        String given = word.substring(0, first);
        String ascii = HostName.ascii(given);
        String domain = Fold.ascii(ascii == null ? given : ascii);
        String selector = word.substring(first + 1, second);
        String file = word.substring(second + 1);
        if (!Domains.isDomain(domain)) {
            throw new ConfigException("bad key: " + word + ": no domain name: " + domain);
        }
        if (!Domains.isSelector(selector)) {
            throw new ConfigException("bad key: " + word + ": no selector: " + selector);
        }
        if (!file.startsWith("/") || file.indexOf('\0') >= 0) {
            throw new ConfigException("bad key: " + word + ": no absolute path: " + file);
        }
        return new Named(domain, selector, Path.of(file));
    }

    /// The same, read.
    ///
    /// @throws ConfigException if it is not of that form, or a file cannot be used
    public static List<SigningKey> load(String value) {
        List<SigningKey> out = new ArrayList<>();
        parse(value).forEach(named -> out.add(named.load()));
        return List.copyOf(out);
    }
}
