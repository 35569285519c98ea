package org.postrider.command.container;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postrider.config.Reason;
import org.postrider.disk.Reading;

/// The environment that the image was started with: texts, octets as chars. Each `NAME` may be
/// given as `NAME_FILE`, which names a file that holds it, so that no list of settings shows a
/// secret. One thread.
final class Environment {
    private static final String FILE = "_FILE";

    /// What Kubernetes and Docker's links say of services that run beside, whose names may begin as
    /// ours.
    private static final Pattern OF_SERVICES =
            Pattern.compile(
                    "[A-Z0-9_]+_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?"
                            + "|PORT_[0-9]+_(TCP|UDP)(_(PROTO|PORT|ADDR))?)");

    private final Map<String, String> all = new TreeMap<>();
    private final Consumer<String> problems;

    /// @param problems gets what is wrong with a variable
    Environment(Map<String, String> given, Consumer<String> problems) {
        this.problems = problems;
        given.forEach((name, value) -> {
            boolean address = name.endsWith("_PORT") && value.matches("(tcp|udp)://.*");
            if (!OF_SERVICES.matcher(name).matches() && !address) {
                all.put(name, value);
            }
        });
    }

    /// Null where it is not set; an empty one asks for nothing, and is null as well.
    @Nullable String get(String name) {
        String value = given(name);
        return value == null || value.isBlank() ? null : value.strip();
    }

    /// Without a look for a file.
    @Nullable String raw(String name) {
        return all.get(name);
    }

    /// As it was given, null where it is not set.
    @Nullable String given(String name) {
        String value = all.get(name);
        String file = all.get(name + FILE);
        if (file == null || file.isBlank()) {
            return value;
        }
        if (value != null && !value.isEmpty()) {
            problems.accept(name + " and " + name + FILE + " are both set");
            return value;
        }
        try {
            String text = Reading.text(Path.of(file.strip()), Reading.SHORT);
            return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
        } catch (IOException e) {
            problems.accept(name + FILE + ": " + file + ": " + Reason.of(e));
            return null;
        }
    }

    /// The names of variables that begin so and go on.
    Set<String> named(String prefix) {
        Set<String> names = new TreeSet<>();
        for (String name : all.keySet()) {
            if (name.startsWith(prefix) && name.length() > prefix.length()) {
                names.add(name);
            }
        }
        return names;
    }

    /// What follows the prefix in these names; where a file has the value, without `_FILE`.
    ///
    /// @param itself says of a name that it ends so by itself
    Set<String> after(String prefix, Predicate<String> itself) {
        Set<String> names = new TreeSet<>();
        for (String name : named(prefix)) {
            String rest = name.substring(prefix.length());
            boolean file = rest.endsWith(FILE) && !itself.test(rest);
            names.add(file ? rest.substring(0, rest.length() - FILE.length()) : rest);
        }
        return names;
    }
}
