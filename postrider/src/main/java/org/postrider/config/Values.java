package org.postrider.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The value syntax of main.cf: booleans, numbers, times, lists.
public final class Values {
    private static final int MOST_DIGITS = 17;

    private Values() {}

    static boolean bool(String text) {
        if (text.equalsIgnoreCase("yes")) {
            return true;
        }
        if (text.equalsIgnoreCase("no")) {
            return false;
        }
        throw new ConfigException("bad boolean configuration: " + text);
    }

    static int integer(String text) {
        try {
            return Integer.parseInt(text.strip());
        } catch (NumberFormatException e) {
            throw new ConfigException("bad numerical configuration: " + text);
        }
    }

    static long size(String text) {
        try {
            return Long.parseLong(text.strip());
        } catch (NumberFormatException e) {
            throw new ConfigException("bad numerical configuration: " + text);
        }
    }

    /// `5d`, `300`, `1h`; a bare number counts in `unit`. As in Postfix what follows the first unit
    /// is not looked at, so that `1d2h` is a day; units are lower case, and the seconds fit an int.
    static Duration time(String text, char unit) {
        String t = text.strip();
        int end = 0;
        while (end < t.length() && (digit(t, end) || end == 0 && t.charAt(0) == '+')) {
            end++;
        }
        char u = end < t.length() ? t.charAt(end) : unit;
        long each =
                switch (u) {
                    case 's' -> 1;
                    case 'm' -> 60;
                    case 'h' -> 3_600;
                    case 'd' -> 86_400;
                    case 'w' -> 604_800;
                    default -> 0;
                };
        // More digits than an int has are too many whatever they say.
        long n = end == 0 || end > MOST_DIGITS ? Long.MAX_VALUE : number(t.substring(0, end));
        if (each == 0 || n > Integer.MAX_VALUE / each) {
            throw new ConfigException("bad time value or unit: " + text);
        }
        return Duration.ofSeconds(n * each);
    }

    private static boolean digit(String text, int at) {
        return text.charAt(at) >= '0' && text.charAt(at) <= '9';
    }

    private static long number(String digits) {
        return digits.equals("+") ? Long.MAX_VALUE : Long.parseLong(digits);
    }

    /// Splits at commas and white space; a `{ … }` group is one word, braces kept.
    public static List<String> words(String text) {
        List<String> out = new ArrayList<>();
        int depth = 0;
        StringBuilder word = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean parting = c == ',' || c == ' ' || c == '\t' || c == '\r' || c == '\n';
            if (depth == 0 && parting) {
                if (!word.isEmpty()) {
                    out.add(word.toString());
                    word.setLength(0);
                }
                continue;
            }
            if (c == '{') {
                depth++;
            } else if (c == '}' && depth > 0) {
                depth--;
            }
            word.append(c);
        }
        if (!word.isEmpty()) {
            out.add(word.toString());
        }
        return List.copyOf(out);
    }
}
