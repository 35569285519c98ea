package org.postrider.access.policy;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postrider.access.AccessParams;
import org.postrider.access.table.Braces;
import org.postrider.config.ConfigException;
import org.postrider.config.Param;
import org.postrider.config.Settings;
import org.postrider.config.Values;
import org.postrider.io.ServiceAddress;

/// One policy server and the terms under which it is asked: `inet:host:port`, `unix:path`, or `{
/// inet:host:port, timeout=10s, … }`. Connections are shared among equal ones. Immutable.
///
/// @param tries how often it is asked that does not answer; at least 1
/// @param requests over one connection; 0 for any number
public record PolicyService(
        ServiceAddress address,
        Times times,
        int tries,
        int requests,
        String defaultAction,
        String context) {
    private static final String PREFIX = "smtpd_policy_service_";
    private static final List<Param<?>> OPTIONS =
            List.of(
                    AccessParams.POLICY_DEFAULT_ACTION,
                    AccessParams.POLICY_CONTEXT,
                    AccessParams.POLICY_REQUEST_LIMIT,
                    AccessParams.POLICY_TRY_LIMIT,
                    AccessParams.POLICY_TIMEOUT,
                    AccessParams.POLICY_MAX_IDLE,
                    AccessParams.POLICY_MAX_TTL,
                    AccessParams.POLICY_RETRY_DELAY);

    /// In milliseconds.
    ///
    /// @param request to connect, and for a request with its answer
    /// @param idle a connection that nobody uses
    /// @param life a connection at all
    /// @param delay before the next attempt
    public record Times(long request, long idle, long life, long delay) {}

    /// An argument taken apart.
    private record Argument(String endpoint, Map<String, String> options) {}

    public long timeoutMillis() {
        return times.request();
    }

    /// @param argument as it is written
    /// @param chrooted paths are looked up below the queue directory
    /// @throws ConfigException in Postfix's words if it has some
    static PolicyService of(String argument, Settings settings, boolean chrooted) {
        Argument a = argument(argument);
        Settings own = a.options().isEmpty() ? settings : settings.with(a.options());
        return new PolicyService(
                address(a.endpoint(), settings, chrooted),
                new Times(
                        own.get(AccessParams.POLICY_TIMEOUT).toMillis(),
                        own.get(AccessParams.POLICY_MAX_IDLE).toMillis(),
                        own.get(AccessParams.POLICY_MAX_TTL).toMillis(),
                        own.get(AccessParams.POLICY_RETRY_DELAY).toMillis()),
                own.get(AccessParams.POLICY_TRY_LIMIT),
                own.get(AccessParams.POLICY_REQUEST_LIMIT),
                own.get(AccessParams.POLICY_DEFAULT_ACTION),
                own.get(AccessParams.POLICY_CONTEXT));
    }

    /// What is wrong with an argument; null for nothing.
    static @Nullable String fault(String argument, Settings settings) {
        try {
            of(argument, settings, false);
            return null;
        } catch (ConfigException e) {
            return e.getMessage();
        }
    }

    private static Argument argument(String text) {
        if (text.indexOf(':') < 0) {
            throw new ConfigException(
                    "restriction "
                            + CheckPolicyService.NAME
                            + " must be followed by transport:server");
        }
        if (!text.startsWith("{")) {
            return new Argument(text, Map.of());
        }
        String fault = Braces.fault(text);
        if (fault != null) {
            throw new ConfigException("policy service syntax error: " + fault);
        }
        List<String> words = Values.words(Braces.inner(text));
        if (words.isEmpty()) {
            throw new ConfigException("empty policy service: \"" + text + "\"");
        }
        Map<String, String> options = new HashMap<>();
        for (String each : words.subList(1, words.size())) {
            option(each, options);
        }
        return new Argument(words.getFirst(), options);
    }

    private static void option(String word, Map<String, String> into) {
        String text = word;
        if (text.startsWith("{")) {
            String fault = Braces.fault(text);
            if (fault != null) {
                throw new ConfigException(fault + " in \"" + text + "\"");
            }
            text = Braces.inner(text).strip();
        }
        int equals = text.indexOf('=');
        String name = (equals < 0 ? text : text.substring(0, equals)).strip();
        String wrong = Braces.badName(name, equals);
        if (wrong != null) {
            throw new ConfigException("malformed option: " + wrong + ": \"..." + text + "...\"");
        }
        String value = text.substring(equals + 1).strip();
        Param<?> known =
                OPTIONS.stream()
                        .filter(p -> p.name().equals(PREFIX + name))
                        .findFirst()
                        .orElseThrow(() ->
                                new ConfigException(
                                        "unknown option: \"" + name + " = " + value + "\""));
        if (value.indexOf('$') < 0) {
            try {
                known.parse(value);
            } catch (ConfigException e) {
                throw new ConfigException(
                        "bad option " + name + " = " + value + ": " + e.getMessage());
            }
        }
        into.put(known.name(), value);
    }

    private static ServiceAddress address(String endpoint, Settings settings, boolean chrooted) {
        String queue = settings.text("queue_directory");
        return address(endpoint, Path.of(queue == null ? "/" : queue), chrooted);
    }

    private static ServiceAddress address(String service, Path queue, boolean chrooted) {
        int colon = service.indexOf(':');
        String transport = colon < 0 ? "" : service.substring(0, colon);
        String endpoint = service.substring(colon + 1);
        if (transport.isEmpty() || endpoint.isEmpty()) {
            throw new ConfigException(
                    "need service transport:endpoint instead of \"" + service + "\"");
        }
        ServiceAddress out =
                switch (transport) {
                    case "inet" -> ServiceAddress.inet(endpoint);
                    case "unix", "local" -> ServiceAddress.unix(endpoint, queue, chrooted);
                    default ->
                            throw new ConfigException(
                                    "invalid transport name: "
                                            + transport
                                            + " in service: "
                                            + service);
                };
        if (out == null) {
            throw new ConfigException("bad endpoint of a service: " + service);
        }
        return out;
    }
}
