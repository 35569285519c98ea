package org.postrider.maps.pattern;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.maps.file.LogicalLines;

/// Reads the rules of a `regexp:` or `pcre:` table. A rule that cannot be used is passed over with
/// a warning in Postfix's words; the others count.
final class PatternReader {
    private static final String INDENTED =
            "do not prepend whitespace to statements between IF and ENDIF";

    private final PatternEngine engine;
    private final String name;
    private final Consumer<String> warnings;
    private final List<PatternTable.Rule> rules = new ArrayList<>();
    private final List<Integer> open = new ArrayList<>();
    private final List<Integer> openLines = new ArrayList<>();
    private String where = "";

    /// A pattern as it stands in a rule.
    private record Part(String pattern, boolean negated, int options, int end) {}

    PatternReader(PatternEngine engine, String name, Consumer<String> warnings) {
        this.engine = engine;
        this.name = name;
        this.warnings = warnings;
    }

    PatternTable read(List<LogicalLines.Line> lines) {
        for (LogicalLines.Line line : lines) {
            where = engine.type() + " map " + name + ", line " + line.number() + ": ";
            line(line.text(), line.number());
        }
        for (int i = 0; i < open.size(); i++) {
            warnings.accept(
                    engine.type()
                            + " map "
                            + name
                            + ", line "
                            + openLines.get(i)
                            + ": IF has no matching ENDIF");
            close(open.get(i));
        }
        int most = 0;
        for (PatternTable.Rule rule : rules) {
            most = Math.max(most, rule.pattern().groups());
            most = Math.max(most, rule.second() == null ? 0 : rule.second().groups());
        }
        return new PatternTable(name, List.copyOf(rules), most);
    }

    private void warn(String text) {
        warnings.accept(where + text);
    }

    private void line(String text, int number) {
        if (LogicalLines.blank(text.charAt(0))) {
            warn(INDENTED);
        }
        String rule = text.stripLeading();
        if (!Character.isLetterOrDigit(rule.charAt(0))) {
            match(rule);
        } else if (word(rule, "if")) {
            begin(rule.substring(2).stripLeading(), number);
        } else if (word(rule, "endif")) {
            end(rule.substring(5).strip());
        } else {
            warn("ignoring unrecognized request");
        }
    }

    private static boolean word(String rule, String word) {
        return rule.regionMatches(true, 0, word, 0, word.length())
                && (rule.length() == word.length()
                        || !Character.isLetterOrDigit(rule.charAt(word.length())));
    }

    private void end(String behind) {
        if (open.isEmpty()) {
            warn("ignoring ENDIF without matching IF");
            return;
        }
        if (!behind.isEmpty()) {
            warn("ignoring extra text after ENDIF");
        }
        openLines.removeLast();
        close(open.removeLast());
    }

    private void close(int at) {
        PatternTable.Rule r = rules.get(at);
        rules.set(
                at,
                new PatternTable.Rule(
                        r.pattern(), r.negated(), null, false, List.of(), rules.size()));
    }

    private void begin(String text, int number) {
        Part part = part(text);
        if (part == null) {
            return;
        }
        String behind = text.substring(part.end()).strip();
        if (!behind.isEmpty()) {
            warn("ignoring extra text after IF statement: \"" + behind + "\"");
            warn(INDENTED);
        }
        PatternEngine.Compiled compiled = compiled(part);
        if (compiled != null) {
            open.add(rules.size());
            openLines.add(number);
            rules.add(
                    new PatternTable.Rule(
                            compiled, part.negated(), null, false, List.of(), rules.size() + 1));
        }
    }

    private void match(String text) {
        Part first = part(text);
        if (first == null) {
            return;
        }
        Part second = null;
        int end = first.end();
        if (engine.type().equals("regexp") && text.startsWith("!", end)) {
            second = part(text.substring(end));
            if (second == null) {
                return;
            }
            end += second.end();
        }
        String value = text.substring(end).strip();
        if (value.isEmpty()) {
            warn("no replacement text: using empty string");
        }
        List<PatternTable.Piece> pieces = pieces(value);
        if (pieces == null) {
            warn("bad replacement syntax: skipping this rule");
            return;
        }
        int highest = 0;
        for (PatternTable.Piece piece : pieces) {
            highest = Math.max(highest, piece.group());
        }
        if (highest > 0 && first.negated()) {
            warn("$number found in negative match replacement text: skipping this rule");
            return;
        }
        PatternEngine.Compiled compiled = compiled(first);
        if (compiled == null) {
            return;
        }
        if (highest > compiled.groups()) {
            warn("out of range replacement index \"" + highest + "\": skipping this rule");
            return;
        }
        PatternEngine.Compiled other = second == null ? null : compiled(second);
        if (second == null || other != null) {
            boolean negatedToo = second != null && second.negated();
            rules.add(
                    new PatternTable.Rule(compiled, first.negated(), other, negatedToo, pieces, 0));
        }
    }

