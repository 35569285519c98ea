package org.postrider.authentication;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.authentication.field.ForgedResults;
import org.postrider.config.ConfigException;
import org.postrider.config.Reason;
import org.postrider.config.Settings;
import org.postrider.dkim.KeyLookup;
import org.postrider.dkim.VerifyLimits;
import org.postrider.dmarc.Dmarc;
import org.postrider.dmarc.PublicSuffixes;
import org.postrider.dns.Resolver;
import org.postrider.maps.Fold;
import org.postrider.peer.Client;
import org.postrider.spf.Spf;
import org.postrider.spf.SpfLimits;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// What a listener finds out about the mail of strangers. Immutable; any thread.
public final class Authentication {
    final Set<Check> checks;
    final Terms terms;
    private final Resolver dns;
    private final SpfLimits spfLimits;
    private final Clock clock;
    final Dmarc dmarc;
    final @Nullable Supervisor threads;

    /// Whom it asks.
    ///
    /// @param threads null: one question after the other
    public record Means(Resolver dns, @Nullable Supervisor threads, Clock clock) {}

    /// Of one From field.
    ///
    /// @param octets that cleanup keeps of it (header_size_limit)
    record FromLimits(int tokens, int octets) {}

    /// What the settings say.
    ///
    /// @param identifier our authserv-id
    /// @param sealers arc_trusted_sealers, in lower case
    record Terms(
            String identifier,
            boolean receivedSpf,
            FromLimits from,
            VerifyLimits limits,
            Set<String> sealers,
            long spfNanos) {}

    private Authentication(Settings settings, Set<Check> checks, Means means) {
        this.checks = checks;
        threads = means.threads();
        dns = means.dns();
        clock = means.clock();
        spfLimits = SpfLimits.of(settings);
        Set<String> sealers = new HashSet<>();
        settings.get(AuthenticationParams.TRUSTED_SEALERS).forEach(s -> sealers.add(Fold.lower(s)));
        terms =
                new Terms(
                        settings.get(AuthenticationParams.IDENTIFIER),
                        settings.get(AuthenticationParams.RECEIVED_SPF),
                        new FromLimits(
                                number(settings, "header_address_token_limit"),
                                number(settings, "header_size_limit")),
                        VerifyLimits.of(settings),
                        Set.copyOf(sealers),
                        spfLimits.time().plusSeconds(1).toNanos());
        dmarc = dmarc(settings, means.dns(), means.clock());
    }

    /// Who knows records of DMARC and organizational domains as these settings have it.
    ///
    /// @throws ConfigException if a file that they name cannot be read
    public static Dmarc dmarc(Settings settings, Resolver dns, Clock clock) {
        return new Dmarc(
                dns, suffixes(settings), clock, settings.get(AuthenticationParams.DMARC_TIME));
    }

    private static int number(Settings settings, String parameter) {
        return Integer.parseInt(String.valueOf(settings.text(parameter)));
    }

    /// Null where nothing is checked.
    ///
    /// @throws ConfigException if a setting is malformed, or a file that it names cannot be read
    public static @Nullable Authentication of(Settings settings, Means means) {
        word(settings, AuthenticationParams.FROM_POLICY, List.of("none", "quarantine", "reject"));
        word(settings, AuthenticationParams.QUARANTINE, List.of("hold", "header", "reject"));
        Set<Check> checks = Check.of(settings);
        return checks.isEmpty() ? null : new Authentication(settings, checks, means);
    }

    private static void word(
            Settings settings, org.postrider.config.Param<String> param, List<String> words) {
        String value = settings.get(param);
        if (!words.contains(value)) {
            throw new ConfigException(
                    "bad configuration: "
                            + param.name()
                            + " = "
                            + value
                            + ": need one of "
                            + String.join(", ", words));
        }
    }

    private static @Nullable PublicSuffixes suffixes(Settings settings) {
        String file = settings.get(AuthenticationParams.SUFFIXES);
        if (file.isEmpty()) {
            return null;
        }
        try {
            return PublicSuffixes.read(Path.of(file));
        } catch (IOException | InvalidPathException e) {
            throw new ConfigException(
                    AuthenticationParams.SUFFIXES.name() + ": " + file + ": " + why(e));
        }
    }

    private static String why(Exception e) {
        return e instanceof IOException io ? Reason.of(io) : String.valueOf(e.getMessage());
    }

    /// Looks at the settings alone.
    ///
    /// @throws ConfigException as [#of] does
    public static void check(Settings settings) {
        of(settings, new Means(NoNames.INSTANCE, null, Clock.system()));
    }

    /// What is wrong with the settings of a listener, for `postfix check`.
    public static List<String> problems(Settings settings) {
        List<String> out = new ArrayList<>();
        try {
            check(settings);
        } catch (ConfigException e) {
            out.add(String.valueOf(e.getMessage()));
        }
        return out;
    }

    /// Asks for the sake of one mail.
    ///
    /// @param wanted false once the mail is gone
    Spf spf(BooleanSupplier wanted) {
        return new Spf(new WhileWanted(dns, wanted), spfLimits, clock);
    }

    /// The same for the keys of its signatures.
    KeyLookup keys(BooleanSupplier wanted) {
        Resolver asked = new WhileWanted(dns, wanted);
        Supervisor own = threads;
        return own == null ? KeyLookup.inTurn(asked, clock) : KeyLookup.atOnce(asked, own, clock);
    }

    /// Our authserv-id.
    public String identifier() {
        return terms.identifier();
    }

    /// A header without what others say in our name; the same array where there is nothing of it.
    ///
    /// @param own how many octets of it are ours
    public byte[] cleansed(byte[] header, int own) {
        return ForgedResults.removed(header, own, identifier());
    }

    /// For one mail of a client that is not exempt.
    ///
    /// @param helo as the client gave it; empty if it gave none
    public MailAuthentication mail(Client client, String helo, Address sender) {
        return new MailAuthentication(this, client, helo, sender);
    }
}
