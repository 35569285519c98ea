package org.postrider.command.explain;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.access.Cause;
import org.postrider.access.Trace.Fact;
import org.postrider.access.Trace.Kind;
import org.postrider.command.heard.Heard;
import org.postrider.command.heard.HeardTables;
import org.postrider.command.heard.Where;
import org.postrider.config.ConfigException;
import org.postrider.config.ServiceSettings;
import org.postrider.config.Values;
import org.postrider.maps.Fold;
import org.postrider.smtpd.Smtpd;

/// The smallest changes that turn a verdict: an entry of a table before a word of a parameter, a
/// word that is added before one that is taken away. Each has been tried on the same lists.
final class Changes {
    private static final int MOST_RUNS = 100;
    private static final int MOST_TOGETHER = 4;
    private static final int MOST_SHOWN = 4;

    /// What refuses everybody who is not known.
    private static final Set<String> STRANGERS =
            Set.of(
                    "reject_unauth_destination",
                    "defer_unauth_destination",
                    "check_relay_domains",
                    "reject",
                    "defer");

    private static final Set<String> WRITABLE =
            Set.of("hash", "btree", "dbm", "cdb", "lmdb", "sdbm", "texthash", "inline");

    private final Trial trial;
    private final Where where;
    private int runs;

    Changes(Trial trial) {
        this.trial = trial;
        where = new Where(trial.world().listener());
    }

    /// The smallest first; none if none of those that were tried turns it.
    List<Proposal> turning(Told told, Caller caller) {
        return told.refused() ? passing(told, caller) : refusing(told, caller);
    }

    private @Nullable Told run(Proposal proposal) {
        if (runs++ >= MOST_RUNS) {
            return null;
        }
        try {
            return trial.run(proposal.caller(), proposal.change());
        } catch (ConfigException e) {
            return null;
        }
    }

    private List<Proposal> passing(Told told, Caller caller) {
        List<Proposal> all = candidates(told, caller, Trial.Change.NONE);
        List<Proposal> out = new ArrayList<>();
        for (Proposal each : all) {
            Told after = run(each);
            if (after != null && !after.refused() && out.size() < MOST_SHOWN) {
                out.add(each);
            }
        }
        if (out.isEmpty()) {
            Proposal together = together(told, all, 1);
            if (together != null) {
                out.add(together);
            }
        }
        return out;
    }

    /// Several that turn it together: the first that gets past this refusal, then what gets past
    /// the next.
    private @Nullable Proposal together(Told told, List<Proposal> all, int depth) {
        for (Proposal each : all) {
            Told after = run(each);
            if (after == null || same(told, after)) {
                continue;
            }
            if (!after.refused()) {
                return each;
            }
            if (depth < MOST_TOGETHER) {
                List<Proposal> next = new ArrayList<>();
                for (Proposal more : candidates(after, each.caller(), each.change())) {
                    next.add(each.and(more));
                }
                return together(after, next, depth + 1);
            }
        }
        return null;
    }

    private static boolean same(Told before, Told after) {
        Cause cause = before.cause();
        return cause != null && cause.equals(after.cause());
    }

    /// What might get past a refusal.
    ///
    /// @param already what is changed before
    private List<Proposal> candidates(Told told, Caller caller, Trial.Change already) {
        List<Proposal> out = new ArrayList<>();
        Told.At at = told.refusing();
        Cause cause = told.cause();
        if (at == null || cause == null) {
            return out;
        }
        Heard.Step step = Steps.of(at.parts(), cause);
        if (step != null) {
            entries(step, caller, out);
            for (Heard.Step earlier : Steps.before(at.parts(), step)) {
                exceptions(earlier, cause, caller, out);
            }
        }
        String name = Values.words(cause.restriction()).getFirst();
        if (step != null && name.startsWith("reject_r") && name.contains("bl_client")) {
            exception(cause, caller, already, out);
        }
        if (name.endsWith("_unauth_destination")) {
            words("relay_domains", caller.to().domain(), caller, out);
        }
        if (name.equals("reject_plaintext_session")) {
            out.add(new Proposal("the client uses TLS", Trial.Change.NONE, caller.encrypted()));
        }
        removal(cause.parameter(), cause.restriction(), caller, already, out);
        List<Heard.Step> around = step == null ? List.of() : Steps.around(at.parts(), step);
        for (Heard.Step each : around) {
            removal(each.asked().parameter(), each.asked().restriction(), caller, already, out);
        }
        return out;
    }

