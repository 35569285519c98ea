package org.postrider.smtpd;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.anvil.Anvil;
import org.postrider.anvil.Rates;
import org.postrider.config.ConfigException;
import org.postrider.config.Param;
import org.postrider.config.Settings;
import org.postrider.config.Values;
import org.postrider.maps.AddressMaps;
import org.postrider.maps.Fold;
import org.postrider.maps.NetworkList;
import org.postrider.maps.StringList;
import org.postrider.maps.Table;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;
import org.postrider.rewrite.RewriteService;
import org.postrider.wire.Reply;

/// How much mail a SASL login, a sender, a sender's domain and a recipient's domain may have
/// (smtpd_login_rate_limit and its kin; docs/decisions/0015-rate-limits.md). Asked for each
/// recipient that all else lets pass; room is taken then, and kept when the mail is accepted.
/// Immutable but for the counts; any thread.
final class RateLimits {
    /// @param what who or what is refused, in the reply
    /// @param kind in the reply, before `rate limit exceeded`
    /// @param title in the log
    private record Rule(
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
    private final RewriteService rewrite;
    private final String service;

    private RateLimits(
            Settings settings, Tables tables, RewriteService rewrite, Rates rates, Made made) {
        this.rates = rates;
        this.rewrite = rewrite;
        rules = made.rules;
        action = made.action;
        exceptions = NetworkList.of(settings, RateParams.EXCEPTIONS, tables);
        loginExceptions =
                new StringList(
                        RateParams.LOGIN_EXCEPTIONS.name(),
                        settings.get(RateParams.LOGIN_EXCEPTIONS),
                        tables);
        extensions =
                new AddressMaps(List.of(), tables, settings.get(SmtpdParams.RECIPIENT_DELIMITER));
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
            action = parsed(settings, RateParams.ACTION, RateGrammar.Action::of);
        }

        void rule(
                Rates.Kind counted,
                Param<List<String>> limits,
                Param<List<String>> maps,
                String what,
                String kind,
                String title) {
            List<RateGrammar.Window> all =
                    parsed(settings, limits, words -> RateGrammar.parse(words, action));
            List<String> names = settings.get(maps);
            if (!all.isEmpty() || !names.isEmpty()) {
                Table table = names.isEmpty() ? null : tables.chain(names);
                rules.add(new Rule(counted, limits.name(), what, kind, title, all, table));
            }
        }
    }

    /// A setting in its grammar.
    ///
    /// @throws ConfigException with file, line and name
    static <T, R> R parsed(
            Settings settings, Param<T> param, java.util.function.Function<T, R> parser) {
        try {
            return parser.apply(settings.get(param));
        } catch (ConfigException e) {
            String where = settings.origin(param.name());
            String at = where == null ? "" : where + ": ";
            throw new ConfigException(at + "bad parameter " + param.name() + ": " + e.getMessage());
        }
    }

    /// Null where nothing is limited.
    ///
    /// @throws ConfigException for a limit or action that is none
    static @Nullable RateLimits of(
            Settings settings, Tables tables, RewriteService rewrite, Anvil anvil) {
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
        return made.rules.isEmpty()
                ? null
                : new RateLimits(settings, tables, rewrite, anvil.rates(), made);
    }

    private record Taken(Rates.Key key, Rates.Limit limit) {}

    /// What one mail has taken so far. One session's.
    static final class Charges {
        private final Rates rates;
        private final boolean exempt;
        private final Map<Taken, Integer> taken = new HashMap<>();
        private final Set<Taken> held = new HashSet<>();

        private Charges(Rates rates, boolean exempt) {
            this.rates = rates;
            this.exempt = exempt;
        }

        /// The mail was accepted.
        void keep() {
            taken.forEach((t, amount) -> rates.keep(t.key, t.limit, amount));
            taken.clear();
        }

        /// It was not, or nothing is left to give back.
        void giveBack() {
            taken.forEach((t, amount) -> rates.giveBack(t.key, t.limit, amount));
            taken.clear();
        }

        private void undo(List<Taken> some) {
            for (Taken t : some) {
                rates.giveBack(t.key, t.limit, 1);
                taken.computeIfPresent(t, (_, n) -> n > 1 ? n - 1 : null);
            }
        }
    }

