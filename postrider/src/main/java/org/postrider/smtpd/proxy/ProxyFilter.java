package org.postrider.smtpd.proxy;

import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.cleanup.CleanupService;
import org.postrider.config.ConfigException;
import org.postrider.config.Settings;
import org.postrider.io.Connection;
import org.postrider.io.Connector;
import org.postrider.io.ServiceAddress;
import org.postrider.smtpd.Makings;
import org.postrider.smtpd.SmtpdParams;

/// smtpd_proxy_filter of one listener, and the terms under which it is asked. Immutable; any
/// thread.
///
/// @param name as it is configured
/// @param late smtpd_proxy_options has speed_adjust: it is asked once the whole mail is there
/// @param ehlo how we call ourselves there
public record ProxyFilter(
        String name, ServiceAddress address, Means means, boolean late, String ehlo) {
    private static final String SPEED_ADJUST = "speed_adjust";

    /// @param keeper of content that waits for the filter
    /// @param timeoutMillis to connect, and for each command with its reply
    /// @param lineLimit octets of a line of a reply
    public record Means(
            Connector connector, CleanupService keeper, long timeoutMillis, int lineLimit) {}

    /// Null for none.
    ///
    /// @throws ConfigException for one that cannot be reached as it is written
    public static @Nullable ProxyFilter of(Makings m) {
        Settings settings = m.settings();
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
        Duration timeout = settings.get(SmtpdParams.PROXY_TIMEOUT);
        return new ProxyFilter(
                name,
                address(name, m),
                new Means(
                        m.machine().milters().connector(),
                        m.cleanup(),
                        timeout.toMillis(),
                        settings.get(SmtpdParams.LINE_LENGTH_LIMIT)),
                late,
                settings.get(SmtpdParams.PROXY_EHLO));
    }

    /// `host:port`, `inet:host:port` or `unix:path`.
    private static ServiceAddress address(String name, Makings m) {
        boolean unix = name.regionMatches(true, 0, "unix:", 0, 5);
        boolean inet = name.regionMatches(true, 0, "inet:", 0, 5);
        String endpoint = unix || inet ? name.substring(5) : name;
        ServiceAddress address =
                unix
                        ? ServiceAddress.unix(
                                endpoint,
                                m.machine().milters().room().queueDirectory(),
                                m.machine().milters().room().chrooted())
                        : ServiceAddress.inet(endpoint);
        if (address == null) {
            throw new ConfigException(
                    SmtpdParams.PROXY_FILTER.name() + ": bad endpoint of a service: " + name);
        }
        return address;
    }

    Connection connect() throws IOException {
        return address.connect(means.connector(), means.timeoutMillis());
    }

    /// One mail begins.
    ///
    /// @param command MAIL as the client wrote it
    /// @param client what the filter is told of the client
    public ProxyMail mail(String command, ClientFacts client, Consumer<String> warnings) {
        return new ProxyMail(this, command, client, warnings);
    }
}
