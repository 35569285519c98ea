package org.postrider.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The value syntax of main.cf: booleans, numbers, times, lists.
public final class Values {
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

    /// `5d`, `300`, `1h`; a bare number counts in `unit`.
    static Duration time(String text, char unit) {
        String t = text.strip();
        char u = unit;
        if (!t.isEmpty() && !Character.isDigit(t.charAt(t.length() - 1))) {
            u = Character.toLowerCase(t.charAt(t.length() - 1));
            t = t.substring(0, t.length() - 1);
        }
        long n = size(t);
        return switch (u) {
            case 's' -> Duration.ofSeconds(n);
            case 'm' -> Duration.ofMinutes(n);
            case 'h' -> Duration.ofHours(n);
            case 'd' -> Duration.ofDays(n);
            case 'w' -> Duration.ofDays(7 * n);
            default -> throw new ConfigException("unknown time unit: " + text);
        };
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