    /// Entries of the tables that a refusing restriction asked: what was found says something else,
    /// what was not is there.
    private void entries(Heard.Step step, Caller caller, List<Proposal> out) {
        boolean access = access(step);
        List<Fact> tables = tables(step);
        for (Fact found : tables.reversed()) {
            if (!found.answer().startsWith("(") && access) {
                if (!writable(found.source())) {
                    return;
                }
                out.add(
                        new Proposal(
                                "let "
                                        + found.source()
                                        + " answer DUNNO for \""
                                        + found.question()
                                        + "\", not \""
                                        + found.answer()
                                        + "\"",
                                Trial.Change.entry(found.source(), found.question(), "DUNNO"),
                                caller));
                return;
            }
        }
        for (Fact first : firsts(tables).reversed()) {
            boolean leads = !access && where.naming(first.source()).contains("transport_maps");
            if (leads || !writable(first.source())) {
                continue;
            }
            String value = access ? "OK" : "x";
            out.add(
                    new Proposal(
                            "add \""
                                    + first.question()
                                    + (access ? " OK" : "")
                                    + "\" to "
                                    + named(first.source()),
                            Trial.Change.entry(first.source(), first.question(), value),
                            caller));
        }
    }

    /// What lets the client pass before the restriction that refuses is asked.
    private void exceptions(Heard.Step earlier, Cause cause, Caller caller, List<Proposal> out) {
        String restriction = earlier.asked().restriction();
        if (access(earlier)) {
            for (Fact first : firsts(tables(earlier))) {
                if (first.answer().equals(HeardTables.NOT_FOUND) && writable(first.source())) {
                    out.add(
                            new Proposal(
                                    "add \""
                                            + first.question()
                                            + " OK\" to "
                                            + first.source()
                                            + ", which "
                                            + restriction
                                            + " asks before",
                                    Trial.Change.entry(first.source(), first.question(), "OK"),
                                    caller));
                }
            }
        }
        if (restriction.equals("permit_mynetworks") && trustworthy(cause, caller)) {
            String ip = caller.client().ip();
            words("mynetworks", ip.indexOf(':') < 0 ? ip : "[" + ip + "]", caller, out);
        }
        boolean logins = Smtpd.capabilities(trial.world().listener()).logins();
        if (restriction.equals("permit_sasl_authenticated") && logins && caller.login() == null) {
            out.add(
                    new Proposal(
                            "the client logs in", Trial.Change.NONE, caller.loggedIn("somebody")));
        }
    }

    /// Entries of whole keys can be put into it: it is no list of patterns, and nobody else's.
    private static boolean writable(String table) {
        String spec = table.startsWith("proxy:") ? table.substring("proxy:".length()) : table;
        return WRITABLE.contains(spec.substring(0, Math.max(0, spec.indexOf(':'))));
    }

    /// Whoever is put into mynetworks may send to anywhere: nobody whom a rule judges by what it is
    /// or sends, but a machine of this site, or one that is only not known yet.
    private static boolean trustworthy(Cause cause, Caller caller) {
        InetAddress address = caller.client().address();
        boolean unique =
                address.getAddress().length == 16 && (address.getAddress()[0] & 0xfe) == 0xfc;
        return STRANGERS.contains(Fold.lower(cause.restriction()))
                || unique
                || address.isLoopbackAddress()
                || address.isSiteLocalAddress()
                || address.isLinkLocalAddress();
    }

    private void words(String parameter, String word, Caller caller, List<Proposal> out) {
        String text = trial.world().listener().text(parameter);
        if (!word.isEmpty()) {
            out.add(
                    new Proposal(
                            "add " + word + " to " + parameter + " (" + where.of(parameter) + ")",
                            Trial.Change.of(parameter, (text == null ? "" : text) + " " + word),
                            caller));
        }
    }

    /// Of one that is listed in DNS: before the list is asked, this client passes. Not where the
    /// same list keeps strangers from relaying: it would pass that, too.
    private void exception(Cause cause, Caller caller, Trial.Change already, List<Proposal> out) {
        ServiceSettings settings = trial.world().listener().with(already.settings());
        String text = settings.text(cause.parameter());
        int at = text == null ? -1 : text.indexOf(cause.restriction());
        if (text == null || at < 0 || text.substring(at).contains("_unauth_destination")) {
            return;
        }
        String rule = "check_client_access inline:{{" + caller.client().ip() + "=OK}}";
        out.add(
                new Proposal(
                        "put \""
                                + rule
                                + "\" before "
                                + cause.restriction()
                                + " in "
                                + cause.parameter()
                                + " ("
                                + where.of(cause.parameter(), cause.restriction())
                                + ")",
                        Trial.Change.of(
                                cause.parameter(),
                                text.substring(0, at) + rule + ", " + text.substring(at)),
                        caller));
    }

