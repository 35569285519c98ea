package org.postrider.command.explain;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The command line: a mode or a queue id, and options in any order, `--name value` or
/// `--name=value`.
///
/// @param mode `rcpt`, `route`, or a queue id
record Arguments(String mode, Map<String, String> options) {
    static final String USAGE =
            """
            usage: postexplain [-c config_dir] [-j] rcpt --client address [--name name] [--helo name]
                               [--user login] [--tls yes|wrapped|certificate.pem] --from sender
                               --to recipient [--recipients count] [--listener name] [--no-dns] [--no-policy]
                               [--no-probe] [--no-milters]
                   postexplain [-c config_dir] [-j] route [--from sender] --to recipient
                   postexplain [-c config_dir] [-j] queue_id [--no-tls]\
            """;

    private static final Set<String> ALONE =
            Set.of("-j", "--no-dns", "--no-policy", "--no-probe", "--no-milters", "--no-tls");
    private static final Set<String> VALUED =
            Set.of(
                    "-c",
                    "--client",
                    "--name",
                    "--helo",
                    "--user",
                    "--tls",
                    "--from",
                    "--to",
                    "--recipients",
                    "--listener");

    /// What was asked for makes no sense.
    static final class UsageException extends RuntimeException {
        private static final long serialVersionUID = 1;

        UsageException(String why) {
            super(why);
        }
    }

    static Arguments of(String[] args) {
        Map<String, String> options = new HashMap<>();
        String mode = null;
        for (int i = 0; i < args.length; i++) {
            String arg = args[i];
            if (!arg.startsWith("-")) {
                if (mode != null) {
                    throw new UsageException("one thing at a time: " + mode + " and " + arg);
                }
                mode = arg;
                continue;
            }
            int equals = arg.startsWith("--") ? arg.indexOf('=') : -1;
            String name = equals < 0 ? arg : arg.substring(0, equals);
            if (ALONE.contains(name) && equals < 0) {
                options.put(name, "");
            } else if (VALUED.contains(name)) {
                if (equals < 0 && i + 1 == args.length) {
                    throw new UsageException("option requires an argument: " + name);
                }
                options.put(name, equals < 0 ? args[++i] : arg.substring(equals + 1));
            } else {
                throw new UsageException("invalid option: " + arg);
            }
        }
        if (mode == null) {
            throw new UsageException("say what is to be explained");
        }
        return new Arguments(mode, Map.copyOf(options));
    }

    boolean has(String option) {
        return options.containsKey(option);
    }

    /// Null where it is not given.
    @Nullable String option(String name) {
        return options.get(name);
    }

    /// @throws UsageException where it is not given
    String needed(String name) {
        String value = options.get(name);
        if (value == null) {
            throw new UsageException(mode + " needs " + name);
        }
        return value;
    }
}
