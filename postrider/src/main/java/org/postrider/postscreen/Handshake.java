package org.postrider.postscreen;

import java.io.IOException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.postrider.io.DeadlineException;
import org.postrider.log.Event;
import org.postrider.log.LogTag;
import org.postrider.log.MailLog;
import org.postrider.log.TlsEvent;
import org.postrider.peer.Neutral;
import org.postrider.tls.PeerCertificate;
import org.postrider.tls.TlsConnection;
import org.postrider.tls.TlsServer;

/// What tlsproxy(8) does for Postfix's postscreen: the handshake after STARTTLS, and its lines of
/// the log. Immutable; any thread.
///
/// @param tag of tlsproxy
record Handshake(Tls tls, long millis, MailLog log, LogTag tag) {
    /// True where none can succeed.
    boolean unavailable(Screening s) {
        TlsServer server = tls.server();
        String fault = server == null ? null : server.fault();
        if (fault != null) {
            log.warning(tag, s.client() + ": " + fault);
        }
        return server == null || fault != null;
    }

    /// @throws IOException if it fails: the session is over
    TlsConnection play(Screening s) throws IOException {
        TlsServer server = tls.server();
        if (server == null) {
            throw new IOException("TLS is not available");
        }
        log.info(tag, "CONNECT from " + s.client());
        try {
            Names names = new Names(s);
            TlsConnection made = server.accept(s.connection(), millis, names);
            if (tls.logLevels().of("", s.address) > 0) {
                event(established(s.client(), made, names.served));
            }
            return made;
        } catch (SSLException e) {
            failed(s, "-1");
            Throwable cause = e.getCause();
            event(
                    new TlsEvent.LibraryProblem(
                            e.getMessage() + (cause == null ? "" : " (" + cause + ")")));
            throw e;
        } catch (DeadlineException e) {
            failed(s, "Connection timed out");
            throw new IOException(e);
        } catch (IOException e) {
            failed(s, "lost connection");
            throw e;
        }
    }

    private void failed(Screening s, String reason) {
        event(new TlsEvent.Failed(TlsEvent.End.SERVER, s.client(), reason));
        log.info(tag, "TLS handshake failed for service=smtpd peer=" + s.client());
        over(s);
    }

    /// The session has ended.
    void over(Screening s) {
        log.info(tag, "DISCONNECT " + s.client());
    }

    private void event(Event event) {
        log.event(tag, event);
    }

    /// What becomes of the name that a client asks for.
    private final class Names implements TlsServer.Asked {
        private final Screening s;
        private @Nullable String served;

        private Names(Screening screening) {
            s = screening;
        }

        @Override
        public void chosen(@Nullable String name) {
            served = name;
        }

        @Override
        public void unknown(String name) {
            log.info(
                    tag,
                    "TLS SNI "
                            + name
                            + " from "
                            + s.client()
                            + " not matched, using default chain");
        }

        @Override
        public void unusable(String complaint, String name) {
            log.warning(
                    tag,
                    "TLS SNI from " + s.client() + " is " + complaint + ": " + Neutral.of(name));
        }
    }

    private static TlsEvent established(
            String client, TlsConnection made, @Nullable String serverName) {
        PeerCertificate peer = made.peer();
        String exchange = made.exchange();
        String signature = made.clientSignature();
        boolean both = !exchange.isEmpty() && !signature.isEmpty();
        return new TlsEvent.Established(
                TlsEvent.End.SERVER,
                client,
                peer == null ? "Anonymous" : peer.trusted() ? "Trusted" : "Untrusted",
                serverName,
                new TlsEvent.Agreed(
                        made.protocol(),
                        made.cipher(),
                        made.summary(),
                        exchange + (both ? " " : "") + signature));
    }
}
