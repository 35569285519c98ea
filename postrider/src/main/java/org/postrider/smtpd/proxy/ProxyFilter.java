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
import org.postrider.milter.MilterSockets;
import org.postrider.smtpd.Makings;
import org.postrider.smtpd.ProxyTerms;
import org.postrider.smtpd.SmtpdParams;

/// smtpd_proxy_filter of one listener, and the terms under which it is asked. Immutable; any
/// thread.
///
/// @param name as it is configured
/// @param late smtpd_proxy_options has speed_adjust: it is asked once the whole mail is there
/// @param ehlo how we call ourselves there
public record ProxyFilter(
        String name, ServiceAddress address, Means means, boolean late, String ehlo) {
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
        MilterSockets.Room room = m.machine().milters().room();
        ProxyTerms terms = ProxyTerms.of(settings, room.queueDirectory(), room.chrooted());
        if (terms == null) {
            return null;
        }
        Duration timeout = settings.get(SmtpdParams.PROXY_TIMEOUT);
        return new ProxyFilter(
                settings.get(SmtpdParams.PROXY_FILTER),
                terms.address(),
                new Means(
                        m.machine().milters().connector(),
                        m.cleanup(),
                        timeout.toMillis(),
                        settings.get(SmtpdParams.LINE_LENGTH_LIMIT)),
                terms.late(),
                settings.get(SmtpdParams.PROXY_EHLO));
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
