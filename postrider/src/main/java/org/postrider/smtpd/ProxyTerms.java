package org.postrider.smtpd;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.config.Settings;
import org.postrider.io.ServiceAddress;

/// What smtpd_proxy_filter and smtpd_proxy_options come to, as far as they are words. Immutable.
///
/// @param address where the filter listens
/// @param late it is connected to when the content is there (speed_adjust)
public record ProxyTerms(ServiceAddress address, boolean late) {
    private static final String SPEED_ADJUST = "speed_adjust";

    /// Null for no filter.
    ///
    /// @param chrooted paths are looked up below the queue directory
    /// @throws ConfigException for one that cannot be reached as it is written, or for another
    ///   option
    public static @Nullable ProxyTerms of(Settings settings, Path queue, boolean chrooted) {
        String name = settings.get(SmtpdParams.PROXY_FILTER);
        if (name.isEmpty()) {
            return null;
        }
        boolean late = false;
        for (String each : settings.get(SmtpdParams.PROXY_OPTIONS)) {
            if (!each.equalsIgnoreCase(SPEED_ADJUST)) {
                throw new ConfigException(
                        "unknown " + SmtpdParams.PROXY_OPTIONS.name() + " value \"" + each + "\"");
            }
            late = true;
        }
        return new ProxyTerms(address(name, queue, chrooted), late);
    }

    /// What is wrong with them, for the administrator; empty for nothing.
    public static List<String> problems(Settings settings, Path queue, boolean chrooted) {
        try {
            ProxyTerms terms = of(settings, queue, chrooted);
            Path socket = terms == null ? null : terms.address().socket();
            if (terms != null && socket == null && terms.address().port() == 0) {
                return List.of(
                        SmtpdParams.PROXY_FILTER.name()
                                + ": "
                                + settings.get(SmtpdParams.PROXY_FILTER)
                                + ": nobody listens at port 0: clients get 451 4.3.0");
            }
            return socket == null || Files.exists(socket)
                    ? List.of()
                    : List.of(
                            SmtpdParams.PROXY_FILTER.name()
                                    + ": "
                                    + settings.get(SmtpdParams.PROXY_FILTER)
                                    + ": "
                                    + socket
                                    + ": No such file or directory; as long as nobody listens"
                                    + " there, clients get 451 4.3.0");
        } catch (ConfigException e) {
            return List.of(String.valueOf(e.getMessage()));
        }
    }

    /// `host:port`, `inet:host:port` or `unix:path`.
    private static ServiceAddress address(String name, Path queue, boolean chrooted) {
        boolean unix = name.regionMatches(true, 0, "unix:", 0, 5);
        boolean inet = name.regionMatches(true, 0, "inet:", 0, 5);
        String endpoint = unix || inet ? name.substring(5) : name;
        ServiceAddress address =
                unix
                        ? ServiceAddress.unix(endpoint, queue, chrooted)
                        : ServiceAddress.inet(endpoint);
        if (address == null) {
            throw new ConfigException(
                    SmtpdParams.PROXY_FILTER.name() + ": bad endpoint of a service: " + name);
        }
        return address;
    }
}
