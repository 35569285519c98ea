package org.postrider.smtpd;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.postrider.config.Settings;
import org.postrider.config.Values;
import org.postrider.maps.TableException;
import org.postrider.wire.Reply;

/// Restriction lists: named rules asked in order, each leaving a trace (SMTPD_ACCESS_README).
/// Immutable; any thread. The rules themselves are in [Rules].
final class Restrictions {
    /// What a list is about: names the reply's subject.
    enum Stage {
        CLIENT("Client host", "CONNECT"),
        HELO("Helo command", "HELO"),
        SENDER("Sender address", "MAIL"),
        RECIPIENT("Recipient address", "RCPT"),
        DATA("Data command", "DATA"),
        END_OF_DATA("End-of-data", "END-OF-MESSAGE"),
        ETRN("Etrn command", "ETRN");

        final String subject;
        final String where;

        Stage(String subject, String where) {
            this.subject = subject;
            this.where = where;
        }
    }

    /// @param name lower case; a table's is `check_…_access`
    /// @param argument after the name, empty for none
    /// @param parameter the list or class that it stands in
    record Rule(String name, String argument, String parameter) {
        @Override
        public String toString() {
            return argument.isEmpty() ? name : name + " " + argument;
        }
    }

    /// A parsed list with the parameter it came from.
    record RuleList(String parameter, List<Rule> rules) {}

    private static final Set<String> WITH_ARGUMENT =
            Set.of(
                    "check_client_access",
                    "check_reverse_client_hostname_access",
                    "check_reverse_client_hostname_a_access",
                    "check_reverse_client_hostname_mx_access",
                    "check_reverse_client_hostname_ns_access",
                    "check_helo_access",
                    "check_sender_access",
                    "check_recipient_access",
                    "check_etrn_access",
                    "check_policy_service",
                    "check_sasl_access",
                    "check_ccert_access",
                    "check_address_map",
                    "check_client_a_access",
                    "check_client_mx_access",
                    "check_client_ns_access",
                    "check_helo_a_access",
                    "check_helo_mx_access",
                    "check_helo_ns_access",
                    "check_sender_a_access",
                    "check_sender_mx_access",
                    "check_sender_ns_access",
                    "check_recipient_a_access",
                    "check_recipient_mx_access",
                    "check_recipient_ns_access",
                    "reject_rbl_client",
                    "reject_rhsbl_client",
                    "reject_rhsbl_reverse_client",
                    "reject_rhsbl_helo",
                    "reject_rhsbl_sender",
                    "reject_rhsbl_recipient",
                    "permit_dnswl_client",
                    "permit_rhswl_client",
                    "sleep");

    private final Settings settings;
    private final Rules rules;
    private final Set<String> classes;

    Restrictions(Settings settings, Rules rules) {
        this.settings = settings;
        this.rules = rules;
        this.classes = Set.copyOf(settings.get(SmtpdParams.RESTRICTION_CLASSES));
    }

    RuleList parse(String parameter, List<String> words) {
        return parse(parameter, words, classes);
    }

