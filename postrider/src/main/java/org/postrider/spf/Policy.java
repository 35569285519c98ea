package org.postrider.spf;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postrider.dns.AddressText;

/// A record that could be read (RFC 7208 4.6.1, 12). A value. It is kept as it came, and its terms
/// are read again one after the other: those of a record that is made to cost are many, and the
/// records that include each other are held at the same time.
///
/// @param redirect the policy that counts where no directive matches; null for none
/// @param explanation where the text for a fail is; null for nowhere
record Policy(String record, @Nullable String redirect, @Nullable String explanation) {
    private static final String VERSION = "v=spf1";

    private static final Pattern MODIFIER = Pattern.compile("([A-Za-z][-A-Za-z0-9_.]*)=(.*)");
    private static final Pattern DUAL =
            Pattern.compile("(?s)(.*?)(?:/([0-9]{1,9}))?(?://([0-9]{1,9}))?");
    private static final Pattern ONE = Pattern.compile("(?s)(.*?)(?:/([0-9]{1,9}))?");

    /// @param verdict if it matches
    /// @param text as it stands in the record
    record Directive(Verdict verdict, Mechanism mechanism, String text) {}

    /// Whether a TXT record is one of SPF (RFC 7208 4.5).
    static boolean is(String record) {
        return record.length() >= VERSION.length()
                && record.substring(0, VERSION.length()).equalsIgnoreCase(VERSION)
                && (record.length() == VERSION.length() || record.charAt(VERSION.length()) == ' ');
    }

    /// @throws SpfException a permerror, if a single word of it cannot be read
    static Policy parse(String record) throws SpfException {
        String redirect = null;
        String explanation = null;
        Terms terms = new Terms(record);
        for (String term = terms.next(); term != null; term = terms.next()) {
            Matcher modifier = MODIFIER.matcher(term);
            if (!modifier.matches()) {
                directive(term);
                continue;
            }
            String value = modifier.group(2);
            switch (Domains.lower(modifier.group(1))) {
                case "redirect" -> {
                    once(redirect, term);
                    domain(value, term);
                    redirect = value;
                }
                case "exp" -> {
                    once(explanation, term);
                    domain(value, term);
                    explanation = value;
                }
                default -> macros(value, term);
            }
        }
        return new Policy(record, redirect, explanation);
    }

    /// Its directives, in their order.
    Directives directives() {
        return new Directives(record);
    }

    /// One after the other. One thread.
    static final class Directives {
        private final Terms terms;

        private Directives(String record) {
            terms = new Terms(record);
        }

        /// Null after the last.
        @Nullable Directive next() throws SpfException {
            for (String term = terms.next(); term != null; term = terms.next()) {
                if (!MODIFIER.matcher(term).matches()) {
                    return directive(term);
                }
            }
            return null;
        }
    }

    /// The words behind the version.
    private static final class Terms {
        private final String record;
        private int at = VERSION.length();

        Terms(String record) {
            this.record = record;
        }

        /// Null after the last.
        @Nullable String next() {
            while (at < record.length() && record.charAt(at) == ' ') {
                at++;
            }
            int from = at;
            while (at < record.length() && record.charAt(at) != ' ') {
                at++;
            }
            return at > from ? record.substring(from, at) : null;
        }
    }

    private static void once(@Nullable String earlier, String term) throws SpfException {
        if (earlier != null) {
            throw wrong("a second", term);
        }
    }

