package org.postrider.sasl.mechanism;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.sasl.SecurityOption;

/// The mechanisms that are built in, with what they fulfil. NOACTIVE and the like say that a
/// mechanism withstands that attack.
public enum Mechanism {
    SCRAM_SHA_256_PLUS("SCRAM-SHA-256-PLUS", strong()),
    SCRAM_SHA_1_PLUS("SCRAM-SHA-1-PLUS", strong()),
    SCRAM_SHA_256("SCRAM-SHA-256", strong()),
    SCRAM_SHA_1("SCRAM-SHA-1", strong()),
    DIGEST_MD5(
            "DIGEST-MD5",
            Set.of(
                    SecurityOption.NOPLAINTEXT,
                    SecurityOption.NOANONYMOUS,
                    SecurityOption.MUTUAL_AUTH)),
    EXTERNAL(
            "EXTERNAL",
            Set.of(
                    SecurityOption.NOPLAINTEXT,
                    SecurityOption.NOANONYMOUS,
                    SecurityOption.NODICTIONARY)),
    OAUTHBEARER("OAUTHBEARER", Set.of(SecurityOption.NOANONYMOUS)),
    XOAUTH2("XOAUTH2", Set.of(SecurityOption.NOANONYMOUS)),
    NTLM("NTLM", Set.of(SecurityOption.NOPLAINTEXT, SecurityOption.NOANONYMOUS)),
    CRAM_MD5("CRAM-MD5", Set.of(SecurityOption.NOPLAINTEXT, SecurityOption.NOANONYMOUS)),
    LOGIN("LOGIN", Set.of(SecurityOption.NOANONYMOUS)),
    PLAIN("PLAIN", Set.of(SecurityOption.NOANONYMOUS));

    public final String title;
    private final Set<SecurityOption> fulfils;

    Mechanism(String title, Set<SecurityOption> fulfils) {
        this.title = title;
        this.fulfils = fulfils;
    }

    private static Set<SecurityOption> strong() {
        return Set.of(
                SecurityOption.NOPLAINTEXT,
                SecurityOption.NOACTIVE,
                SecurityOption.NOANONYMOUS,
                SecurityOption.MUTUAL_AUTH);
    }

    public static @Nullable Mechanism named(String name) {
        String upper = name.toUpperCase(Locale.ROOT);
        return Arrays.stream(values()).filter(m -> m.title.equals(upper)).findFirst().orElse(null);
    }

    /// Whether it is as safe as it must be here.
    public boolean fulfils(Set<SecurityOption> required) {
        return fulfils.containsAll(required);
    }

    public boolean plaintext() {
        return !fulfils.contains(SecurityOption.NOPLAINTEXT);
    }

    boolean scram() {
        return title.startsWith("SCRAM-");
    }

    public boolean bound() {
        return title.endsWith("-PLUS");
    }

    public boolean bearer() {
        return this == OAUTHBEARER || this == XOAUTH2;
    }

    public static List<String> titles() {
        return Arrays.stream(values()).map(m -> m.title).toList();
    }
}
