package org.postrider.showq.where;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.maps.Fold;
import org.postrider.showq.FilterException;

/// An extended regular expression that is searched in time in proportion to its size and to the
/// text's, whatever stands in either: all ways to match are followed at once. The case of ASCII
/// letters does not count.
///
/// Known are `| ( ) [ ] . ^ $ * + ? {n} {n,} {n,m}`, classes such as `[[:digit:]]`, and `\d \D \w
/// \W \s \S`. There are no back-references, and no looking ahead. Immutable; any thread.
final class LinearPattern {
    private static final int MOST_STEPS = 1000;
    private static final int MOST_TIMES = 255;
    private static final int DEEPEST = 50;

    private static final int SET = 0;
    private static final int SPLIT = 1;
    private static final int BEGIN = 2;
    private static final int END = 3;
    private static final int FOUND = 4;

    /// What is read: a tree.
    private sealed interface Node {
        record Set(long[] octets) implements Node {}

        record Edge(int kind) implements Node {}

        record Row(List<Node> nodes) implements Node {}

        record Either(List<Node> nodes) implements Node {}

        /// @param most -1 for no end
        record Times(Node node, int least, int most) implements Node {}
    }

    private final int[] kinds;
    private final int[] nexts;
    private final int[] others;
    private final long[][] sets;
    private final int start;

    /// Octets that a match begins with; null where it may be empty.
    private final long @Nullable [] first;

    private LinearPattern(Making made, int start) {
        kinds = Arrays.copyOf(made.kinds, made.size);
        nexts = Arrays.copyOf(made.nexts, made.size);
        others = Arrays.copyOf(made.others, made.size);
        sets = Arrays.copyOf(made.sets, made.size);
        this.start = start;
        first = first();
    }

    /// @param place of the pattern in a filter
    /// @throws FilterException with the place where it is no pattern
    static LinearPattern of(String text, int place) throws FilterException {
        Reading reading = new Reading(text, place);
        Node tree = reading.either();
        if (reading.at < text.length()) {
            throw reading.wrong("nothing is open that \")\" would close");
        }
        Making made = new Making(place);
        int found = made.step(FOUND, -1, -1, null);
        return new LinearPattern(made, made.of(tree, found));
    }

    /// Whether it is found anywhere in a text.
    boolean find(String text) {
        int size = kinds.length;
        int[] now = new int[size];
        int[] then = new int[size];
        int[] mark = new int[size];
        int[] stack = new int[2 * size + 2];
        Arrays.fill(mark, -1);
        int count = 0;
        for (int i = 0; i <= text.length(); i++) {
            if (count == 0 && first != null) {
                while (i < text.length() && !has(first, text.charAt(i))) {
                    i++;
                }
                if (i == text.length()) {
                    return false;
                }
            }
            count = follow(start, i, text.length(), now, count, mark, stack);
            if (count < 0) {
                return true;
            }
            if (i == text.length()) {
                return false;
            }
            char c = text.charAt(i);
            int next = 0;
            for (int k = 0; k < count; k++) {
                int step = now[k];
                if (has(sets[step], c)) {
                    next = follow(nexts[step], i + 1, text.length(), then, next, mark, stack);
                    if (next < 0) {
                        return true;
                    }
                }
            }
            int[] was = now;
            now = then;
            then = was;
            count = next;
        }
        return false;
    }

    /// Adds every set that is reached from a step without an octet.
    ///
    /// @param mark the place in the text for which a step was added last
    /// @return how many there are then; -1 where a match ends
    private int follow(
            int from, int place, int length, int[] list, int count, int[] mark, int[] stack) {
        int n = count;
        int top = 0;
        stack[top++] = from;
        while (top > 0) {
            int step = stack[--top];
            if (mark[step] == place) {
                continue;
            }
            mark[step] = place;
            switch (kinds[step]) {
                case FOUND -> {
                    return -1;
                }
                case SPLIT -> {
                    stack[top++] = others[step];
                    stack[top++] = nexts[step];
                }
                case BEGIN -> {
                    if (place == 0) {
                        stack[top++] = nexts[step];
                    }
                }
                case END -> {
                    if (place == length) {
                        stack[top++] = nexts[step];
                    }
                }
                default -> list[n++] = step;
            }
        }
        return n;
    }

    private long @Nullable [] first() {
        boolean[] seen = new boolean[kinds.length];
        int[] stack = new int[2 * kinds.length + 2];
        long[] out = new long[4];
        int top = 0;
        stack[top++] = start;
        while (top > 0) {
            int step = stack[--top];
            if (seen[step]) {
                continue;
            }
            seen[step] = true;
            switch (kinds[step]) {
                case SPLIT -> {
                    stack[top++] = others[step];
                    stack[top++] = nexts[step];
                }
                case SET -> {
                    for (int i = 0; i < out.length; i++) {
                        out[i] |= sets[step][i];
                    }
                }
                default -> {
                    return null;
                }
            }
        }
        return out;
    }

