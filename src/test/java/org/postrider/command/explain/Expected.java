package org.postrider.command.explain;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postrider.wire.Reply;

/// A reply as a dialogue expects it: `554 5.7.1 has "text" lacks "text" is "text" like /regex/`.
record Expected(String code, String status, List<Condition> conditions) {
    record Condition(String word, String text) {}

    private static final Pattern HEAD =
            Pattern.compile(
                    "(?s)(\\d\\d\\d)(?:\\s+(\\d\\.\\d{1,3}\\.\\d{1,3}|-)(?=\\s|$))?\\s*(.*)");
    private static final Pattern CONDITION =
            Pattern.compile(
                    "(has|lacks|is|like)\\s+(?:\"((?:[^\"\\\\]|\\\\.)*)\"|/((?:[^/\\\\]|\\\\.)*)/)");

    static Expected of(String text) {
        Matcher head = HEAD.matcher(text);
        if (!head.matches()) {
            throw new IllegalArgumentException(text);
        }
        List<Condition> conditions = new ArrayList<>();
        Matcher each = CONDITION.matcher(head.group(3));
        while (each.find()) {
            String value = each.group(2) == null ? each.group(3) : each.group(2);
            conditions.add(new Condition(each.group(1), value.replace("\\\"", "\"")));
        }
        return new Expected(head.group(1), head.group(2) == null ? "" : head.group(2), conditions);
    }

    boolean accepts() {
        return code.startsWith("2") || code.startsWith("3");
    }

    /// Each with one thing changed: none of them may be found right.
    List<Expected> changed() {
        List<Expected> out = new ArrayList<>();
        out.add(new Expected((accepts() ? "5" : "2") + code.substring(1), status, conditions));
        if (!accepts()) {
            int next = (Integer.parseInt(code) + 1 - 400) % 200 + 400;
            out.add(new Expected(Integer.toString(next), status, conditions));
            if (status.length() > 1) {
                out.add(new Expected(code, status + "9", conditions));
            }
            for (Condition each : conditions) {
                List<Condition> other = new ArrayList<>(conditions);
                boolean lacks = each.word().equals("lacks");
                other.remove(each);
                other.add(new Condition(lacks ? "has" : each.word(), each.text() + "\u007f"));
                out.add(new Expected(code, status, other));
            }
        }
        return out;
    }

    /// What is wrong with a refusal; null for nothing.
    ///
    /// @param reply null for none
    @Nullable String fault(@Nullable Reply reply) {
        if (reply == null) {
            return accepts() ? null : "nothing refuses it";
        }
        String said = reply.code() + " " + (reply.status() == null ? "" : reply.status());
        String text = String.join("\n", reply.lines());
        boolean right =
                code.equals(Integer.toString(reply.code()))
                        && (status.isEmpty() || (code + " " + status).equals(said))
                        && conditions.stream().allMatch(each -> holds(each, text));
        return right ? null : reply.line();
    }

    private static boolean holds(Condition condition, String text) {
        return switch (condition.word()) {
            case "has" -> text.contains(condition.text());
            case "lacks" -> !text.contains(condition.text());
            case "is" -> text.lines().anyMatch(condition.text()::equals);
            case "like" -> Pattern.compile(condition.text()).matcher(text).find();
            default -> throw new IllegalArgumentException(condition.word());
        };
    }
}
