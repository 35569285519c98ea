package org.postrider.cleanup.author;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.dkim.SigningKey;
import org.postrider.dkim.SigningKeys;

/// The keys that were read, the last used ones of a bounded number; a key that cannot be used is
/// read again when it is wanted again. Any thread.
final class KeyRing {
    private final Map<SigningKeys.Named, SigningKey> kept;

    KeyRing(int most) {
        kept =
                new LinkedHashMap<>(16, 0.75f, true) {
                    private static final long serialVersionUID = 1;

                    @Override
                    protected boolean removeEldestEntry(
                            Map.Entry<SigningKeys.Named, SigningKey> eldest) {
                        return size() > most;
                    }
                };
    }

    /// @throws ConfigException where it cannot be used; it names the file
    SigningKey key(SigningKeys.Named named) {
        synchronized (kept) {
            SigningKey known = kept.get(named);
            if (known != null) {
                return known;
            }
        }
        String open = open(named.file());
        if (open != null) {
            throw new ConfigException(named.file() + ": " + open);
        }
        SigningKey read = named.load();
        synchronized (kept) {
            kept.put(named, read);
        }
        return read;
    }

    /// To whom a key is open that should not be; null where to nobody. A file that cannot be looked
    /// at is open to few.
    private static @Nullable String open(Path file) {
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
