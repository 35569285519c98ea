package org.postrider.log;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads JSON (RFC 8259) strictly: text is String, number is Double, the rest as one would think.
public final class Json {
    private final String text;
    private int at;

    private Json(String text) {
        this.text = text;
    }

    /// @throws IllegalArgumentException for what is no JSON object
    public static Map<String, Object> parse(String line) {
        Json json = new Json(line);
        Map<String, Object> object = json.object();
        if (json.at != line.length()) {
            throw json.wrong("more than one object");
        }
        return object;
    }

    private IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException(what + " at " + at + " of " + text);
    }

    private char next() {
        if (at == text.length()) {
            throw wrong("ended");
        }
        return text.charAt(at++);
    }

    private void expect(String wanted) {
        if (!text.startsWith(wanted, at)) {
            throw wrong("no " + wanted);
        }
        at += wanted.length();
    }

    private Map<String, Object> object() {
        Map<String, Object> out = new LinkedHashMap<>();
        char c = '{';
        expect("{");
        if (text.startsWith("}", at)) {
            c = next();
        }
        while (c != '}') {
            String name = string();
            expect(":");
            if (out.put(name, value()) != null) {
                throw wrong("twice: " + name);
            }
            c = next();
            if (c != ',' && c != '}') {
                throw wrong("neither , nor }");
            }
        }
        return out;
    }

    private Object value() {
        char c = text.charAt(at);
        return switch (c) {
            case '{' -> object();
            case '[' -> array();
            case '"' -> string();
            case 't' -> constant("true", true);
            case 'f' -> constant("false", false);
            default -> number();
        };
    }

    private boolean constant(String word, boolean value) {
        expect(word);
        return value;
    }

    private List<Object> array() {
        List<Object> out = new ArrayList<>();
        char c = '[';
        expect("[");
        if (at < text.length() && text.charAt(at) == ']') {
            at++;
            return out;
        }
        while (c != ']') {
            out.add(value());
            c = next();
            if (c != ',' && c != ']') {
                throw wrong("neither , nor ]");
            }
        }
        return out;
    }

    private Double number() {
        int from = at;
        while (at < text.length() && "0123456789.-".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        String digits = text.substring(from, at);
        if (!digits.matches("-?(0|[1-9]\\d*)(\\.\\d+)?")) {
            throw wrong("no number: " + digits);
        }
        return Double.valueOf(digits);
    }

    private String string() {
        StringBuilder out = new StringBuilder();
        expect("\"");
        for (char c = next(); c != '"'; c = next()) {
            if (c < ' ') {
                throw wrong("control");
            }
            out.append(c == '\\' ? escaped() : c);
        }
        return out.toString();
    }

    private char escaped() {
        char c = next();
        if (c == '"' || c == '\\') {
            return c;
        }
        if (c != 'u') {
            throw wrong("escape " + c);
        }
        at += 4;
        return (char) Integer.parseInt(text.substring(at - 4, at), 16);
    }
}
