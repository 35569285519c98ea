package org.postrider.maps.pattern;

import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postrider.maps.Opening;
import org.postrider.maps.Table;
import org.postrider.maps.TableException;
import org.postrider.maps.file.LogicalLines;

/// `/pattern/flags value` rules (regexp_table(5), pcre_table(5)): the first that matches counts.
///
/// @param mostGroups of any of its patterns
public record PatternTable(String name, List<Rule> rules, int mostGroups) implements Table {
    /// @param second `/first/!/second/`: this one must match too, null for none
    /// @param value for a rule that gives a value
    /// @param end for an `if`: the index after its `endif`; 0 otherwise
    record Rule(
            PatternEngine.Compiled pattern,
            boolean negated,
            PatternEngine.@Nullable Compiled second,
            boolean secondNegated,
            List<Piece> value,
            int end) {}

    /// @param group whose text stands here; 0 for the piece's own text
    record Piece(String text, int group) {}

    /// What is wrong with a rule goes to the opening's warnings.
    public static PatternTable read(
            String type, String name, List<LogicalLines.Line> lines, Opening opening) {
        return new PatternReader(engine(type, opening), name, opening.warnings()).read(lines);
    }

    private static PatternEngine engine(String type, Opening opening) {
        if (type.equals("regexp")) {
            return new PosixRegex(opening.threads(), opening.clock());
        }
        if (Pcre.installed()) {
            return new Pcre();
        }
        opening.warnings()
                .accept("pcre: libpcre2-8 is not installed, Java's own patterns stand in for it");
        return new JavaRegex();
    }

    @Override
    public @Nullable String lookup(String key) {
        return lookup(key, true);
    }

    @Override
    public @Nullable String lookupWhole(String key) {
        return lookup(key, false);
    }

    private @Nullable String lookup(String key, boolean parts) {
        if (rules.isEmpty()) {
            return null;
        }
        try (Subject subject = new Subject(key, mostGroups)) {
            for (int i = 0; i < rules.size(); i++) {
                Rule rule = rules.get(i);
                boolean matches = rule.pattern().find(subject) != rule.negated();
                if (rule.end() > 0) {
                    i = matches ? i : rule.end() - 1;
                } else if (matches && alsoSecond(rule, key)) {
                    if (!parts && rule.value().stream().anyMatch(p -> p.group() > 0)) {
                        throw new TableException(
                                name
                                        + ": the result for \""
                                        + key
                                        + "\" would hold parts of it: regular expression"
                                        + " substitution is not allowed here");
                    }
                    return value(rule, subject);
                }
            }
            return null;
        }
    }

    private static boolean alsoSecond(Rule rule, String key) {
        PatternEngine.Compiled second = rule.second();
        if (second == null) {
            return true;
        }
        try (Subject other = new Subject(key, second.groups())) {
            return second.find(other) != rule.secondNegated();
        }
    }

    private static String value(Rule rule, Subject subject) {
        List<Piece> pieces = rule.value();
        if (pieces.size() == 1) {
            return pieces.getFirst().text();
        }
        StringBuilder out = new StringBuilder();
        for (Piece piece : pieces) {
            out.append(piece.group() > 0 ? subject.group(piece.group()) : piece.text());
        }
        return out.toString();
    }

    @Override
    public void results(BiConsumer<String, String> visitor) {
        for (Rule rule : rules) {
            if (rule.end() == 0) {
                visitor.accept(
                        "",
                        rule.value().stream()
                                .map(p -> p.group() > 0 ? "x" : p.text())
                                .collect(Collectors.joining()));
            }
        }
    }

    @Override
    public boolean patterned() {
        return true;
    }
}
