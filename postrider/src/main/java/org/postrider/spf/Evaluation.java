package org.postrider.spf;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.dns.AddressText;
import org.postrider.dns.Resolver;
import org.postrider.spf.Policy.Directive;
import org.postrider.time.Clock;

/// One check (RFC 7208 4): its record, those that it includes or is redirected to, and what all of
/// them cost together. One thread, once.
final class Evaluation {
    private static final String DEFAULT = "default";

    private final SpfLimits limits;
    private final Clock clock;
    private final Subject subject;
    private final Trace trace;
    private final Questions questions;
    private int lookups;

    /// Of whom and of what is asked.
    ///
    /// @param local part of the sender
    /// @param domain of the sender, in A-labels
    record Subject(InetAddress client, String helo, String local, String domain) {
        String sender() {
            return local + "@" + domain;
        }
    }

    /// What a record came to.
    ///
    /// @param directive that decided; null if none did
    /// @param domain whose record it is, after redirects
    private record Outcome(
            Verdict verdict,
            @Nullable Directive directive,
            @Nullable String explanation,
            String domain) {}

    Evaluation(Resolver resolver, SpfLimits limits, Clock clock, Subject subject, Trace trace) {
        this.limits = limits;
        this.clock = clock;
        this.subject = subject;
        this.trace = trace;
        questions = new Questions(resolver, limits, clock, subject.client());
    }

    SpfResult result(Identity identity) {
        String client = AddressText.of(subject.client());
        try {
            Outcome outcome = of(subject.domain(), 0);
            String mechanism =
                    outcome.directive() == null
                            ? outcome.verdict() == Verdict.NONE ? "" : DEFAULT
                            : outcome.directive().text();
            String explanation =
                    outcome.verdict() == Verdict.FAIL && outcome.explanation() != null
                            ? explanation(outcome.explanation(), outcome.domain())
                            : "";
            String record = outcome.domain();
            String reason =
                    switch (outcome.verdict()) {
                        case NONE -> record + " has no record";
                        case PASS -> record + " permits " + client + " by " + mechanism;
                        case FAIL -> record + " does not permit " + client + ": " + mechanism;
                        case SOFTFAIL ->
                                record + " would rather not permit " + client + ": " + mechanism;
                        default -> record + " says nothing of " + client + ": " + mechanism;
                    };
            return made(outcome.verdict(), identity, mechanism, explanation, reason);
        } catch (SpfException e) {
            return made(e.verdict(), identity, "", "", e.reason());
        }
    }

    private SpfResult made(
            Verdict verdict,
            Identity identity,
            String mechanism,
            String explanation,
            String reason) {
        trace.step(0, verdict.word() + ": " + Domains.line(reason));
        return new SpfResult(
                verdict,
                subject.domain(),
                identity,
                Domains.line(mechanism),
                explanation,
                lookups,
                questions.voids(),
                Domains.line(reason));
    }

    // ---- records

    private Outcome of(String domain, int depth) throws SpfException {
        String record = record(domain);
        if (record == null) {
            trace.step(depth, Domains.line(domain) + ": no record");
            return new Outcome(Verdict.NONE, null, null, domain);
        }
        trace.step(depth, Domains.line(domain + ": " + record));
        Policy policy;
        try {
            policy = Policy.parse(record);
        } catch (SpfException e) {
            throw SpfException.permanent("record of " + domain + ": " + e.reason());
        }
        Policy.Directives all = policy.directives();
        for (Directive each = all.next(); each != null; each = all.next()) {
            boolean matches = matches(each, domain, depth);
            trace.step(depth, Domains.line(each.text()) + (matches ? ": matches" : ": no match"));
            if (matches) {
                return new Outcome(each.verdict(), each, policy.explanation(), domain);
            }
        }
        String redirect = policy.redirect();
        if (redirect == null) {
            return new Outcome(Verdict.NEUTRAL, null, null, domain);
        }
        count("redirect of " + domain);
        String target = MacroText.parse(redirect, false).name(values(domain));
        if (target == null || !Domains.askable(target)) {
            throw SpfException.permanent("redirect of " + domain + " leads to no domain");
        }
        Outcome outcome = of(target, depth + 1);
        if (outcome.verdict() == Verdict.NONE) {
            throw SpfException.permanent(
                    "redirect of " + domain + " leads to " + target + ", which has no record");
        }
        return outcome;
    }

    /// @return null if there is none
    private @Nullable String record(String domain) throws SpfException {
        List<String> found = new ArrayList<>();
        for (String each : questions.texts(domain)) {
            if (Policy.is(each)) {
                found.add(each);
            }
        }
        if (found.size() > 1) {
            throw SpfException.permanent(domain + " has " + found.size() + " records");
        }
        return found.isEmpty() ? null : found.getFirst();
    }

    private void count(String term) throws SpfException {
        if (lookups == limits.lookups()) {
            throw SpfException.permanent(
                    "more than " + limits.lookups() + " terms that ask DNS: " + term);
        }
        lookups++;
    }

    // ---- mechanisms