    private static boolean has(long[] set, char c) {
        return c < 256 && (set[c >> 6] & 1L << (c & 63)) != 0;
    }

    /// Makes steps of a tree, from its end.
    private static final class Making {
        private final int place;
        int[] kinds = new int[64];
        int[] nexts = new int[64];
        int[] others = new int[64];
        long[][] sets = new long[64][];
        int size;
        private int asked;

        Making(int place) {
            this.place = place;
        }

        int step(int kind, int next, int other, long @Nullable [] set) throws FilterException {
            if (size == MOST_STEPS) {
                throw new FilterException("the pattern is too large", place);
            }
            if (size == kinds.length) {
                kinds = Arrays.copyOf(kinds, 2 * size);
                nexts = Arrays.copyOf(nexts, 2 * size);
                others = Arrays.copyOf(others, 2 * size);
                sets = Arrays.copyOf(sets, 2 * size);
            }
            kinds[size] = kind;
            nexts[size] = next;
            others[size] = other;
            sets[size] = set == null ? new long[0] : set;
            return size++;
        }

        /// @param next the step behind it
        /// @return its first step
        int of(Node node, int next) throws FilterException {
            // Nothing repeated many times makes no step.
            if (++asked > 4 * MOST_STEPS) {
                throw new FilterException("the pattern is too large", place);
            }
            return switch (node) {
                case Node.Set(long[] octets) -> step(SET, next, -1, octets);
                case Node.Edge(int kind) -> step(kind, next, -1, null);
                case Node.Row(List<Node> nodes) -> {
                    int at = next;
                    for (int i = nodes.size() - 1; i >= 0; i--) {
                        at = of(nodes.get(i), at);
                    }
                    yield at;
                }
                case Node.Either(List<Node> nodes) -> {
                    int at = of(nodes.getLast(), next);
                    for (int i = nodes.size() - 2; i >= 0; i--) {
                        at = step(SPLIT, of(nodes.get(i), next), at, null);
                    }
                    yield at;
                }
                case Node.Times times -> times(times, next);
            };
        }

        private int times(Node.Times times, int next) throws FilterException {
            int at = next;
            if (times.most() < 0) {
                int loop = step(SPLIT, next, next, null);
                nexts[loop] = of(times.node(), loop);
                at = loop;
            } else {
                for (int i = times.least(); i < times.most(); i++) {
                    at = step(SPLIT, of(times.node(), at), next, null);
                }
            }
            for (int i = 0; i < times.least(); i++) {
                at = of(times.node(), at);
            }
            return at;
        }
    }

    /// Makes a tree of a text.
    private static final class Reading {
        private final String text;
        private final int place;
        private int at;
        private int depth;

        Reading(String text, int place) {
            this.text = text;
            this.place = place;
        }

        FilterException wrong(String what) {
            return new FilterException("in the pattern: " + what, place + at);
        }

        private boolean more() {
            return at < text.length();
        }

        private boolean next(char c) {
            return more() && text.charAt(at) == c;
        }

        Node either() throws FilterException {
            if (++depth > DEEPEST) {
                throw wrong("more than " + DEEPEST + " parentheses within each other");
            }
            List<Node> nodes = new ArrayList<>();
            nodes.add(row());
            while (next('|')) {
                at++;
                nodes.add(row());
            }
            depth--;
            return nodes.size() == 1 ? nodes.getFirst() : new Node.Either(nodes);
        }

        private Node row() throws FilterException {
            List<Node> nodes = new ArrayList<>();
            while (more() && !next('|') && !next(')')) {
                nodes.add(times(atom()));
            }
            return new Node.Row(nodes);
        }

        private Node times(Node of) throws FilterException {
            Node out = of;
            boolean repeated = false;
            while (more() && "*+?{".indexOf(text.charAt(at)) >= 0) {
                if (repeated) {
                    throw wrong("one repetition behind another");
                }
                repeated = true;
                char c = text.charAt(at++);
                out =
                        switch (c) {
                            case '*' -> new Node.Times(of, 0, -1);
                            case '+' -> new Node.Times(of, 1, -1);
                            case '?' -> new Node.Times(of, 0, 1);
                            default -> counted(of);
                        };
            }
            return out;
        }

        private Node counted(Node of) throws FilterException {
            int least = number();
            int most = least;
            if (next(',')) {
                at++;
                most = next('}') ? -1 : number();
            }
            if (!next('}') || most >= 0 && most < least) {
                throw wrong("\"{n}\", \"{n,}\" or \"{n,m}\" is expected");
            }
            at++;
            return new Node.Times(of, least, most);
        }

