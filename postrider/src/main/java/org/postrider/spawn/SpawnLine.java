package org.postrider.spawn;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.agent.ServiceUser;
import org.postrider.config.ConfigException;
import org.postrider.maps.Fold;

/// What a line of master.cf says to spawn(8).
///
/// @param argv the command and its arguments, as they are
public record SpawnLine(ServiceUser user, List<String> argv) {
    public SpawnLine {
        argv = List.copyOf(argv);
    }

    /// Reads a line.
    ///
    /// @param arguments of the line after the program
    /// @throws ConfigException with Postfix's words, where that cannot be
    public static SpawnLine of(List<String> arguments) {
        @Nullable ServiceUser user = null;
        List<String> argv = List.of();
        int at = 0;
        while (at < arguments.size() && arguments.get(at).startsWith("-")) {
            // Those of master(5), which every program has.
            at += arguments.get(at).equals("-o") ? 2 : 1;
        }
        for (; at < arguments.size() && argv.isEmpty(); at++) {
            String word = arguments.get(at);
            int equals = word.indexOf('=');
            String value = word.substring(equals + 1);
            switch (Fold.lower(word.substring(0, Math.max(0, equals)))) {
                case "user" -> user = ServiceUser.of(value);
                case "argv" -> {
                    argv = new ArrayList<>(arguments.subList(at, arguments.size()));
                    argv.set(0, value);
                }
                default -> throw new ConfigException("unknown attribute name: " + word);
            }
        }
        if (user == null) {
            throw new ConfigException("missing user= attribute");
        }
        if (argv.isEmpty()) {
            throw new ConfigException("missing argv= attribute");
        }
        return new SpawnLine(user, argv);
    }
}