    /// @param classes smtpd_restriction_classes
    static RuleList parse(String parameter, List<String> words, Set<String> classes) {
        List<Rule> out = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (word.startsWith("{") && word.endsWith("}")) {
                List<String> inner = Values.words(word.substring(1, word.length() - 1));
                List<Rule> rules = parse(parameter, inner, classes).rules();
                boolean attributes =
                        !rules.isEmpty() && rules.getFirst().name().equals("check_policy_service");
                out.addAll(attributes ? rules.subList(0, 1) : rules);
                continue;
            }
            String name = word.toLowerCase(Locale.ROOT);
            if (WITH_ARGUMENT.contains(name)) {
                String argument = i + 1 < words.size() ? words.get(++i) : "";
                out.add(new Rule(name, argument, parameter));
            } else if (classes.contains(word)) {
                out.add(new Rule("class", word, parameter));
            } else if (word.indexOf(':') > 0) {
                out.add(new Rule("table", word, parameter));
            } else {
                out.add(new Rule(name, "", parameter));
            }
        }
        return new RuleList(parameter, List.copyOf(out));
    }

    /// Asks a list. Its traces are added to the transaction.
    Verdict evaluate(RuleList list, Stage stage, Transaction t, Session session) {
        Judge judge = session.judge;
        boolean warned = judge.warnOnly;
        try {
            for (Rule rule : list.rules()) {
                if (rule.name().equals("warn_if_reject")) {
                    judge.warnOnly = true;
                    continue;
                }
                Verdict v = one(rule, list, stage, t, session);
                if (!judge.warnOnly && ends(rule.name()) && rule != list.rules().getLast()) {
                    Rule next = list.rules().get(list.rules().indexOf(rule) + 1);
                    session.warn(
                            "restriction `"
                                    + next.name()
                                    + "' after `"
                                    + rule.name()
                                    + "' is ignored");
                }
                t.trace.add(new Verdict.Trace(list.parameter(), rule.toString(), v.toString()));
                if (v instanceof Verdict.Reject r) {
                    if (!judge.warnOnly) {
                        return rejected(r, t);
                    }
                    session.rejects.log("reject_warning", stage, r.reply());
                } else if (v instanceof Verdict.Permit) {
                    return v;
                }
                judge.warnOnly = warned;
            }
            return Verdict.DUNNO;
        } finally {
            judge.warnOnly = warned;
        }
    }

    private static boolean ends(String name) {
        return name.equals("permit") || name.equals("reject") || name.equals("defer");
    }

    static Verdict rejected(Verdict.Reject r, Transaction t) {
        Reply defer = t.deferIfReject;
        return defer != null && r.reply().code() >= 500 ? new Verdict.Reject(defer) : r;
    }

    private Verdict one(Rule rule, RuleList list, Stage stage, Transaction t, Session session) {
        try {
            if (rule.name().equals("class")) {
                String text = settings.text(rule.argument());
                RuleList own = parse(rule.argument(), Values.words(text == null ? "" : text));
                return nested(new RuleList(list.parameter(), own.rules()), stage, t, session);
            }
            Verdict v = rules.verdict(rule, stage, t, session);
            if (v instanceof Verdict.Permit) {
                session.d.permits.rule(rule, stage, t, session);
            }
            return v instanceof Verdict.More m
                    ? nested(parse(list.parameter(), Values.words(m.rules())), stage, t, session)
                    : v;
        } catch (TableException e) {
            session.warn(e);
            return new Verdict.Reject(
                    rule.name().endsWith("_access") || rule.name().equals("table")
                            ? tableFault(rule, stage, t)
                            : Rules.lookupFailure(about(rule, stage), t));
        }
    }

    /// What a rule on addresses asks of, whichever list it stands in.
    private static Stage about(Rule rule, Stage stage) {
        String name = rule.name();
        if (name.contains("sender")) {
            return Stage.SENDER;
        }
        boolean recipient = name.contains("recipient") || name.contains("destination");
        return recipient ? Stage.RECIPIENT : stage;
    }

    /// An access table that cannot answer is a fault of the configuration, about what it was asked.
    private static Reply tableFault(Rule rule, Stage stage, Transaction t) {
        Stage about =
                switch (rule.name()) {
                    case "check_client_access" -> Stage.CLIENT;
                    case "check_helo_access" -> Stage.HELO;
                    case "check_sender_access" -> Stage.SENDER;
                    case "check_recipient_access" -> Stage.RECIPIENT;
                    default -> stage;
                };
        return Reply.of(
                451,
                3,
                5,
                "<"
                        + Rules.subject(about, t)
                        + ">: "
                        + about.subject
                        + " rejected: Server configuration error");
    }

    /// The rules in a restriction class or in an access table's result.
    private Verdict nested(RuleList rules, Stage stage, Transaction t, Session session) {
        if (session.judge.depth > 20) {
            return new Verdict.Reject(SmtpdReplies.CONFIGURATION);
        }
        session.judge.depth++;
        try {
            return evaluate(rules, stage, t, session);
        } finally {
            session.judge.depth--;
        }
    }

    /// Whether a list keeps strangers from relaying: the safety rule of relay and recipient lists.
    static boolean guards(RuleList list) {
        for (Rule rule : list.rules()) {
            switch (rule.name()) {
                case "reject_unauth_destination",
                        "defer_unauth_destination",
                        "reject",
                        "defer",
                        "defer_if_permit",
                        "check_relay_domains" -> {
                    return true;
                }
                default -> {
                    // not by itself
                }
            }
        }
        return false;
    }
}
