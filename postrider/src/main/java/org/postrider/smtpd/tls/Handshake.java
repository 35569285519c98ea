package org.postrider.smtpd.tls;

import java.io.IOException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigParams;
import org.postrider.config.Settings;
import org.postrider.io.DeadlineException;
import org.postrider.log.MailEvent;
import org.postrider.log.TlsEvent;
import org.postrider.peer.Neutral;
import org.postrider.smtpd.SmtpdParams;
import org.postrider.smtpd.session.Session;
import org.postrider.tls.PeerCertificate;
import org.postrider.tls.TlsConnection;
import org.postrider.tls.TlsServer;
import org.postrider.wire.Reply;

/// The handshake of a session: after STARTTLS (RFC 3207), or at the first octet
/// (smtpd_tls_wrappermode). Immutable; any thread.
public final class Handshake {
    private final SmtpdTls tls;
    private final long timeoutMillis;
    private final String hostname;

    public Handshake(Settings settings, SmtpdTls tls) {
        this.tls = tls;
        timeoutMillis = settings.get(SmtpdParams.STARTTLS_TIMEOUT).toMillis();
        hostname = settings.get(ConfigParams.MYHOSTNAME);
    }

    /// TLS from the first octet; false if the client has had its share of handshakes.
    ///
    /// @throws IOException if it fails: the session is over
    public boolean wrapped(Session s) throws IOException {
        if (s.events != null && !s.events.mayBeWrapped()) {
            return false;
        }
        return done(s);
    }

    /// False if the session ends after it, with a reply that is already gathered.
    ///
    /// @throws IOException if it fails: the session is over
    public boolean done(Session s) throws IOException {
        TlsServer server = tls.server();
        if (server == null) {
            throw new IOException("TLS is not available");
        }
        int level = tls.logLevels().of(s.peer().name(), s.peer().ip());
        if (level > 1) {
            s.info("setting up TLS connection from " + s.client());
        }
        String fault = server.fault();
        if (fault != null) {
            s.warn(s.client() + ": " + fault);
            throw new IOException(fault);
        }
        if (level > 1) {
            s.info(s.client() + ": TLS cipher list \"" + server.cipherList() + "\"");
        }
        Names names = new Names(s);
        TlsConnection secure = accepted(s, server, names);
        secure.servedAs(names.served);
        s.secured(secure);
        PeerCertificate peer = secure.peer();
        if (peer != null && !peer.trusted() && tls.certificateRequired()) {
            s.log(new TlsEvent.Unverified(s.client(), String.valueOf(peer.fault())));
        }
        if (level > 0) {
            s.log(established(s, secure, names.served));
        }
        Reply refusal = s.events == null ? null : s.events.handshaken();
        if (refusal != null) {
            s.send(refusal);
        } else if (tls.certificateRequired() && (peer == null || !peer.trusted())) {
            String why =
                    peer == null
                            ? "No client certificate presented"
                            : "Client certificate not trusted";
            s.log(new MailEvent.Access("NOQUEUE", "abort", "TLS", s.client(), why, null));
            s.send(Reply.of(421, 7, 1, hostname + " Error: " + why));
        }
        if (refusal != null) {
            s.flush();
        }
        return refusal == null;
    }

    private TlsConnection accepted(Session s, TlsServer server, Names names) throws IOException {
        try {
            return server.accept(s.connection(), timeoutMillis, names);
        } catch (SSLException e) {
            failed(s, "-1");
            Throwable cause = e.getCause();
            s.log(
                    new TlsEvent.LibraryProblem(
                            e.getMessage() + (cause == null ? "" : " (" + cause + ")")));
            throw e;
        } catch (DeadlineException e) {
            failed(s, "Connection timed out");
            // No reply: it would be plaintext within a handshake.
            throw new IOException(e);
        } catch (IOException e) {
            failed(s, "lost connection");
            throw e;
        }
    }

    private static void failed(Session s, String reason) {
        s.log(new TlsEvent.Failed(TlsEvent.End.SERVER, s.client(), reason));
    }

    /// What becomes of the name that a client asks for.
    private static final class Names implements TlsServer.Asked {
        private final Session s;
        private @Nullable String served;

        Names(Session session) {
            this.s = session;
        }

        @Override
        public void chosen(@Nullable String name) {
            served = name;
        }

        @Override
        public void unknown(String name) {
            s.info("TLS SNI " + name + " from " + s.client() + " not matched, using default chain");
        }

        @Override
        public void unusable(String complaint, String name) {
            s.warn("TLS SNI from " + s.client() + " is " + complaint + ": " + Neutral.of(name));
        }
    }

    private static TlsEvent established(Session s, TlsConnection tls, @Nullable String name) {
        PeerCertificate peer = tls.peer();
        String exchange = tls.exchange();
        String client = tls.clientSignature();
        boolean both = !exchange.isEmpty() && !client.isEmpty();
        return new TlsEvent.Established(
                TlsEvent.End.SERVER,
                s.client(),
                peer == null ? "Anonymous" : peer.trusted() ? "Trusted" : "Untrusted",
                name,
                new TlsEvent.Agreed(
                        tls.protocol(),
                        tls.cipher(),
                        tls.summary(),
                        exchange + (both ? " " : "") + client));
    }

    /// What Received: says of it (smtpd_tls_received_header), folded, with what follows on a line
    /// of its own.
    public static String received(TlsConnection tls, boolean asked) {
        PeerCertificate peer = tls.peer();
        String exchange = tls.exchange();
        String client = tls.clientSignature();
        String shown =
                peer != null
                        ? "Client CN \""
                                + PeerCertificate.comment(peer.commonName())
                                + "\", Issuer \""
                                + PeerCertificate.comment(peer.issuer())
                                + "\" ("
                                + (peer.trusted() ? "verified OK" : "not verified")
                                + ")"
                        : asked
                                ? "Client did not present a certificate"
                                : "No client certificate requested";
        return "(using "
                + tls.summary()
                + (exchange.isEmpty() ? "" : "\r\n\t " + exchange)
                + (client.isEmpty() ? "" : "\r\n\t " + client)
                + ")\r\n\t("
                + shown
                + ")\r\n\t";
    }
}