    private boolean matches(Directive directive, String domain, int depth) throws SpfException {
        Mechanism mechanism = directive.mechanism();
        if (mechanism.asks()) {
            count(directive.text() + " of " + domain);
        }
        return switch (mechanism) {
            case Mechanism.All() -> true;
            case Mechanism.Ip(byte[] network, int bits) ->
                    Mechanism.matches(subject.client().getAddress(), network, bits);
            case Mechanism.Include(MacroText text) -> included(text, domain, depth);
            case Mechanism.A(MacroText text, int bits4, int bits6) -> {
                String target = target(text, domain);
                yield target != null && within(questions.addresses(target), bits4, bits6);
            }
            case Mechanism.Mx(MacroText text, int bits4, int bits6) -> {
                String target = target(text, domain);
                yield target != null && exchanged(target, bits4, bits6);
            }
            case Mechanism.Ptr(MacroText text) -> {
                String target = target(text, domain);
                yield target != null
                        && questions.names().stream().anyMatch(n -> Domains.within(n, target));
            }
            case Mechanism.Exists(MacroText text) -> {
                String target = target(text, domain);
                yield target != null && questions.exists(target);
            }
        };
    }

    /// @return null if what it comes to is no name, which matches nothing (RFC 7208 4.8)
    private @Nullable String target(@Nullable MacroText text, String domain) throws SpfException {
        String out = text == null ? domain : text.name(values(domain));
        return out != null && Domains.askable(out) ? out : null;
    }

    private boolean included(MacroText text, String domain, int depth) throws SpfException {
        String target = target(text, domain);
        if (target == null) {
            throw SpfException.permanent("include of " + domain + " names no domain");
        }
        Outcome outcome = of(target, depth + 1);
        if (outcome.verdict() == Verdict.NONE) {
            throw SpfException.permanent(domain + " includes " + target + ", which has no record");
        }
        return outcome.verdict() == Verdict.PASS;
    }

    private boolean exchanged(String target, int bits4, int bits6) throws SpfException {
        List<Resolver.Mx> exchangers = questions.exchangers(target);
        if (exchangers.size() > limits.names()) {
            throw SpfException.permanent(
                    target + " has more than " + limits.names() + " mail exchangers");
        }
        for (Resolver.Mx each : exchangers) {
            if (Domains.askable(each.host())
                    && within(questions.addresses(each.host()), bits4, bits6)) {
                return true;
            }
        }
        return false;
    }

    private boolean within(List<InetAddress> addresses, int bits4, int bits6) {
        byte[] client = subject.client().getAddress();
        int bits = client.length == 4 ? bits4 : bits6;
        return addresses.stream().anyMatch(a -> Mechanism.matches(client, a.getAddress(), bits));
    }

    // ---- macros

    private MacroText.Values values(String domain) {
        return letter -> value(letter, domain);
    }

    /// A local part that is not ASCII has no value in a name (RFC 8616 4).
    private @Nullable String value(char letter, String domain) throws SpfException {
        InetAddress client = subject.client();
        return switch (letter) {
            case 's' -> ascii(subject.sender());
            case 'l' -> ascii(subject.local());
            case 'o' -> subject.domain();
            case 'd' -> domain;
            case 'i' -> dotted(client);
            case 'p' -> validated(domain);
            case 'v' -> client.getAddress().length == 4 ? "in-addr" : "ip6";
            case 'h' -> subject.helo();
            case 'c' -> AddressText.of(client);
            case 'r' -> limits.receiver();
            case 't' -> Long.toString(clock.wallMillis() / 1000);
            default -> throw new IllegalStateException("macro " + letter);
        };
    }

    private static @Nullable String ascii(String text) {
        return text.chars().allMatch(c -> c < 128) ? text : null;
    }

    private static String dotted(InetAddress client) {
        byte[] octets = client.getAddress();
        if (octets.length == 4) {
            return AddressText.of(client);
        }
        String digits = HexFormat.of().withUpperCase().formatHex(octets);
        return String.join(".", digits.split("(?!^)(?!$)", -1));
    }

    /// The name of the client that is the domain, or below it, or any (RFC 7208 7.3).
    private String validated(String domain) throws SpfException {
        List<String> names = questions.names();
        for (String each : names) {
            if (Domains.same(each, domain)) {
                return each;
            }
        }
        for (String each : names) {
            if (Domains.within(each, domain)) {
                return each;
            }
        }
        return names.isEmpty() ? "unknown" : names.getFirst();
    }

    // ---- explanations

    /// What a domain says of a fail; empty if it cannot be had, whatever the reason (RFC 7208 6.2).
    private String explanation(String where, String domain) {
        if (limits.explanation() == 0) {
            return "";
        }
        try {
            String name = MacroText.parse(where, false).name(values(domain));
            List<String> texts =
                    name == null || !Domains.askable(name) ? List.of() : questions.texts(name);
            if (texts.size() != 1) {
                return "";
            }
            String text = MacroText.parse(texts.getFirst(), true).text(values(domain));
            return text == null
                    ? ""
                    : Domains.printable(
                            text.substring(0, Math.min(limits.explanation(), text.length())));
        } catch (SpfException e) {
            return "";
        }
    }
}
