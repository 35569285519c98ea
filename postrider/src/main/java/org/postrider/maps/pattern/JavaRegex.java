package org.postrider.maps.pattern;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.postrider.maps.TableException;

/// Java's patterns in place of PCRE's if its library is missing; a search may look at a bounded
/// number of octets.
final class JavaRegex implements PatternEngine {
    /// How many octets a single search may look at, retries included.
    private static final long STEPS = 5_000_000;

    @Override
    public String type() {
        return "pcre";
    }

    @Override
    public int defaults() {
        return Pattern.CASE_INSENSITIVE | Pattern.DOTALL;
    }

    @Override
    public int flag(char letter) {
        return switch (letter) {
            case 'i' -> Pattern.CASE_INSENSITIVE;
            case 'm' -> Pattern.MULTILINE;
            case 's' -> Pattern.DOTALL;
            case 'x' -> Pattern.COMMENTS;
            case 'A', 'E', 'U', 'X' -> OBSOLETE;
            default -> 0;
        };
    }

    @Override
    public Compiled compile(String pattern, int options) {
        try {
            Pattern made =
                    Pattern.compile(
                            pattern.replace("[:alpha:]", "\\p{Alpha}")
                                    .replace("[:digit:]", "\\p{Digit}")
                                    .replace("[:alnum:]", "\\p{Alnum}")
                                    .replace("[:space:]", "\\s")
                                    .replace("[:upper:]", "\\p{Upper}")
                                    .replace("[:lower:]", "\\p{Lower}")
                                    .replace("[:punct:]", "\\p{Punct}")
                                    .replace("[:xdigit:]", "\\p{XDigit}")
                                    .replace("[:cntrl:]", "\\p{Cntrl}")
                                    .replace("(?P<", "(?<"),
                            options);
            return new Searched(made, made.matcher("").groupCount());
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "error in regex at offset " + e.getIndex() + ": " + e.getDescription(), e);
        }
    }

    private record Searched(Pattern pattern, int groups) implements Compiled {
        @Override
        public boolean find(Subject subject) {
            Matcher m = pattern.matcher(new Budgeted(subject.key()));
            try {
                if (!m.find()) {
                    return false;
                }
            } catch (StackOverflowError e) {
                throw new TableException("pcre: a pattern nests too deep for this key");
            }
            int[] places = new int[2 * (groups + 1)];
            for (int i = 0; i <= groups; i++) {
                places[2 * i] = m.start(i);
                places[2 * i + 1] = m.end(i);
            }
            subject.found(places);
            return true;
        }
    }

    /// A key that counts how often it is looked at.
    private static final class Budgeted implements CharSequence {
        private final String key;
        private long steps;

        Budgeted(String key) {
            this.key = key;
        }

        @Override
        public char charAt(int index) {
            if (++steps > STEPS) {
                throw new TableException("pcre: a search takes too many steps");
            }
            return key.charAt(index);
        }

        @Override
        public int length() {
            return key.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return key.subSequence(start, end);
        }

        @Override
        public String toString() {
            return key;
        }
    }
}