        private int number() throws FilterException {
            int from = at;
            int n = 0;
            while (more() && digit(text.charAt(at)) && n <= MOST_TIMES) {
                n = n * 10 + text.charAt(at++) - '0';
            }
            if (at == from || n > MOST_TIMES) {
                throw wrong("a number up to " + MOST_TIMES + " is expected");
            }
            return n;
        }

        private static boolean digit(char c) {
            return c >= '0' && c <= '9';
        }

        private Node atom() throws FilterException {
            char c = text.charAt(at++);
            return switch (c) {
                case '(' -> group();
                case '[' -> new Node.Set(brackets());
                case '.' -> new Node.Set(new long[] {-1, -1, -1, -1});
                case '^' -> new Node.Edge(BEGIN);
                case '$' -> new Node.Edge(END);
                case '\\' -> new Node.Set(escaped());
                case '*', '+', '?', '{' -> {
                    at--;
                    throw wrong("nothing stands before \"" + c + "\"");
                }
                default -> new Node.Set(one(c));
            };
        }

        private Node group() throws FilterException {
            int from = at - 1;
            if (text.startsWith("?:", at)) {
                at += 2;
            } else if (next('?')) {
                throw wrong("\"(?\" is not known here");
            }
            Node out = either();
            if (!next(')')) {
                at = from;
                throw wrong("this \"(\" is not closed");
            }
            at++;
            return out;
        }

        private long[] escaped() throws FilterException {
            if (!more()) {
                at--;
                throw wrong("nothing stands after \"\\\"");
            }
            char c = text.charAt(at++);
            long[] out =
                    switch (c) {
                        case 'd', 'D' -> named("digit");
                        case 'w', 'W' -> with(named("alnum"), '_');
                        case 's', 'S' -> named("space");
                        case 't' -> one('\t');
                        default -> one(c);
                    };
            boolean known = "dDwWsSt".indexOf(c) >= 0;
            if (!known && (digit(c) || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z')) {
                at--;
                throw wrong("\"\\" + c + "\" is not known here");
            }
            return "DWS".indexOf(c) >= 0 ? none(out) : out;
        }

        private long[] brackets() throws FilterException {
            int from = at - 1;
            boolean not = next('^');
            at += not ? 1 : 0;
            long[] out = new long[4];
            boolean begun = false;
            while (more() && (!begun || !next(']'))) {
                begun = true;
                if (text.startsWith("[:", at)) {
                    int end = text.indexOf(":]", at);
                    long[] known = named(end < 0 ? "" : text.substring(at + 2, end));
                    for (int i = 0; i < out.length; i++) {
                        out[i] |= known[i];
                    }
                    at = end + 2;
                    continue;
                }
                char low = text.charAt(at++);
                char high = low;
                if (next('-') && at + 1 < text.length() && text.charAt(at + 1) != ']') {
                    high = text.charAt(at + 1);
                    at += 2;
                }
                if (high < low) {
                    throw wrong("a range whose end is before its beginning");
                }
                for (int c = low; c <= high; c++) {
                    with(out, (char) c);
                }
            }
            if (!more()) {
                at = from;
                throw wrong("this \"[\" is not closed");
            }
            at++;
            return not ? none(out) : out;
        }

        private long[] named(String name) throws FilterException {
            long[] out = new long[4];
            for (char c = 0; c < 128; c++) {
                boolean upper = c >= 'A' && c <= 'Z';
                boolean alpha = upper || c >= 'a' && c <= 'z';
                boolean in =
                        switch (name) {
                            case "digit" -> digit(c);
                            case "alpha", "lower", "upper" -> alpha;
                            case "alnum" -> alpha || digit(c);
                            case "xdigit" -> digit(c) || "abcdefABCDEF".indexOf(c) >= 0;
                            case "space" -> c == ' ' || c >= 9 && c <= 13;
                            case "blank" -> c == ' ' || c == '\t';
                            case "punct" -> c > 32 && c < 127 && !alpha && !digit(c);
                            case "cntrl" -> c < 32 || c == 127;
                            case "print" -> c >= 32 && c < 127;
                            case "graph" -> c > 32 && c < 127;
                            default -> throw wrong("\"[:" + name + ":]\" is not known");
                        };
                if (in) {
                    with(out, c);
                }
            }
            return out;
        }

        private static long[] one(char c) {
            return with(new long[4], c);
        }

        private static long[] with(long[] set, char c) {
            String same = Fold.lower(String.valueOf(c));
            char lower = same.charAt(0);
            put(set, lower);
            put(set, lower >= 'a' && lower <= 'z' ? (char) (lower - 32) : lower);
            return set;
        }

        private static void put(long[] set, char c) {
            if (c < 256) {
                set[c >> 6] |= 1L << (c & 63);
            }
        }

        private static long[] none(long[] set) {
            for (int i = 0; i < set.length; i++) {
                set[i] = ~set[i];
            }
            return set;
        }
    }
}
