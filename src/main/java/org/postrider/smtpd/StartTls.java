package org.postrider.smtpd;

import java.io.IOException;
import org.postrider.tls.TlsConnection;
import org.postrider.tls.TlsServer;
import org.postrider.wire.Reply;

/// STARTTLS (RFC 3207) and TLS from the first octet (smtpd_tls_wrappermode). One session's.
final class StartTls {
    private final Session s;

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
        TlsConnection secure;
        try {
            secure = tls.accept(s.connection, s.d.starttlsMillis);
        } catch (javax.net.ssl.SSLException e) {
            s.info("SSL_accept error from " + s.client() + ": -1");
            s.warn("TLS library problem: " + e.getMessage());
            throw e;
        }
        s.secured(secure);
        Reply refusal = s.events == null ? null : s.events.handshaken();
        if (refusal != null) {
            s.send(refusal);
        }
        if (s.d.tlsLogLevel > 0) {
            s.info(
                    "Anonymous TLS connection established from "
                            + s.client()
                            + ": "
                            + shown(secure));
        }
        if (refusal != null) {
            s.flush();
        }
        return refusal == null;
    }

    static String shown(TlsConnection tls) {
        return tls.protocol()
                + " with cipher "
                + tls.cipher()
                + " ("
                + tls.bits()
                + "/"
                + tls.bits()
                + " bits)";
    }
}