    /// Another recipient of the mail in progress, that all rules let pass.
    ///
    /// @return null where it may have it, with room taken for it; else nothing is taken
    @Nullable Reply recipient(Session s, Address recipient) {
        Transaction t = s.t;
        try {
            Charges charges = t.charges;
            if (charges == null) {
                charges = new Charges(rates, exempt(t));
                t.charges = charges;
            }
            return charges.exempt ? null : charged(s, charges, recipient);
        } catch (TableException e) {
            s.warn(e);
            String of = "<" + Rules.shown(recipient) + ">: ";
            return Reply.of(451, 3, 0, of + "Temporary lookup failure");
        } catch (ConfigException e) {
            s.warn(String.valueOf(e.getMessage()));
            return SmtpdReplies.CONFIGURATION;
        }
    }

    private boolean exempt(Transaction t) {
        return exceptions.contains(t.client.name(), t.client.address())
                || (t.login != null && loginExceptions.contains(t.login));
    }

    private @Nullable Reply charged(Session s, Charges charges, Address recipient) {
        List<Taken> fresh = new ArrayList<>();
        boolean done = false;
        try {
            for (Rule rule : rules) {
                Address about =
                        rule.counted == Rates.Kind.RECIPIENT_DOMAIN ? recipient : s.t.sender;
                String name = name(rule, s.t, about);
                if (name != null) {
                    for (RateGrammar.Window w : windows(rule, name)) {
                        Reply refusal = charged(s, charges, fresh, rule, name, about, w);
                        if (refusal != null) {
                            return refusal;
                        }
                    }
                }
            }
            done = true;
            return null;
        } finally {
            if (!done) {
                charges.undo(fresh);
            }
        }
    }

    private @Nullable Reply charged(
            Session s,
            Charges charges,
            List<Taken> fresh,
            Rule rule,
            String name,
            Address about,
            RateGrammar.Window w) {
        Taken taken = new Taken(new Rates.Key(rule.counted, name), w.limit());
        if (w.unit() == Rates.Unit.MESSAGES && charges.taken.containsKey(taken)) {
            return null;
        }
        RateGrammar.Bound refused = w.refused();
        int count = rates.take(taken.key, taken.limit, 1, refused == null);
        String subject = "<" + (rule.counted == Rates.Kind.LOGIN ? name : shown(about)) + ">: ";
        String why = rule.kind + "rate limit exceeded: " + w.counted(count);
        if (refused != null && count > refused.most()) {
            log(s, rule, name, w, count, refused);
            boolean reject = refused.action() == RateGrammar.Action.REJECT;
            return Reply.of(reject ? 550 : 450, 7, 1, subject + rule.what + " rejected: " + why);
        }
        charges.taken.merge(taken, 1, Integer::sum);
        fresh.add(taken);
        RateGrammar.Bound held = w.held();
        if (held != null && count > held.most()) {
            s.t.hold = true;
            if (charges.held.add(taken)) {
                log(s, rule, name, w, count, held);
                s.rejects.log("hold", subject + rule.what + " " + why);
            }
        }
        return null;
    }

    private static String shown(Address address) {
        return Rules.shown(address);
    }

    private void log(
            Session s,
            Rule rule,
            String name,
            RateGrammar.Window w,
            int count,
            RateGrammar.Bound bound) {
        s.warn(
                rule.title
                        + " rate limit exceeded: "
                        + w.counted(count)
                        + " by "
                        + name
                        + " from "
                        + s.t.client.nameAndAddress()
                        + " for service "
                        + service
                        + " ("
                        + rule.parameter
                        + ": "
                        + bound.most()
                        + "/"
                        + RateGrammar.time(w.seconds())
                        + " "
                        + bound.action().word()
                        + ")");
    }

    /// Whom the rule counts, null where it does not hold here.
    private @Nullable String name(Rule rule, Transaction t, Address about) {
        if (rule.counted == Rates.Kind.LOGIN) {
            return t.login == null ? null : Fold.lower(t.login);
        }
        if (about.isNull()) {
            return rule.counted == Rates.Kind.SENDER ? "<>" : null;
        }
        // However the client wrote it, it is the address that mail goes by.
        Address whole = t.resolved(rewrite, about).recipient();
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
    private List<RateGrammar.Window> windows(Rule rule, String name) {
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
