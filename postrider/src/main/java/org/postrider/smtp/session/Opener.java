package org.postrider.smtp.session;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.UnsupportedAddressTypeException;
import org.jspecify.annotations.Nullable;
import org.postrider.bounce.NotifyClasses;
import org.postrider.io.Connection;
import org.postrider.io.Connector;
import org.postrider.io.DeadlineException;
import org.postrider.log.LogTag;
import org.postrider.log.MailLog;
import org.postrider.maps.Network;
import org.postrider.maps.Tables;
import org.postrider.peer.DebugPeers;
import org.postrider.smtp.ClientSettings;
import org.postrider.smtp.SmtpParams;
import org.postrider.smtp.policy.SessionKey;
import org.postrider.smtp.route.Server;
import org.postrider.time.Clock;

/// Opens sessions: connects, from smtp_bind_address where one is set. Immutable; any thread.
public final class Opener {
    private final Connector connector;
    private final Clock clock;
    private final MailLog log;
    private final LogTag tag;
    private final long timeoutMillis;
    private final SmtpSession.Manner manner;
    private final boolean bindEnforced;
    private final @Nullable InetAddress bindTo4;
    private final @Nullable InetAddress bindTo6;

    /// @param tag for what belongs to no delivery
    public Opener(
            ClientSettings settings,
            Tables tables,
            Connector connector,
            Clock clock,
            MailLog log,
            LogTag tag) {
        this.connector = connector;
        this.clock = clock;
        this.log = log;
        this.tag = tag;
        timeoutMillis = settings.get(SmtpParams.CONNECT_TIMEOUT).toMillis();
        manner =
                new SmtpSession.Manner(
                        settings.get(SmtpParams.REPLY_LINE_LIMIT),
                        settings.get(SmtpParams.SKIP_QUIT_RESPONSE)
                                ? 0
                                : settings.get(SmtpParams.QUIT_TIMEOUT).toMillis(),
                        settings.name(SmtpParams.DISCARD_EHLO_MAPS),
                        ReplyFilter.of(settings, tables),
                        settings.get(SmtpParams.PER_REQUEST_DEADLINE),
                        new Transcript.Readers(
                                NotifyClasses.has(settings.all(), "protocol"),
                                DebugPeers.of(settings.all(), tables)));
        bindEnforced = settings.get(SmtpParams.BIND_ENFORCE);
        bindTo4 = local(settings.get(SmtpParams.BIND_ADDRESS));
        bindTo6 = local(settings.get(SmtpParams.BIND_ADDRESS6));
    }

    private static @Nullable InetAddress local(String text) {
        byte[] literal = text.isEmpty() ? null : Network.literal(text);
        try {
            return literal == null ? null : InetAddress.getByAddress(literal);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    /// @param inClear without the TLS that the key's policy would have
    /// @throws IOException where nobody answers, and why
    public SmtpSession open(SessionKey key, boolean inClear, LogTag by) throws IOException {
        long begun = clock.nanos();
        Connection made = connection(key.server());
        SmtpSession session = null;
        try {
            session = new SmtpSession(new Opened(made, by, begun), key, inClear, manner, log);
            return session;
        } finally {
            if (session == null) {
                made.close();
            }
        }
    }

    /// A connection, and no more.
    ///
    /// @throws IOException where nobody answers, and why
    public Connection connection(Server server) throws IOException {
        try {
            return connect(server);
        } catch (IOException e) {
            throw new IOException(fault(e), e);
        }
    }

    private Connection connect(Server server) throws IOException {
        InetAddress from = null;
        if (server.at() instanceof InetSocketAddress inet) {
            from = inet.getAddress().getAddress().length == 4 ? bindTo4 : bindTo6;
        }
        try {
            return connector.connect(server.at(), from, timeoutMillis);
        } catch (BindException e) {
            if (from == null || bindEnforced) {
                throw e;
            }
            log.warning(tag, "bind " + from.getHostAddress() + ": " + e.getMessage());
            return connector.connect(server.at(), null, timeoutMillis);
        } catch (UnsupportedAddressTypeException e) {
            throw new IOException("Address family not supported by protocol", e);
        }
    }

    private static String fault(IOException e) {
        if (e instanceof DeadlineException) {
            return "Connection timed out";
        }
        String why = e.getMessage();
        return why == null || why.isEmpty() ? "Connection refused" : why;
    }
}
