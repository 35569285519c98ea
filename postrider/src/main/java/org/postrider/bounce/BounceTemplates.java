package org.postrider.bounce;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.config.Expansion;
import org.postrider.config.Reason;
import org.postrider.config.Settings;
import org.postrider.disk.Reading;
import org.postrider.rewrite.FromFormat;

/// The texts of notices, bounce(5): Postfix's own, or those of bounce_template_file. A template
/// that cannot be used is passed over with a warning and the built-in one stands in its place; a
/// file that is no template file is a [ConfigException].
public final class BounceTemplates {
    private static final List<Unit> UNITS =
            List.of(
                    new Unit("_seconds", 1),
                    new Unit("_minutes", 60),
                    new Unit("_hours", 3600),
                    new Unit("_days", 86_400),
                    new Unit("_weeks", 604_800));

    private static final Pattern END = Pattern.compile("[A-Za-z0-9].*");

    private record Unit(String suffix, long seconds) {}

    /// One template.
    ///
    /// @param name failure, delay, success or verify
    /// @param postmasterSubject null if there are no copies for the postmaster
    /// @param body lines that end in `\n`, `$name` unexpanded
    public record Template(
            String name,
            String charset,
            String from,
            String subject,
            @Nullable String postmasterSubject,
            String body) {
        /// As it would stand in a template file (`postconf -t`).
        public String source() {
            return name
                    + "_template = <<EOF\nCharset: "
                    + charset
                    + "\nFrom: "
                    + from
                    + "\nSubject: "
                    + subject
                    + "\n"
                    + (postmasterSubject == null
                            ? ""
                            : "Postmaster-Subject: " + postmasterSubject + "\n")
                    + "\n"
                    + body
                    + "EOF\n";
        }

        /// The text as a reader would see it (`postconf -b`).
        public String expanded(Settings settings) {
            return "expanded_" + name + "_text = <<EOF\n" + text(settings) + "EOF\n";
        }

        String text(Settings settings) {
            String text = body;
            for (String time : List.of("delay_warning_time", "maximal_queue_lifetime")) {
                Duration value =
                        settings.get(
                                time.startsWith("delay")
                                        ? BounceParams.DELAY_WARNING_TIME
                                        : BounceParams.MAXIMAL_QUEUE_LIFETIME);
                for (Unit unit : UNITS) {
                    String number = Long.toString(value.toSeconds() / unit.seconds());
                    text = text.replace("$" + time + unit.suffix(), number);
                    text = text.replace("${" + time + unit.suffix() + "}", number);
                }
            }
            return settings.expand(text);
        }
    }

    private final Map<NoticeKind, Template> templates = new EnumMap<>(NoticeKind.class);
    private final List<String> warnings = new ArrayList<>();

    private BounceTemplates(FromFormat format) {
        String from =
                switch (format) {
                    case STANDARD -> "Mail Delivery System <MAILER-DAEMON>";
                    case OBSOLETE -> "MAILER-DAEMON (Mail Delivery System)";
                };
        for (NoticeKind kind : NoticeKind.values()) {
            templates.put(
                    kind,
                    new Template(
                            kind.name().toLowerCase(Locale.ROOT),
                            "us-ascii",
                            from,
                            kind.subject,
                            kind.postmasterSubject,
                            kind.text));
        }
    }

    /// @param file empty for the built-in ones
    /// @throws ConfigException if the file cannot be read, has no template form, or refers to a
    ///   name that does not exist
    public static BounceTemplates read(String file, Settings settings) {
        BounceTemplates out = new BounceTemplates(FromFormat.of(settings));
        if (file.isEmpty()) {
            return out;
        }
        List<String> lines;
        try {
            lines = Reading.lines(Path.of(file), Reading.SHORT);
        } catch (IOException e) {
            throw new ConfigException("open " + file + ": " + Reason.of(e));
        }
        out.parse(file, lines, settings);
        return out;
    }

