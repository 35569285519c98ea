package org.postrider.time;

import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// strftime(3), with the letters that make a date and a time.
public final class Strftime {
    private Strftime() {}

    public static String of(String pattern, ZonedDateTime when) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c != '%' || i + 1 == pattern.length()) {
                out.append(c);
                continue;
            }
            char letter = pattern.charAt(++i);
            String known =
                    switch (letter) {
                        case 'Y' -> "uuuu";
                        case 'y' -> "uu";
                        case 'm' -> "MM";
                        case 'd' -> "dd";
                        case 'j' -> "DDD";
                        case 'H' -> "HH";
                        case 'M' -> "mm";
                        case 'S' -> "ss";
                        case 'a' -> "EEE";
                        case 'b' -> "MMM";
                        case 'F' -> "uuuu-MM-dd";
                        case 'T' -> "HH:mm:ss";
                        case 'z' -> "xx";
                        default -> "";
                    };
            if (!known.isEmpty()) {
                out.append(DateTimeFormatter.ofPattern(known, Locale.ROOT).format(when));
            } else if (letter == 's') {
                out.append(when.toEpochSecond());
            } else if (letter == '%') {
                out.append('%');
            } else {
                out.append(c).append(letter);
            }
        }
        return out.toString();
    }
}
