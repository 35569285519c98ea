package org.postrider.anvil;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.config.ConfigException;
import org.postrider.config.Param;
import org.postrider.config.Settings;
import org.postrider.config.Values;
import org.postrider.log.SessionEvent;
import org.postrider.maps.AddressMaps;
import org.postrider.maps.Fold;
import org.postrider.maps.NetworkList;
import org.postrider.maps.StringList;
import org.postrider.maps.Table;
import org.postrider.maps.Tables;
import org.postrider.peer.Client;

/// How much mail a SASL login, a sender, a sender's domain and a recipient's domain may have
/// (smtpd_login_rate_limit and its kin; docs/decisions/0015-rate-limits.md). Asked for each
/// recipient that all else lets pass; room is taken then, and kept when the mail is accepted.
/// Immutable but for the counts; any thread.
public final class RateLimits {
    /// @param what who or what is refused, in the reply
    /// @param kind in the reply, before `rate limit exceeded`
    /// @param title in the log
    record Rule(
            Rates.Kind counted,
            String parameter,
            String what,
            String kind,
            String title,
            List<RateGrammar.Window> all,
            @Nullable Table maps) {}

    private final Rates rates;
    private final List<Rule> rules;
    private final RateGrammar.Action action;
    private final NetworkList exceptions;
    private final StringList loginExceptions;
    private final AddressMaps extensions;
    private final String service;

    private RateLimits(Settings settings, Tables tables, Rates rates, Made made) {
        this.rates = rates;
        rules = made.rules;
        action = made.action;
        exceptions = NetworkList.of(settings, RateParams.EXCEPTIONS, tables);
        loginExceptions =
                new StringList(
                        RateParams.LOGIN_EXCEPTIONS.name(),
                        settings.get(RateParams.LOGIN_EXCEPTIONS),
                        tables);
        extensions =
                new AddressMaps(List.of(), tables, settings.get(AnvilParams.RECIPIENT_DELIMITER));
        service = ClientLimits.service(settings);
    }

    /// The rules of a service while they are read.
    private static final class Made {
        private final Settings settings;
        private final Tables tables;
        private final List<Rule> rules = new ArrayList<>();
        private final RateGrammar.Action action;

        Made(Settings settings, Tables tables) {
            this.settings = settings;
            this.tables = tables;
            action = RateGrammar.parsed(settings, RateParams.ACTION, RateGrammar.Action::of);
        }

        void rule(
                Rates.Kind counted,
                Param<List<String>> limits,
                Param<List<String>> maps,
                String what,
                String kind,
                String title) {
            List<RateGrammar.Window> all =
                    RateGrammar.parsed(settings, limits, words -> RateGrammar.parse(words, action));
            List<String> names = settings.get(maps);
            if (!all.isEmpty() || !names.isEmpty()) {
                Table table = names.isEmpty() ? null : tables.chain(names);
                rules.add(new Rule(counted, limits.name(), what, kind, title, all, table));
            }
        }
    }

    /// Null where nothing is limited.
    ///
    /// @throws ConfigException for a limit or action that is none
    public static @Nullable RateLimits of(Settings settings, Tables tables, Anvil anvil) {
        Made made = new Made(settings, tables);
        made.rule(
                Rates.Kind.LOGIN,
                RateParams.LOGIN,
                RateParams.LOGIN_MAPS,
                "SASL login name",
                "",
                "SASL login");
        made.rule(
                Rates.Kind.SENDER,
                RateParams.SENDER,
                RateParams.SENDER_MAPS,
                "Sender address",
                "",
                "Sender");
        made.rule(
                Rates.Kind.SENDER_DOMAIN,
                RateParams.SENDER_DOMAIN,
                RateParams.SENDER_DOMAIN_MAPS,
                "Sender address",
                "domain ",
                "Sender domain");
        made.rule(
                Rates.Kind.RECIPIENT_DOMAIN,
                RateParams.RECIPIENT_DOMAIN,
                RateParams.RECIPIENT_DOMAIN_MAPS,
                "Recipient address",
                "domain ",
                "Recipient domain");
        return made.rules.isEmpty() ? null : new RateLimits(settings, tables, anvil.rates(), made);
    }

    /// For one mail.
    public Charges charges(Mailing mail) {
        return new Charges(this, rates, mail);
    }

    List<Rule> rules() {
        return rules;
    }

    /// A client or a login that is neither limited nor counted.
    ///
    /// @throws org.postrider.maps.TableException if a table cannot answer
    boolean exempt(Mailing mail) {
        String login = mail.login();
        Client client = mail.client();
        return exceptions.contains(client.name(), client.address())
                || (login != null && loginExceptions.contains(login));
    }

    /// For the log.
    SessionEvent exceeded(
            Rule rule,
            String name,
            Mailing mail,
            RateGrammar.Window w,
            int count,
            RateGrammar.Bound bound) {
        return new SessionEvent.RateExceeded(
                rule.title,
                w.counted(count),
                name,
                mail.client().nameAndAddress(),
                service,
                new SessionEvent.Rate(
                        rule.parameter,
                        bound.most(),
                        RateGrammar.time(w.seconds()),
                        bound.action().word()));
    }

    /// Whom the rule counts, null if it does not hold here.
    @Nullable String name(Rule rule, Mailing mail, Address about) {
        String login = mail.login();
        if (rule.counted == Rates.Kind.LOGIN) {
            return login == null ? null : Fold.lower(login);
        }
        if (about.isNull()) {
            return rule.counted == Rates.Kind.SENDER ? "<>" : null;
        }
        Address whole = mail.completed(about);
        String domain = Fold.lower(whole.domain());
        if (domain.endsWith(".")) {
            domain = domain.substring(0, domain.length() - 1);
        }
        if (rule.counted != Rates.Kind.SENDER) {
            return domain.isEmpty() ? null : domain;
        }
        return Fold.lower(extensions.withoutExtension(whole.local())) + "@" + domain;
    }

    /// The key's own limits where a table has some, else those for all.
    List<RateGrammar.Window> windows(Rule rule, String name) {
        Table maps = rule.maps;
        String found = maps == null ? null : found(maps, rule, name);
        if (found == null) {
            return name.equals("<>") ? List.of() : rule.all;
        }
        try {
            return RateGrammar.parse(Values.words(found), action);
        } catch (ConfigException e) {
            throw new ConfigException(
                    rule.parameter
                            + "_maps: "
                            + String.valueOf(maps == null ? null : maps.name())
                            + ": \""
                            + name
                            + "\": "
                            + e.getMessage());
        }
    }

    private static @Nullable String found(Table maps, Rule rule, String name) {
        String found = maps.lookup(name);
        if (found != null || maps.patterned() || rule.counted == Rates.Kind.LOGIN) {
            return found;
        }
        if (rule.counted == Rates.Kind.SENDER) {
            int at = name.lastIndexOf('@');
            return at < 0 ? null : maps.lookup(name.substring(at));
        }
        for (int dot = name.indexOf('.'); dot >= 0 && found == null; ) {
            found = maps.lookup(name.substring(dot));
            dot = name.indexOf('.', dot + 1);
        }
        return found;
    }
}
