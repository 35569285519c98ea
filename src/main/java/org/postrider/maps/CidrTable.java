package org.postrider.maps;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `network value` rules, first match counts; `!`, `if`/`endif` as cidr_table(5).
record CidrTable(List<Rule> rules) implements Table {
    /// @param negated `!network`
    /// @param end for an `if`: the index behind its `endif`; 0 otherwise
    record Rule(Network network, boolean negated, String value, int end) {}

    static Table read(String text) {
        List<Rule> rules = new ArrayList<>();
        List<Integer> open = new ArrayList<>();
        for (String line : FileTable.logicalLines(text)) {
            String lower = Fold.lower(line);
            if (lower.equals("endif")) {
                if (open.isEmpty()) {
                    throw new IllegalArgumentException("ignoring endif without matching if");
                }
                int at = open.removeLast();
                Rule r = rules.get(at);
                rules.set(at, new Rule(r.network(), r.negated(), "", rules.size()));
                continue;
            }
            boolean conditional = lower.startsWith("if ") || lower.startsWith("if\t");
            String rest = conditional ? line.substring(2).strip() : line;
            int end = 0;
            while (end < rest.length() && !Character.isWhitespace(rest.charAt(end))) {
                end++;
            }
            String pattern = rest.substring(0, end);
            boolean negated = pattern.startsWith("!");
            Network network = Network.parse(negated ? pattern.substring(1) : pattern);
            if (network == null) {
                throw new IllegalArgumentException("bad net/mask pattern: \"" + pattern + "\"");
            }
            if (conditional) {
                open.add(rules.size());
            }
            rules.add(new Rule(network, negated, rest.substring(end).strip(), 0));
        }
        return new CidrTable(List.copyOf(rules));
    }

    @Override
    public @Nullable String lookup(String key) {
        byte[] address = Network.literal(key);
        if (address == null) {
            return null;
        }
        for (int i = 0; i < rules.size(); i++) {
            Rule rule = rules.get(i);
            boolean matches = rule.network().contains(address) != rule.negated();
            if (rule.end() > 0) {
                i = matches ? i : rule.end() - 1;
            } else if (matches) {
                return rule.value();
            }
        }
        return null;
    }

    @Override
    public String name() {
        return "cidr";
    }

    @Override
    public boolean patterned() {
        return true;
    }
}
