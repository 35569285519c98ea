package org.postrider.smtp.policy;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// How much is asked of a server's TLS, the least first (TLS_README). HALF_DANE is what DANE comes
/// to where the DNS led to a server unvouched for; nobody can ask for it.
public enum TlsLevel {
    NONE,
    MAY,
    ENCRYPT,
    FINGERPRINT,
    HALF_DANE,
    DANE,
    DANE_ONLY,
    VERIFY,
    SECURE;

    /// @return null for a word that names no level
    public static @Nullable TlsLevel of(String word) {
        for (TlsLevel each : values()) {
            if (each != HALF_DANE && each.word().equals(word.toLowerCase(Locale.ROOT))) {
                return each;
            }
        }
        return null;
    }

    /// As main.cf, tables and the log have it.
    public String word() {
        return this == HALF_DANE ? "halfdane" : name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// No mail goes without TLS.
    public boolean required() {
        return compareTo(MAY) > 0;
    }

    /// The server has to have a name that an authority vouches for.
    public boolean named() {
        return this == VERIFY || this == SECURE;
    }

    /// The server has to prove who it is by what its domain says in the DNS.
    public boolean dane() {
        return this == DANE || this == DANE_ONLY || this == HALF_DANE;
    }

    /// The server has to prove who it is.
    public boolean verifies() {
        return compareTo(ENCRYPT) > 0;
    }
}
