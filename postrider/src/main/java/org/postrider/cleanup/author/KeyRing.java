package org.postrider.cleanup.author;

import java.util.LinkedHashMap;
import java.util.Map;
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
        String open = named.open();
        if (open != null) {
            throw new ConfigException(named.file() + ": " + open);
        }
        SigningKey read = named.load();
        synchronized (kept) {
            kept.put(named, read);
        }
        return read;
    }
}
