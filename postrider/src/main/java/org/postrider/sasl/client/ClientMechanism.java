package org.postrider.sasl.client;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.sasl.ClientChannel;
import org.postrider.sasl.Credentials;
import org.postrider.sasl.SecurityOption;

/// The mechanisms of a client, those first that Cyrus takes before others.
public enum ClientMechanism {
    SCRAM_SHA_512_PLUS("SCRAM-SHA-512-PLUS", scram()),
    SCRAM_SHA_384_PLUS("SCRAM-SHA-384-PLUS", scram()),
    SCRAM_SHA_256_PLUS("SCRAM-SHA-256-PLUS", scram()),
    SCRAM_SHA_224_PLUS("SCRAM-SHA-224-PLUS", scram()),
    SCRAM_SHA_1_PLUS("SCRAM-SHA-1-PLUS", scram()),
    SCRAM_SHA_512("SCRAM-SHA-512", scram()),
    SCRAM_SHA_384("SCRAM-SHA-384", scram()),
    SCRAM_SHA_256("SCRAM-SHA-256", scram()),
    SCRAM_SHA_224("SCRAM-SHA-224", scram()),
    SCRAM_SHA_1("SCRAM-SHA-1", scram()),
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
    CRAM_MD5("CRAM-MD5", Set.of(SecurityOption.NOPLAINTEXT, SecurityOption.NOANONYMOUS)),
    NTLM("NTLM", Set.of(SecurityOption.NOPLAINTEXT, SecurityOption.NOANONYMOUS)),
    PLAIN("PLAIN", Set.of(SecurityOption.NOANONYMOUS)),
    LOGIN("LOGIN", Set.of(SecurityOption.NOANONYMOUS)),
    ANONYMOUS("ANONYMOUS", Set.of(SecurityOption.NOPLAINTEXT));

    private static final String PLUS = "-PLUS";

    private final String title;
    private final Set<SecurityOption> fulfils;

    ClientMechanism(String title, Set<SecurityOption> fulfils) {
        this.title = title;
        this.fulfils = fulfils;
    }

    private static Set<SecurityOption> scram() {
        return Set.of(
                SecurityOption.NOPLAINTEXT,
                SecurityOption.NOACTIVE,
                SecurityOption.NOANONYMOUS,
                SecurityOption.MUTUAL_AUTH);
    }

    /// Those that say a token.
    public enum Bearer {
        XOAUTH2,
        OAUTHBEARER;

        /// As AUTH has it.
        public String title() {
            return name();
        }

        public Responder begin(Credentials token, ClientChannel over, int port) {
            return new BearerClient(token, over.server(), port, this == OAUTHBEARER);
        }
    }

    /// The one that is taken of those that are offered; null for none.
    public static @Nullable Bearer bearer(List<String> offered) {
        for (Bearer each : Bearer.values()) {
            if (offered.stream().anyMatch(each.title()::equalsIgnoreCase)) {
                return each;
            }
        }
        return null;
    }

    /// As AUTH has it.
    public String title() {
        return title;
    }

    /// It says who the client is.
    public boolean named() {
        return this != EXTERNAL && this != ANONYMOUS;
    }

    /// Null where none of those that are offered can be used.
    public static @Nullable ClientMechanism best(List<String> offered, ClientChannel over) {
        for (ClientMechanism each : values()) {
            if (each.among(offered) && each.possible(over)) {
                return each;
            }
        }
        return null;
    }

    private boolean among(List<String> offered) {
        return offered.stream().anyMatch(title::equalsIgnoreCase);
    }

    private boolean possible(ClientChannel over) {
        return fulfils.containsAll(over.required())
                && (!title.endsWith(PLUS) || over.binding() != null)
                && (this != EXTERNAL || over.certificate());
    }

    /// @param offered by the server: whether it would bind the channel
    public Responder begin(List<String> offered, Credentials who, ClientChannel over) {
        return switch (this) {
            case PLAIN -> new PlainClient(who);
            case LOGIN -> new LoginClient(who);
            case CRAM_MD5 -> new CramMd5Client(who);
            case DIGEST_MD5 -> new DigestMd5Client(who, over);
            case NTLM -> new NtlmClient(who, over);
            case EXTERNAL -> new OneWord(who.actsAs());
            case ANONYMOUS -> new OneWord("anonymous@" + over.client());
            default -> scram(offered, who, over);
        };
    }

    private Responder scram(List<String> offered, Credentials who, ClientChannel over) {
        boolean plus = title.endsWith(PLUS);
        String plain = plus ? title.substring(0, title.length() - PLUS.length()) : title;
        boolean mayBind =
                Arrays.stream(values())
                        .anyMatch(each -> each.title.endsWith(PLUS) && each.among(offered));
        ClientChannel.Binding binding = over.binding();
        // RFC 5802 6: a client that could bind says so, and a server that could, too, and was not
        // seen to offer it, knows that somebody stands between.
        String header = plus && binding != null ? "p=" + binding.type() : "n";
        if (!plus && binding != null && !mayBind) {
            header = "y";
        }
        return new ScramClient(plain, who, header, plus ? binding : null);
    }
}
