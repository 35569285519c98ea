package org.postrider.command.doctor;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The command line: a domain, and options in any order, `--name value` or `--name=value`.
///
/// @param values of each option, as often as it is there
record DoctorArguments(String domain, Map<String, List<String>> values) {
    static final String USAGE =
            """
            usage: postdoctor [-c config_dir] [-j] [-q] [--address address]... [--dkim selector:file]...
                              [--lists list,...] [--no-connect] [--relay-test address]
                              [--dns address[:port]] [--smtp-port port] [--https-port port] domain\
            """;

    private static final Set<String> ALONE = Set.of("-j", "-q", "--no-connect");
    private static final Set<String> VALUED =
            Set.of(
                    "-c",
                    "--address",
                    "--dkim",
                    "--lists",
                    "--relay-test",
                    "--dns",
                    "--smtp-port",
                    "--https-port");

    /// What was asked for makes no sense.
    static final class UsageException extends RuntimeException {
        private static final long serialVersionUID = 1;

        UsageException(String why) {
            super(why);
        }
    }

    static DoctorArguments of(String[] args) {
        Map<String, List<String>> values = new HashMap<>();
        String domain = null;
        for (int i = 0; i < args.length; i++) {
            String arg = args[i];
            if (!arg.startsWith("-")) {
                if (domain != null) {
                    throw new UsageException("one domain at a time: " + domain + " and " + arg);
                }
                domain = arg;
                continue;
            }
            int equals = arg.startsWith("--") ? arg.indexOf('=') : -1;
            String name = equals < 0 ? arg : arg.substring(0, equals);
            List<String> of = values.computeIfAbsent(name, _ -> new ArrayList<>());
            if (ALONE.contains(name) && equals < 0) {
                of.add("");
            } else if (VALUED.contains(name)) {
                if (equals < 0 && i + 1 == args.length) {
                    throw new UsageException("option requires an argument: " + name);
                }
                of.add(equals < 0 ? args[++i] : arg.substring(equals + 1));
            } else {
                throw new UsageException("invalid option: " + arg);
            }
        }
        if (domain == null) {
            throw new UsageException("say which domain");
        }
        return new DoctorArguments(domain, values);
    }

    boolean has(String option) {
        return values.containsKey(option);
    }

    List<String> all(String option) {
        return values.getOrDefault(option, List.of());
    }

    /// The last one; null where it is not given.
    @Nullable String last(String option) {
        return all(option).isEmpty() ? null : all(option).getLast();
    }

    /// @throws UsageException where it is no port
    int port(String option, int otherwise) {
        String text = last(option);
        return text == null ? otherwise : port(text);
    }

    static int port(String text) {
        int port = text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : 0;
        if (port < 1 || port > 65_535) {
            throw new UsageException("no port: " + text);
        }
        return port;
    }
}
