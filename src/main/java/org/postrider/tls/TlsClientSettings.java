package org.postrider.tls;

import java.util.List;

/// What a TLS client is made of; the comments of smtp's parameters say more of each.
///
/// @param protocols a list as smtp_tls_protocols has it
/// @param groups for the key exchange by OpenSSL's names; empty for the JDK's own
/// @param authorityFile whose certificates of servers are trusted; empty for none
/// @param authorityDirectory of such files by OpenSSL's hashed names; empty for none
/// @param depth smtp_tls_scert_verifydepth
/// @param digest of fingerprints
public record TlsClientSettings(
        String protocols,
        TlsServerSettings.Ciphers ciphers,
        List<String> groups,
        String authorityFile,
        String authorityDirectory,
        boolean platformAuthorities,
        int depth,
        String digest) {}
