package org.postrider.tls;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.maps.Table;

/// What a TLS server is made of; the comments of smtpd's parameters say more of each.
///
/// @param chainFiles keys, each followed by its chain; if empty, `pairs` count
/// @param pairs certificate file and key file, one after the other; empty ones are passed over
/// @param protocols a list as smtpd_tls_protocols has it
/// @param groups for the key exchange by OpenSSL's names; empty for the JDK's own
/// @param names tls_server_sni_maps; null for none
/// @param sessionSeconds how long a session may be resumed; 0 for never
public record TlsServerSettings(
        List<String> chainFiles,
        List<String> pairs,
        String protocols,
        Ciphers ciphers,
        List<String> groups,
        Clients clients,
        @Nullable Table names,
        int sessionSeconds) {
    /// @param grade of `list`, for the log
    /// @param list OpenSSL's syntax; null if the grade is none
    /// @param parameters whose words the list has, for warnings
    /// @param exclusions words taken out of the list
    /// @param preempt our order counts, not the client's
    public record Ciphers(
            String grade,
            @Nullable String list,
            String parameters,
            List<String> exclusions,
            boolean preempt) {
        public static final Ciphers ANY =
                new Ciphers("medium", "HIGH", "tls_medium_cipherlist", List.of(), false);

        /// The list with what is taken out of it; null if the grade is none.
        @Nullable String whole() {
            if (list == null) {
                return null;
            }
            StringBuilder out = new StringBuilder(list);
            exclusions.forEach(word -> out.append(":!").append(word));
            return out.toString();
        }
    }

    /// @param asked for a certificate
    /// @param depth smtpd_tls_ccert_verifydepth
    /// @param digest of fingerprints
    public record Clients(
            boolean asked,
            String authorityFile,
            String authorityDirectory,
            boolean platformAuthorities,
            int depth,
            String digest) {
        public static final Clients NONE = new Clients(false, "", "", false, 9, "sha256");
    }

    /// Keys and protocols, all else as it comes.
    public static TlsServerSettings of(
            List<String> chainFiles, List<String> pairs, String protocols) {
        return new TlsServerSettings(
                chainFiles, pairs, protocols, Ciphers.ANY, List.of(), Clients.NONE, null, 3600);
    }

    TlsServerSettings with(Clients other) {
        return new TlsServerSettings(
                chainFiles, pairs, protocols, ciphers, groups, other, names, sessionSeconds);
    }

    TlsServerSettings with(@Nullable Table other) {
        return new TlsServerSettings(
                chainFiles, pairs, protocols, ciphers, groups, clients, other, sessionSeconds);
    }

    TlsServerSettings with(Ciphers other) {
        return new TlsServerSettings(
                chainFiles, pairs, protocols, other, groups, clients, names, sessionSeconds);
    }
}
