package org.postrider.smtpd;

import java.io.IOException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.postrider.io.DeadlineException;
import org.postrider.peer.Neutral;
import org.postrider.tls.PeerCertificate;
import org.postrider.tls.TlsConnection;
import org.postrider.tls.TlsServer;
import org.postrider.wire.Reply;

/// STARTTLS (RFC 3207) and TLS from the first octet (smtpd_tls_wrappermode). One session's.
final class StartTls {
    private final Session s;
    private @Nullable String servedName;

    StartTls(Session session) {
        this.s = session;
    }

    void command() throws IOException {
        if (s.t.tls != null) {
            s.error(SmtpdReplies.TLS_ACTIVE);
        } else if (!s.d.tlsWanted) {
            s.error(SmtpdReplies.NOT_IMPLEMENTED);
        } else if (s.d.tls == null) {
            s.error(SmtpdReplies.TLS_UNAVAILABLE);
        } else {
            Reply refusal = s.events == null ? null : s.events.mayHandshake();
            if (refusal != null) {
                s.error(refusal);
                return;
            }
            s.send(SmtpdReplies.TLS_READY);
            s.flush();
            handshake();
        }
    }

    /// TLS from the first octet; false where the client has had its share of handshakes.
    ///
    /// @throws IOException where it fails: the session is over
    boolean wrapped() throws IOException {
        if (s.events != null && !s.events.mayBeWrapped()) {
            return false;
        }
        return handshake();
    }

    /// False where the session ends behind it, with a reply that is already gathered.
    ///
    /// @throws IOException where it fails: the session is over
    private boolean handshake() throws IOException {
        TlsServer tls = s.d.tls;
        if (tls == null) {
            throw new IOException("TLS is not available");
        }
        if (s.d.tlsLogLevel > 1) {
            s.info("setting up TLS connection from " + s.client());
        }
        String fault = tls.fault();
        if (fault != null) {
            s.warn(s.client() + ": " + fault);
            throw new IOException(fault);
        }
        if (s.d.tlsLogLevel > 1) {
            s.info(s.client() + ": TLS cipher list \"" + tls.cipherList() + "\"");
        }
        TlsConnection secure = accepted(tls);
        s.secured(secure);
        PeerCertificate peer = secure.peer();
        if (peer != null && !peer.trusted() && s.d.certificateRequired) {
            s.info("certificate verification failed for " + s.client() + ": " + peer.fault());
        }
        if (s.d.tlsLogLevel > 0) {
            s.info(established(secure));
        }
        Reply refusal = s.events == null ? null : s.events.handshaken();
        if (refusal != null) {
            s.send(refusal);
        } else if (s.d.certificateRequired && (peer == null || !peer.trusted())) {
            String why =
                    peer == null
                            ? "No client certificate presented"
                            : "Client certificate not trusted";
            s.info("NOQUEUE: abort: TLS from " + s.client() + ": " + why);
            s.send(Reply.of(421, 7, 1, s.d.hostname + " Error: " + why));
        }
        if (refusal != null) {
            s.flush();
        }
        return refusal == null;
    }

    private TlsConnection accepted(TlsServer tls) throws IOException {
        try {
            return tls.accept(s.connection, s.d.starttlsMillis, new Names());
        } catch (SSLException e) {
            s.info("SSL_accept error from " + s.client() + ": -1");
            Throwable cause = e.getCause();
            s.warn(
                    "TLS library problem: "
                            + e.getMessage()
                            + (cause == null ? "" : " (" + cause + ")"));
            throw e;
        } catch (DeadlineException e) {
            s.info("SSL_accept error from " + s.client() + ": Connection timed out");
            // No reply: it would be plaintext within a handshake.
            throw new IOException(e);
        } catch (IOException e) {
            s.info("SSL_accept error from " + s.client() + ": lost connection");
            throw e;
        }
    }

    /// What becomes of the name that a client asks for.
    private final class Names implements TlsServer.Asked {
        @Override
        public void chosen(@Nullable String name) {
            servedName = name;
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

    private String established(TlsConnection tls) {
        PeerCertificate peer = tls.peer();
        String name = servedName;
        String exchange = tls.exchange();
        String client = tls.clientSignature();
        return (peer == null ? "Anonymous" : peer.trusted() ? "Trusted" : "Untrusted")
                + " TLS connection established from "
                + s.client()
                + (name == null ? "" : " to " + name)
                + ": "
                + tls.summary()
                + (exchange.isEmpty() ? "" : " " + exchange)
                + (client.isEmpty() ? "" : " " + client);
    }

    /// What Received: says of it (smtpd_tls_received_header), folded, with what follows on a line
    /// of its own.
    static String received(TlsConnection tls, boolean asked) {
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
