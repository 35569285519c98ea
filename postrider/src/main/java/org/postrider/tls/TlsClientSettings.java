package org.postrider.tls;

import java.util.List;

/// What a TLS client is made of; the comments of smtp's parameters say more of each. A value: equal
/// ones need one engine only.
///
/// @param protocols a list as smtp_tls_protocols has it
/// @param groups for the key exchange by OpenSSL's names; empty for the JDK's own
/// @param digest of fingerprints
/// @param keys of our own
public record TlsClientSettings(
        String protocols,
        TlsServerSettings.Ciphers ciphers,
        List<String> groups,
        Trust trust,
        String digest,
        Keys keys) {
    /// Our own certificates, for servers that ask for one.
    ///
    /// @param chainFiles keys, each followed by its chain; if empty, `pairs` count
    /// @param pairs certificate file and key file, one after the other; empty ones are passed over
    public record Keys(List<String> chainFiles, List<String> pairs) {
        public static final Keys NONE = new Keys(List.of(), List.of());
    }

    /// Whose certificates of servers are trusted.
    ///
    /// @param file of authorities; empty for none
    /// @param directory of such files by OpenSSL's hashed names; empty for none
    /// @param platform the system's own, too
    /// @param depth smtp_tls_scert_verifydepth
    public record Trust(String file, String directory, boolean platform, int depth) {}
}
