package org.postrider.command.environment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SimpleTimeZone;
import java.util.TimeZone;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postrider.command.CommandException;
import org.postrider.command.ToolConfig;
import org.postrider.config.ServiceSettings;
import org.postrider.config.Values;

/// What import_environment makes of a command's environment. `name=value` counts for all of them;
/// some drop besides what it does not name. This process has use for TZ alone.
public final class ImportedEnvironment {
    private static final String NAME = "import_environment";
    private static final String ZONE = "TZ";

    /// Those of Postfix that keep nothing that is not named.
    private static final String CLEAN = " postdrop postfix postlog postmulti postqueue ";

    private static final Path LOCAL = Path.of("/etc/localtime");
    private static final String NAMES = "/zoneinfo/";

    private ImportedEnvironment() {}

    /// The values that it sets.
    ///
    /// @throws CommandException in Postfix's words where one has no name
    public static Map<String, String> values(ServiceSettings settings, String program, int status) {
        Map<String, String> out = new LinkedHashMap<>();
        read(settings, program, status, out);
        return out;
    }

    /// Sets this process's zone by it.
    public static void zone(ServiceSettings settings, String program, int status) {
        Map<String, String> values = new LinkedHashMap<>();
        boolean named = read(settings, program, status, values);
        String zone = values.get(ZONE);
        if (zone != null) {
            zone(of(zone));
        } else if (!named && clean(program) && System.getenv(ZONE) != null) {
            zone(machines());
        }
    }

    /// A command of postfix(1)'s, in the zone that is said.
    public static ProcessBuilder child(ServiceSettings settings, String... words) {
        ProcessBuilder builder = new ProcessBuilder(words);
        zone(builder.environment(), settings, "postfix");
        return builder;
    }

    static void zone(Map<String, String> environment, ServiceSettings settings, String program) {
        Map<String, String> values = new LinkedHashMap<>();
        boolean named = read(settings, program, 1, values);
        String zone = values.get(ZONE);
        if (zone != null) {
            environment.put(ZONE, zone);
        } else if (!named) {
            environment.remove(ZONE);
        }
    }

    private static boolean clean(String program) {
        return CLEAN.contains(" " + program + " ");
    }

    /// @return whether TZ is let in by its name alone
    private static boolean read(
            ServiceSettings settings, String program, int status, Map<String, String> into) {
        boolean named = false;
        for (String word : Values.words(ToolConfig.text(settings, NAME, status))) {
            String plain = plain(word, status);
            int equals = plain.indexOf('=');
            if (equals == 0) {
                throw new CommandException(
                        status,
                        (clean(program) ? "clean_env" : "update_env")
                                + ": missing attribute name in: "
                                + plain);
            }
            if (equals > 0) {
                into.put(plain.substring(0, equals).strip(), plain.substring(equals + 1).strip());
            } else {
                named |= plain.equals(ZONE);
            }
        }
        return named;
    }

    private static String plain(String word, int status) {
        if (!word.startsWith("{")) {
            return word;
        }
        if (!word.endsWith("}")) {
            throw new CommandException(status, NAME + ": missing '}' in \"" + word + "\"");
        }
        return word.substring(1, word.length() - 1).strip();
    }

    private static void zone(TimeZone zone) {
        if (!zone.equals(TimeZone.getDefault())) {
            TimeZone.setDefault(zone);
        }
    }

    /// Of its own: most commands start without a zone that is said, and an expression costs them a
    /// millisecond.
    private static final class Distance {
        /// A zone by its distance, which counts the other way round: `EST5`, `<+03>-3:30`. What
        /// follows would be its rule for summers.
        private static final Pattern PATTERN =
                Pattern.compile(
                        "(?:[A-Za-z]{3,}|<[A-Za-z0-9+-]{3,}>)([+-]?)(\\d{1,3})(?::(\\d{1,2}))?(?!.*/).*");
    }

    /// As the C library reads TZ, but for rules of summers.
    static TimeZone of(String text) {
        String name = text.startsWith(":") ? text.substring(1) : text;
        Matcher distance = Distance.PATTERN.matcher(name);
        if (distance.matches() && !known(name)) {
            int minutes = Integer.parseInt(distance.group(2)) * 60;
            String more = distance.group(3);
            minutes += more == null ? 0 : Integer.parseInt(more);
            return new SimpleTimeZone(
                    (distance.group(1).equals("-") ? minutes : -minutes) * 60_000, name);
        }
        // GMT for a name that is none, and for none at all.
        return TimeZone.getTimeZone(name.startsWith("posix/") ? name.substring(6) : name);
    }

    /// A name with figures that is no distance: Java takes `GMT-2`, too, and the wrong way round.
    private static boolean known(String name) {
        return !name.startsWith("GMT") && TimeZone.getTimeZone(name).getID().equals(name);
    }

    private static TimeZone machines() {
        @Nullable String path = null;
        try {
            path = Files.readSymbolicLink(LOCAL).toString();
        } catch (IOException | UnsupportedOperationException e) {
            // A copy of a zone's file does not say whose it is.
        }
        int at = path == null ? -1 : path.indexOf(NAMES);
        return path == null || at < 0
                ? TimeZone.getTimeZone("UTC")
                : of(path.substring(at + NAMES.length()));
    }
}
