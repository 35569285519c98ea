package org.postrider.command.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The page: a form, and below it what came of the last message. Immutable.
final class Form {
    private static final Pattern PLACE = Pattern.compile("\\{\\{([a-z:-]+)}}");

    private final String page;
    private final Map<String, String> defaults;

    /// @param defaults of the fields
    Form(Map<String, String> defaults) {
        this.defaults = Map.copyOf(defaults);
        try (InputStream in = Form.class.getResourceAsStream("page.html")) {
            if (in == null) {
                throw new IllegalStateException("page.html is missing");
            }
            page = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String empty() {
        return filled(defaults, "");
    }

    /// The form as it was filled in, but for the password, and the dialogue.
    String after(Map<String, String> fields, boolean taken, List<TestDialogue.Said> said) {
        StringBuilder out = new StringBuilder();
        out.append("<h2 id=\"outcome\" class=\"").append(taken ? "taken" : "failed").append("\">");
        out.append(taken ? "The server took the message" : "The message was not sent");
        out.append("</h2>\n<pre id=\"dialogue\">");
        for (TestDialogue.Said each : said) {
            out.append(
                    switch (each.voice()) {
                        case CLIENT -> "<span class=\"client\">&gt; ";
                        case SERVER -> "<span class=\"server\">&lt; ";
                        case NOTE -> "<span class=\"note\">* ";
                        case FAULT -> "<span class=\"fault\">! ";
                    });
            out.append(escaped(each.text())).append("</span>\n");
        }
        Map<String, String> shown = new LinkedHashMap<>(fields);
        shown.remove("password");
        return filled(shown, out.append("</pre>\n").toString());
    }

    /// `{{name}}` is a field's value, `{{name:word}}` an attribute where its value is this word.
    private String filled(Map<String, String> fields, String outcome) {
        Matcher place = PLACE.matcher(page);
        StringBuilder out = new StringBuilder();
        while (place.find()) {
            place.appendReplacement(
                    out, Matcher.quoteReplacement(value(place.group(1), fields, outcome)));
        }
        return place.appendTail(out).toString();
    }

    private static String value(String name, Map<String, String> fields, String outcome) {
        if (name.equals("outcome")) {
            return outcome;
        }
        int colon = name.indexOf(':');
        if (colon < 0) {
            return escaped(fields.getOrDefault(name, ""));
        }
        boolean chosen =
                fields.getOrDefault(name.substring(0, colon), "").equals(name.substring(colon + 1));
        return chosen ? (name.startsWith("verify:") ? " checked" : " selected") : "";
    }

    static String escaped(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.chars()
                .forEach(c -> {
                    switch (c) {
                        case '&' -> out.append("&amp;");
                        case '<' -> out.append("&lt;");
                        case '>' -> out.append("&gt;");
                        case '"' -> out.append("&quot;");
                        case '\'' -> out.append("&#39;");
                        case '\r' -> {
                            // what a browser sends before each end of a line
                        }
                        default -> out.append(c < ' ' && c != '\n' ? '\ufffd' : (char) c);
                    }
                });
        return out.toString();
    }
}
