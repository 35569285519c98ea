package org.postrider.maps.pattern;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.maps.Network;
import org.postrider.maps.Table;
import org.postrider.maps.file.LogicalLines;

/// `network value` rules, first match counts; `!`, `if`/`endif` as cidr_table(5). A rule that
/// cannot be used is passed over with a warning.
public record CidrTable(String name, List<Rule> rules) implements Table {
    /// @param negated `!network`
    /// @param end for an `if`: the index after its `endif`; 0 otherwise
    record Rule(Network network, boolean negated, String value, int end) {}

    private static final String SKIPPED = ": skipping this rule";

    public static CidrTable read(
            String name, List<LogicalLines.Line> lines, Consumer<String> warnings) {
        List<Rule> rules = new ArrayList<>();
        List<Integer> open = new ArrayList<>();
        List<Integer> begun = new ArrayList<>();
        for (LogicalLines.Line line : lines) {
            String where = "cidr map " + name + ", line " + line.number() + ": ";
            String text = line.text().strip();
            if (text.regionMatches(true, 0, "endif", 0, 5) && ended(text, 5)) {
                if (open.isEmpty()) {
                    warnings.accept(where + "ENDIF without IF" + SKIPPED);
                } else {
                    begun.removeLast();
                    close(rules, open.removeLast());
                }
                continue;
            }
            boolean conditional = text.regionMatches(true, 0, "if", 0, 2) && ended(text, 2);
            try {
                Rule rule = rule(conditional ? text.substring(2).strip() : text, conditional);
                if (conditional) {
                    open.add(rules.size());
                    begun.add(line.number());
                }
                rules.add(rule);
            } catch (IllegalArgumentException e) {
                warnings.accept(where + e.getMessage() + SKIPPED);
            }
        }
        for (int i = 0; i < open.size(); i++) {
            warnings.accept(
                    "cidr map " + name + ", line " + begun.get(i) + ": IF has no matching ENDIF");
            close(rules, open.get(i));
        }
        return new CidrTable(name, List.copyOf(rules));
    }

    private static boolean ended(String text, int at) {
        return text.length() == at || LogicalLines.blank(text.charAt(at));
    }

    private static void close(List<Rule> rules, int at) {
        Rule r = rules.get(at);
        rules.set(at, new Rule(r.network(), r.negated(), "", rules.size()));
    }

    private static Rule rule(String text, boolean conditional) {
        boolean negated = false;
        String rest = text;
        while (rest.startsWith("!")) {
            negated = !negated;
            rest = rest.substring(1).stripLeading();
        }
        int end = 0;
        while (end < rest.length() && !LogicalLines.blank(rest.charAt(end))) {
            end++;
        }
        String pattern = rest.substring(0, end);
        String value = rest.substring(end).strip();
        if (pattern.isEmpty()) {
            throw new IllegalArgumentException("no address pattern");
        }
        Network network = Network.strict(pattern);
        if (!conditional && value.isEmpty()) {
            throw new IllegalArgumentException("no lookup result");
        }
        return new Rule(network, negated, value, 0);
    }

    @Override
    public @Nullable String lookup(String key) {
        byte[] address = Network.literal(key);
        if (address == null) {
            return null;
        }
        for (int i = 0; i < rules.size(); i++) {
            Rule rule = rules.get(i);
            boolean matches = rule.network().containsAsIs(address) != rule.negated();
            if (rule.end() > 0) {
                i = matches ? i : rule.end() - 1;
            } else if (matches) {
                return rule.value();
            }
        }
        return null;
    }

    @Override
    public void results(BiConsumer<String, String> visitor) {
        rules.stream().filter(r -> r.end() == 0).forEach(r -> visitor.accept("", r.value()));
    }

    @Override
    public boolean patterned() {
        return true;
    }
}
