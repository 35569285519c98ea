package org.postrider.postscreen;

import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.config.Expansion;
import org.postrider.config.MacroException;
import org.postrider.config.Settings;
import org.postrider.maps.Table;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;
import org.postrider.time.Clock;

/// postscreen_reject_footer and postscreen_reject_footer_maps: what stands behind a refusal. The
/// log has it without. Immutable; any thread.
final class Footer {
    private static final DateTimeFormatter LOCAL_TIME =
            DateTimeFormatter.ofPattern("MMM dd HH:mm:ss", Locale.ENGLISH);

    private final @Nullable Table tables;
    private final String footer;
    private final String allowed;
    private final String hostname;
    private final Clock clock;
    private final Consumer<String> warnings;

    Footer(
            Settings settings,
            Tables open,
            String hostname,
            Clock clock,
            Consumer<String> warnings) {
        List<String> maps = settings.get(PostscreenParams.REJECT_FOOTER_MAPS);
        tables = maps.isEmpty() ? null : open.chain(maps);
        footer = Terms.raw(settings, PostscreenParams.REJECT_FOOTER);
        allowed = unescaped(Terms.raw(settings, PostscreenParams.EXPANSION_FILTER));
        this.hostname = hostname;
        this.clock = clock;
        this.warnings = warnings;
    }

    /// The lines of a refusal, each with code and enhanced code and without line end.
    ///
    /// @param reply its one line, as it is looked up
    /// @param said the same, as it is sent
    String with(String reply, String said, String address, int port) {
        String template = template(reply);
        if (template.isEmpty()) {
            return said;
        }
        boolean sameLine = template.startsWith("\\c");
        String text;
        try {
            text = expanded(sameLine ? template.substring(2) : template, address, port);
        } catch (MacroException e) {
            warnings.accept("reject footer: " + e.getMessage());
            return said;
        }
        if (text == null) {
            return said;
        }
        return joined(said, sameLine, text);
    }

    private static String joined(String said, boolean sameLine, String text) {
        String codes = codes(said);
        StringBuilder out = new StringBuilder();
        String line = said;
        String[] parts = text.split("\\\\n", -1);
        for (int i = 0; i < parts.length; i++) {
            if (i == 0 && sameLine) {
                line = line + parts[0];
                continue;
            }
            out.append(line, 0, 3).append('-').append(line.substring(4)).append("\r\n");
            line = codes + parts[i];
        }
        return out.append(line).toString();
    }

    /// `550 5.7.1 `, or `501 ` where there is no enhanced code.
    private static String codes(String said) {
        int blank = said.indexOf(' ', 4);
        boolean enhanced = blank > 0 && said.substring(4, blank).matches("[245]\\.\\d+\\.\\d+");
        return enhanced ? said.substring(0, blank + 1) : said.substring(0, 4);
    }

    private String template(String reply) {
        if (tables != null) {
            try {
                String found = tables.lookup(reply);
                if (found != null) {
                    return found;
                }
            } catch (TableException e) {
                e.warnings().forEach(warnings);
            }
        }
        return footer;
    }

    /// Null where it names what there is not.
    private @Nullable String expanded(String template, String address, int port) {
        boolean[] unknown = {false};
        String out =
                new Expansion(
                                name -> {
                                    String value = value(name, address, port);
                                    if (value == null) {
                                        warnings.accept(
                                                "unknown macro name \""
                                                        + name
                                                        + "\" in expansion request");
                                        unknown[0] = true;
                                        return "";
                                    }
                                    return censored(value).replace("$", "$$");
                                })
                        .expand(template);
        return unknown[0] ? null : out;
    }

    private @Nullable String value(String name, String address, int port) {
        return switch (name) {
            case "client_address" -> address;
            case "client_port" -> Integer.toString(port);
            case "server_name" -> hostname;
            case "localtime" ->
                    LOCAL_TIME.format(
                            Instant.ofEpochMilli(clock.wallMillis()).atZone(Clock.zone()));
            default -> null;
        };
    }

    private String censored(String value) {
        StringBuilder out = new StringBuilder(value.length());
        for (int i = 0; i < value.length(); i++) {
            out.append(allowed.indexOf(value.charAt(i)) < 0 ? '_' : value.charAt(i));
        }
        return out.toString();
    }

    /// `\t`, `\40` and `\\` become what they stand for.
    private static String unescaped(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\' || i + 1 == text.length()) {
                out.append(c);
                continue;
            }
            int end = i + 1;
            while (end < text.length()
                    && end < i + 4
                    && text.charAt(end) >= '0'
                    && text.charAt(end) <= '7') {
                end++;
            }
            if (end > i + 1) {
                out.append((char) Integer.parseInt(text.substring(i + 1, end), 8));
                i = end - 1;
            } else {
                char next = text.charAt(++i);
                int known = "tnr".indexOf(next);
                out.append(known < 0 ? next : "\t\n\r".charAt(known));
            }
        }
        return out.toString();
    }
}