    private static Directive directive(String term) throws SpfException {
        Verdict verdict =
                switch (term.charAt(0)) {
                    case '-' -> Verdict.FAIL;
                    case '~' -> Verdict.SOFTFAIL;
                    case '?' -> Verdict.NEUTRAL;
                    default -> Verdict.PASS;
                };
        boolean qualified = verdict != Verdict.PASS || term.charAt(0) == '+';
        String rest = term.substring(qualified ? 1 : 0);
        int end = 0;
        while (end < rest.length() && rest.charAt(end) != ':' && rest.charAt(end) != '/') {
            end++;
        }
        String name = Domains.lower(rest.substring(0, end));
        String argument = rest.substring(end);
        Mechanism mechanism =
                switch (name) {
                    case "all" -> {
                        if (!argument.isEmpty()) {
                            throw wrong("an argument where none may be:", term);
                        }
                        yield new Mechanism.All();
                    }
                    case "include" -> new Mechanism.Include(domain(after(argument, term), term));
                    case "exists" -> new Mechanism.Exists(domain(after(argument, term), term));
                    case "ptr" ->
                            new Mechanism.Ptr(
                                    argument.isEmpty()
                                            ? null
                                            : domain(after(argument, term), term));
                    case "a", "mx" -> addresses(name, argument, term);
                    case "ip4" -> network(after(argument, term), 4, term);
                    case "ip6" -> network(after(argument, term), 16, term);
                    default -> throw wrong("a mechanism that there is not:", term);
                };
        return new Directive(verdict, mechanism, term);
    }

    private static String after(String argument, String term) throws SpfException {
        if (!argument.startsWith(":")) {
            throw wrong("no argument:", term);
        }
        return argument.substring(1);
    }

    private static Mechanism addresses(String name, String argument, String term)
            throws SpfException {
        Matcher dual = DUAL.matcher(argument);
        if (!dual.matches()) {
            throw wrong("cannot be read:", term);
        }
        MacroText target =
                dual.group(1).isEmpty() ? null : domain(after(dual.group(1), term), term);
        int bits4 = bits(dual.group(2), 32, term);
        int bits6 = bits(dual.group(3), 128, term);
        return name.equals("a")
                ? new Mechanism.A(target, bits4, bits6)
                : new Mechanism.Mx(target, bits4, bits6);
    }

    private static Mechanism.Ip network(String text, int octets, String term) throws SpfException {
        Matcher one = ONE.matcher(text);
        if (!one.matches()) {
            throw wrong("cannot be read:", term);
        }
        byte[] network = AddressText.octets(one.group(1));
        if (network == null || network.length != octets) {
            throw wrong("no address:", term);
        }
        return new Mechanism.Ip(network, bits(one.group(2), 8 * octets, term));
    }

    private static int bits(@Nullable String digits, int most, String term) throws SpfException {
        if (digits == null) {
            return most;
        }
        int bits = Integer.parseInt(digits);
        if (bits > most || digits.length() > 1 && digits.charAt(0) == '0') {
            throw wrong("a wrong length of a network:", term);
        }
        return bits;
    }

    /// A domain-spec: ends with a macro or a label that can be a top-level domain.
    private static MacroText domain(String text, String term) throws SpfException {
        MacroText out = macros(text, term);
        if (!out.expanded() && !endsWithTopLabel(text)) {
            throw wrong("no domain:", term);
        }
        return out;
    }

    /// Letters, digits and hyphens, no hyphen at an end, not digits alone; then perhaps a dot.
    private static boolean endsWithTopLabel(String text) {
        int end = text.endsWith(".") ? text.length() - 1 : text.length();
        int dot = text.lastIndexOf('.', end - 1);
        if (dot < 0
                || dot + 1 >= end
                || text.charAt(dot + 1) == '-'
                || text.charAt(end - 1) == '-') {
            return false;
        }
        boolean digits = true;
        for (int i = dot + 1; i < end; i++) {
            char c = text.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            if (!letter && c != '-' && !MacroText.digit(c)) {
                return false;
            }
            digits &= MacroText.digit(c);
        }
        return !digits;
    }

    private static MacroText macros(String text, String term) throws SpfException {
        try {
            return MacroText.parse(text, false);
        } catch (SpfException e) {
            throw wrong(e.reason() + " in", term);
        }
    }

    private static SpfException wrong(String what, String term) {
        return SpfException.permanent(what + " " + term);
    }
}
