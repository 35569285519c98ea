package org.postrider.command.dkim;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.List;
import org.postrider.dkim.SigningKeys;

/// A key that was made.
record Made(SigningKeys.Named named, KeyPair pair) {
    /// The kinds that `-t` names.
    static final List<String> KINDS = List.of("rsa", "ed25519");

    /// Makes the pairs and writes the files.
    ///
    /// @param kinds rsa, ed25519 or both, which get a selector each: one name has one record
    /// @param bits of an RSA key
    static List<Made> keys(
            KeyFiles files, String domain, String selector, List<String> kinds, int bits) {
        List<Made> out = new ArrayList<>();
        for (String kind : kinds) {
            String own = own(selector, kind, kinds);
            SigningKeys.Named named =
                    new SigningKeys.Named(domain, own, files.file(domain, own).toAbsolutePath());
            Made made = new Made(named, pair(kind, bits));
            files.make(named, made.pair().getPrivate());
            out.add(made);
        }
        return out;
    }

    private static String own(String selector, String kind, List<String> kinds) {
        return kinds.size() == 1 ? selector : selector + "-" + kind;
    }

    /// The selectors that keys of these kinds would get.
    static List<String> selectors(String selector, List<String> kinds) {
        return kinds.stream().map(kind -> own(selector, kind, kinds)).toList();
    }

    private static KeyPair pair(String kind, int bits) {
        try {
            KeyPairGenerator generator =
                    KeyPairGenerator.getInstance(kind.equals("rsa") ? "RSA" : "Ed25519");
            if (kind.equals("rsa")) {
                generator.initialize(bits);
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