    private PatternEngine.@Nullable Compiled compiled(Part part) {
        try {
            return engine.compile(part.pattern(), part.options());
        } catch (IllegalArgumentException e) {
            warn(String.valueOf(e.getMessage()));
            return null;
        }
    }

    /// `!…/pattern/flags` from the text's beginning.
    private @Nullable Part part(String text) {
        int at = 0;
        boolean negated = false;
        while (text.startsWith("!", at)) {
            negated = !negated;
            at++;
        }
        if (at == text.length()) {
            warn("no regexp: skipping this rule");
            return null;
        }
        char delimiter = text.charAt(at++);
        int start = at;
        while (at < text.length() && text.charAt(at) != delimiter) {
            at += text.charAt(at) == '\\' && at + 1 < text.length() ? 2 : 1;
        }
        if (at >= text.length()) {
            boolean pcre = engine.type().equals("pcre");
            warn(
                    "no closing regexp delimiter \""
                            + delimiter
                            + "\": "
                            + (pcre ? "ignoring" : "skipping")
                            + " this rule");
            return null;
        }
        String pattern = text.substring(start, at++);
        int options = engine.defaults();
        boolean dual = engine.type().equals("regexp");
        for (; at < text.length() && !LogicalLines.blank(text.charAt(at)); at++) {
            char letter = text.charAt(at);
            if (dual && letter == '!') {
                break;
            }
            int option = engine.flag(letter);
            if (option == PatternEngine.OBSOLETE) {
                warn("ignoring obsolete regexp option \"" + letter + "\"");
            } else if (option == 0) {
                warn("unknown regexp option \"" + letter + "\": skipping this rule");
                return null;
            } else {
                options ^= option;
            }
        }
        return new Part(pattern, negated, options, at);
    }

    /// A value in pieces of text and `$1 ${1} $(1)`, null if it breaks the grammar.
    private @Nullable List<PatternTable.Piece> pieces(String value) {
        List<PatternTable.Piece> out = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        int i = 0;
        while (i < value.length()) {
            char c = value.charAt(i);
            if (c != '$') {
                text.append(c);
                i++;
                continue;
            }
            if (value.startsWith("$", i + 1)) {
                text.append('$');
                i += 2;
                continue;
            }
            int end = nameEnd(value, i + 1);
            if (end < 0) {
                return null;
            }
            boolean grouped = "{(".indexOf(value.charAt(i + 1)) >= 0;
            String index = value.substring(i + (grouped ? 2 : 1), grouped ? end - 1 : end);
            if (index.isEmpty() || !index.chars().allMatch(d -> d >= '0' && d <= '9')) {
                warn("non-numeric replacement index \"" + index + "\"");
                return null;
            }
            int group = number(index);
            if (group == 0) {
                boolean pcre = engine.type().equals("pcre");
                warn((pcre ? "out of range" : "out-of-range") + " replacement index \"0\"");
                return null;
            }
            out.add(new PatternTable.Piece(text.toString(), 0));
            text.setLength(0);
            out.add(new PatternTable.Piece("", group));
            i = end;
        }
        out.add(new PatternTable.Piece(text.toString(), 0));
        return out;
    }

    /// As a C int, whose overflow Postfix shows.
    private static int number(String index) {
        return new java.math.BigInteger(index).intValue();
    }

    private int nameEnd(String value, int at) {
        if (at < value.length() && (value.charAt(at) == '{' || value.charAt(at) == '(')) {
            int close = value.indexOf(value.charAt(at) == '{' ? '}' : ')', at);
            if (close < 0) {
                warnings.accept("truncated macro reference: \"" + value + "\"");
                return -1;
            }
            return close + 1;
        }
        int end = at;
        while (end < value.length()
                && (Character.isLetterOrDigit(value.charAt(end)) || value.charAt(end) == '_')) {
            end++;
        }
        if (end == at) {
            warnings.accept("empty macro name: \"" + value + "\"");
            return -1;
        }
        return end;
    }
}