    private void parse(String file, List<String> lines, Settings settings) {
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            int equals = line.indexOf('=');
            if (equals < 0) {
                throw new ConfigException(
                        file
                                + ", line "
                                + (i + 2)
                                + ": missing '=' after attribute name: \""
                                + line
                                + "\"");
            }
            String name = line.substring(0, equals).strip();
            String value = line.substring(equals + 1).strip();
            List<String> text = new ArrayList<>();
            if (value.startsWith("<<")) {
                String end = value.substring(2).strip();
                marker(file, i + 2, end);
                int begun = i++;
                while (i < lines.size() && !lines.get(i).stripTrailing().equals(end)) {
                    text.add(lines.get(i++));
                }
                if (i == lines.size()) {
                    warnings.add(
                            file
                                    + ", line "
                                    + (lines.size() + 1)
                                    + ": missing \""
                                    + end
                                    + "\" end marker");
                }
            }
            template(file, i + 2, name, text, settings);
        }
    }

    /// @throws ConfigException for what cannot end a text
    private static void marker(String file, int line, String end) {
        String why = end.isEmpty() ? "missing" : END.matcher(end).matches() ? "" : "malformed";
        if (!why.isEmpty()) {
            throw new ConfigException(
                    file + ", line " + line + ": " + why + " end marker after <<");
        }
    }

    private void template(
            String file, int line, String name, List<String> text, Settings settings) {
        NoticeKind kind = null;
        for (NoticeKind each : NoticeKind.values()) {
            if (name.equals(each.name().toLowerCase(Locale.ROOT) + "_template")) {
                kind = each;
            }
        }
        if (kind == null) {
            warnings.add(
                    file
                            + ", line "
                            + line
                            + ": unknown template name: "
                            + name
                            + " -- ignoring this template");
            return;
        }
        Template made = headers(file, kind, text);
        if (made == null) {
            return;
        }
        String known = undefined(made.body(), settings);
        if (known != null) {
            throw new ConfigException(
                    file + ": undefined $name in " + made.name() + " template: " + known);
        }
        templates.put(kind, made);
    }

    private @Nullable Template headers(String file, NoticeKind kind, List<String> text) {
        Template t = of(kind);
        int i = 0;
        for (; i < text.size() && !text.get(i).isBlank(); i++) {
            int colon = text.get(i).indexOf(':');
            if (colon < 0) {
                break;
            }
            String label = text.get(i).substring(0, colon);
            String value = text.get(i).substring(colon + 1).strip();
            t =
                    switch (label.toLowerCase(Locale.ROOT)) {
                        case "charset" ->
                                new Template(
                                        t.name, value, t.from, t.subject, t.postmasterSubject, "");
                        case "from" ->
                                new Template(
                                        t.name,
                                        t.charset,
                                        value,
                                        t.subject,
                                        t.postmasterSubject,
                                        "");
                        case "subject" ->
                                new Template(
                                        t.name, t.charset, t.from, value, t.postmasterSubject, "");
                        case "postmaster-subject" ->
                                t.postmasterSubject == null
                                        ? null
                                        : new Template(
                                                t.name, t.charset, t.from, t.subject, value, "");
                        default -> null;
                    };
            if (t == null) {
                boolean elsewhere = label.equalsIgnoreCase("postmaster-subject");
                return ignored(
                        file
                                + (elsewhere ? ": inapplicable \"" : ": unknown \"")
                                + label
                                + "\" header label in "
                                + of(kind).name()
                                + " template -- ignoring this template");
            }
        }
        StringBuilder body = new StringBuilder();
        if (i < text.size() && text.get(i).isBlank()) {
            i++;
        }
        for (; i < text.size(); i++) {
            body.append(text.get(i)).append('\n');
        }
        if (body.isEmpty()) {
            return ignored(
                    file
                            + ": missing message text in "
                            + t.name
                            + " template -- ignoring this template");
        }
        if (t.charset.equalsIgnoreCase("us-ascii") && body.chars().anyMatch(c -> c > 127)) {
            warnings.add(file + ": 8-bit message text in " + t.name + " template");
            warnings.add("please specify a charset value other than us-ascii");
            return ignored("-- ignoring this template for now");
        }
        return new Template(
                t.name, t.charset, t.from, t.subject, t.postmasterSubject, body.toString());
    }

    private @Nullable Template ignored(String why) {
        warnings.add(why);
        return null;
    }

    /// The line that takes the value of a name that does not exist, null for none. A condition may
    /// ask for any name.
    private static @Nullable String undefined(String body, Settings settings) {
        for (String line : body.split("\n", -1)) {
            Known known = new Known(settings);
            new Expansion(known).expand(line);
            if (known.missing) {
                return line;
            }
        }
        return null;
    }

    /// What a template may refer to.
    private static final class Known implements Expansion.Names {
        private final Settings settings;
        private boolean missing;

        Known(Settings settings) {
            this.settings = settings;
        }

        @Override
        public @Nullable String unexpanded(String name) {
            boolean time =
                    UNITS.stream()
                            .anyMatch(unit ->
                                    name.equals("delay_warning_time" + unit.suffix())
                                            || name.equals(
                                                    "maximal_queue_lifetime" + unit.suffix()));
            missing |= !time && settings.text(name) == null;
            return "";
        }

        @Override
        public @Nullable String tested(String name) {
            return settings.text(name);
        }
    }

    Template of(NoticeKind kind) {
        Template found = templates.get(kind);
        if (found == null) {
            throw new IllegalStateException("no template of " + kind);
        }
        return found;
    }

    /// failure, delay, success, verify.
    public List<Template> all() {
        return List.copyOf(templates.values());
    }

    /// What was passed over.
    public List<String> warnings() {
        return List.copyOf(warnings);
    }
}
