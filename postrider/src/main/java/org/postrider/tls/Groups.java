package org.postrider.tls;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Named groups by OpenSSL's names (tls_eecdh_auto_curves, tls_ffdhe_auto_groups) as the JDK's.
final class Groups {
    private Groups() {}

    /// The JDK's names in order; those that it has not (hybrid ones, brainpool) are left out.
    static String[] named(List<String> openssl) {
        List<String> out = new ArrayList<>();
        for (String word : openssl) {
            String name =
                    switch (word.toLowerCase(Locale.ROOT)) {
                        case "prime256v1", "p-256", "secp256r1" -> "secp256r1";
                        case "p-384", "secp384r1" -> "secp384r1";
                        case "p-521", "secp521r1" -> "secp521r1";
                        case "x25519", "x448" -> word.toLowerCase(Locale.ROOT);
                        case "ffdhe2048", "ffdhe3072", "ffdhe4096", "ffdhe6144", "ffdhe8192" ->
                                word.toLowerCase(Locale.ROOT);
                        default -> "";
                    };
            if (!name.isEmpty() && !out.contains(name)) {
                out.add(name);
            }
        }
        return out.toArray(new String[0]);
    }
}