    private void removal(
            String parameter,
            String restriction,
            Caller caller,
            Trial.Change already,
            List<Proposal> out) {
        if (parameter.startsWith("smtpd_reject_unlisted_")) {
            out.add(
                    new Proposal(
                            "set " + parameter + " = no (" + where.of(parameter) + ")",
                            Trial.Change.of(parameter, "no"),
                            caller));
            return;
        }
        ServiceSettings settings = trial.world().listener().with(already.settings());
        String text = settings.text(parameter);
        for (String left : Steps.without(text == null ? "" : text, restriction)) {
            out.add(
                    new Proposal(
                            "take "
                                    + restriction
                                    + " out of "
                                    + parameter
                                    + " ("
                                    + where.of(parameter, restriction)
                                    + ")",
                            Trial.Change.of(parameter, left),
                            caller));
        }
        if (restriction.startsWith("nothing ")) {
            out.add(
                    new Proposal(
                            "add reject_unauth_destination to " + parameter,
                            Trial.Change.of(parameter, text + " reject_unauth_destination"),
                            caller));
        }
    }

    private List<Proposal> refusing(Told told, Caller caller) {
        List<Proposal> all = new ArrayList<>();
        for (Told.At at : told.stages().reversed()) {
            for (Heard.Step step : Steps.all(at.parts()).reversed()) {
                if (access(step)) {
                    refusal(step, caller, all);
                }
            }
        }
        for (Told.At at : told.stages().reversed()) {
            for (Heard.Step step : Steps.all(at.parts()).reversed()) {
                if (step.answer().equals("permit") && !step.asked().parameter().isEmpty()) {
                    removal(
                            step.asked().parameter(),
                            step.asked().restriction(),
                            caller,
                            Trial.Change.NONE,
                            all);
                }
            }
        }
        all.add(newRule(caller));
        List<Proposal> out = new ArrayList<>();
        for (Proposal each : all) {
            Told after = out.size() < MOST_SHOWN ? run(each) : null;
            if (after != null && after.refused()) {
                out.add(each);
            }
        }
        return out;
    }

    private void refusal(Heard.Step step, Caller caller, List<Proposal> out) {
        List<Fact> tables = tables(step);
        for (Fact each : tables) {
            boolean found = !each.answer().startsWith("(");
            if (writable(each.source()) && (found || each.equals(tables.getFirst()))) {
                out.add(
                        new Proposal(
                                found
                                        ? "let "
                                                + each.source()
                                                + " answer REJECT for \""
                                                + each.question()
                                                + "\", not \""
                                                + each.answer()
                                                + "\""
                                        : "add \""
                                                + each.question()
                                                + " REJECT\" to "
                                                + each.source(),
                                Trial.Change.entry(each.source(), each.question(), "REJECT"),
                                caller));
            }
        }
    }

    private Proposal newRule(Caller caller) {
        String parameter = "smtpd_recipient_restrictions";
        String text = trial.world().listener().text(parameter);
        String rule = "check_recipient_access inline:{{" + caller.to().text() + "=REJECT}}";
        return new Proposal(
                "put \"" + rule + "\" first in " + parameter + " (" + where.of(parameter) + ")",
                Trial.Change.of(parameter, rule + " " + (text == null ? "" : text)),
                caller);
    }

    /// It asks the access table that it names.
    private static boolean access(Heard.Step step) {
        String restriction = step.asked().restriction();
        return step.facts().stream()
                .anyMatch(each -> each.kind() == Kind.TABLE && restriction.contains(each.source()));
    }

    /// What it looked up: of one that names a table only in that, not where the address leads.
    private static List<Fact> tables(Heard.Step step) {
        String restriction = step.asked().restriction();
        boolean own = access(step);
        return step.facts().stream()
                .filter(each -> each.kind() == Kind.TABLE)
                .filter(each -> !own || restriction.contains(each.source()))
                .toList();
    }

    /// The first key that each table was asked for.
    private static List<Fact> firsts(List<Fact> facts) {
        List<Fact> out = new ArrayList<>();
        for (Fact each : facts) {
            if (out.stream().noneMatch(known -> known.source().equals(each.source()))) {
                out.add(each);
            }
        }
        return out;
    }

    private String named(String table) {
        List<String> by = where.naming(table);
        return by.isEmpty() ? table : table + " (" + String.join(", ", by) + ")";
    }
}
