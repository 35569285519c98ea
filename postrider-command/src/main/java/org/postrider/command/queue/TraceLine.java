package org.postrider.command.queue;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One line of what is kept of messages: an object of texts, numbers and lists of numbers, as
/// docs/json-log.md has it. Texts are octets as chars again.
final class TraceLine {
    private final String line;
    private int at;

    private TraceLine(String line) {
        this.line = line;
    }

    /// Its fields; a list is its members with `/` between them.
    ///
    /// @return null for what is no such line
    static @Nullable Map<String, String> fields(String line) {
        try {
            return new TraceLine(line).object();
        } catch (IndexOutOfBoundsException | NumberFormatException e) {
            return null;
        }
    }

    private @Nullable Map<String, String> object() {
        Map<String, String> out = new LinkedHashMap<>();
        if (line.charAt(at++) != '{') {
            return null;
        }
        while (line.charAt(at) != '}') {
            String name = text();
            if (line.charAt(at++) != ':') {
                return null;
            }
            out.put(name, value());
            at += line.charAt(at) == ',' ? 1 : 0;
        }
        return out;
    }

    private String value() {
        char c = line.charAt(at);
        if (c == '"') {
            return text();
        }
        int from = at;
        if (c == '[' || c == '{') {
            at = line.indexOf(c == '[' ? ']' : '}', at) + 1;
            return line.substring(from + 1, at - 1).replace(',', '/');
        }
        while (line.charAt(at) != ',' && line.charAt(at) != '}') {
            at++;
        }
        return line.substring(from, at);
    }

    private String text() {
        StringBuilder out = new StringBuilder();
        at++;
        for (char c = line.charAt(at++); c != '"'; c = line.charAt(at++)) {
            if (c != '\\') {
                out.append(c);
                continue;
            }
            char escaped = line.charAt(at++);
            switch (escaped) {
                case 'u' -> {
                    // U+DCXX is the octet XX, which is part of no character.
                    out.append((char) (Integer.parseInt(line.substring(at, at + 4), 16) & 0xff));
                    at += 4;
                }
                case 'n' -> out.append('\n');
                case 'r' -> out.append('\r');
                case 't' -> out.append('\t');
                case 'b' -> out.append('\b');
                case 'f' -> out.append('\f');
                default -> out.append(escaped);
            }
        }
        return out.toString();
    }
}
