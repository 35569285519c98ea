package org.postrider.smtp;

import java.io.IOException;
import java.util.Locale;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.postrider.dsn.Status;
import org.postrider.io.DeadlineException;
import org.postrider.log.MailLog;
import org.postrider.maps.TableException;
import org.postrider.tls.PeerCertificate;
import org.postrider.tls.TlsClient;
import org.postrider.tls.TlsConnection;
import org.postrider.wire.ClientStage;
import org.postrider.wire.ClientStep;
import org.postrider.wire.EhloKeywords;
import org.postrider.wire.ReplyReader.ServerReply;

/// The start of a session: the server's greeting, EHLO, HELO where that is not known, and TLS as
/// its level wants it, with EHLO anew behind it (smtp_helo, smtp_start_tls). Where TLS is required
/// no way leads past it: [Stages#secured]. Immutable; any thread.
///
/// @param skip5xx a 5xx greeting sends the mail to the next server instead of back
record Greeting(
        String heloName,
        String myhostname,
        boolean skip5xx,
        boolean alwaysEhlo,
        boolean neverEhlo,
        DiscardedKeywords discarded,
        long timeoutMillis,
        MailLog log) {
    private static final int SMTP_PORT = 25;
    private static final Status NOT_OFFERED = new Status(4, 7, 4);

    /// @param last no other server follows
    /// @return false where the session is over; the attempt knows why
    boolean perform(SmtpSession s, Attempt attempt, boolean last) {
        s.carries(attempt);
        attempt.begin();
        Stages stages = new Stages(s, attempt, last);
        try {
            if (stages.greeted()) {
                return true;
            }
            if (stages.broken) {
                s.connection.close();
            } else {
                SessionCache.quit(s);
            }
            return false;
        } catch (DeadlineException e) {
            attempt.lost(
                    s,
                    "conversation with " + s.label + " timed out while " + stages.stage.doing(),
                    last);
        } catch (IOException e) {
            attempt.lost(
                    s, "lost connection with " + s.label + " while " + stages.stage.doing(), last);
        }
        s.connection.close();
        return false;
    }

    private final class Stages {
        private final SmtpSession s;
        private final Attempt attempt;
        private final boolean last;
        private ClientStage stage = ClientStage.GREETING;
        private boolean broken;

        Stages(SmtpSession s, Attempt attempt, boolean last) {
            this.s = s;
            this.attempt = attempt;
            this.last = last;
        }

        private boolean greeted() throws IOException {
            if (s.tls.wrapped() && !handshake(s.tls.client())) {
                return false;
            }
            s.connection.deadline(timeoutMillis);
            ServerReply banner = s.replies.read();
            if (ClientStep.of(stage, banner.code(), false) != ClientStep.GO_ON) {
                Status own = banner.status();
                boolean skipped = banner.code() / 100 == 5 && skip5xx;
                return refused(banner, skipped ? own.as(4) : own);
            }
            if (s.server.port() == SMTP_PORT && own(word(banner.text(), 4))) {
                log.warning(
                        attempt.tag(),
                        "host " + s.relay + " greeted me with my own hostname " + myhostname);
            }
            boolean ehlo =
                    !neverEhlo
                            && (alwaysEhlo
                                    || banner.text().toUpperCase(Locale.ROOT).contains("ESMTP"));
            return (ehlo ? ehlo() : helo()) && secured();
        }

        /// TLS as the level of the session wants it. True where mail may follow: within TLS, or in
        /// clear where that is not required.
        private boolean secured() throws IOException {
            if (s.secured()) {
                return true;
            }
            boolean offered = s.offers(SmtpSession.STARTTLS);
            if (s.level == SmtpTls.Level.NONE) {
                if (offered && s.tls.noteOffer()) {
                    log.info(attempt.tag(), "Host offered STARTTLS: [" + s.server.name() + "]");
                }
                return true;
            }
            boolean required = s.level != SmtpTls.Level.MAY;
            TlsClient client = s.tls.client();
            if (!offered || client == null) {
                return !required || unavailable(offered);
            }
            stage = ClientStage.STARTTLS;
            s.connection.deadline(s.tls.timeoutMillis());
            s.send("STARTTLS\r\n");
            ServerReply r = s.replies.read();
            if (ClientStep.of(stage, r.code(), false) == ClientStep.GO_ON) {
                return handshake(client) && ehlo();
            }
            if (required) {
                attempt.siteRefused(
                        s,
                        r.status(),
                        "TLS is required, but host "
                                + s.label
                                + " refused to start TLS: "
                                + r.text(),
                        r,
                        last);
            }
            return !required;
        }

        private boolean unavailable(boolean offered) {
            attempt.siteRefused(
                    s,
                    offered ? SmtpTls.TLS_TROUBLE : NOT_OFFERED,
                    offered
                            ? SmtpTls.NO_ENGINE
                            : "TLS is required, but was not offered by host " + s.label,
                    null,
                    last);
            return false;
        }

        /// What was read and not asked for stays behind with the old reader.
        private boolean handshake(@Nullable TlsClient client) {
            if (client == null) {
                return unavailable(true);
            }
            String name = s.tlsName;
            if (s.tls.logLevel() > 1) {
                log.info(attempt.tag(), "setting up TLS connection to " + s.relay);
                if (client.fault() == null) {
                    log.info(
                            attempt.tag(),
                            s.relay + ": TLS cipher list \"" + client.cipherList() + "\"");
                }
            }
            try {
                TlsConnection made = client.connect(s.connection, name, s.tls.timeoutMillis());
                s.secured(made);
                PeerCertificate peer = made.peer();
                if (s.tls.logLevel() > 1 && peer != null) {
                    log.info(attempt.tag(), s.relay + ": " + shown(peer));
                }
                if (s.tls.logLevel() > 0) {
                    log.info(attempt.tag(), established(made));
                }
                return true;
            } catch (IOException e) {
                broken = true;
                complain(client, e);
                attempt.notSecured(s, last);
                return false;
            }
        }

        private void complain(TlsClient client, IOException e) {
            if (client.fault() != null) {
                log.warning(attempt.tag(), s.relay + ": " + client.fault());
                return;
            }
            boolean library = e instanceof SSLException;
            log.info(
                    attempt.tag(),
                    "SSL_connect error to "
                            + s.relay
                            + ": "
                            + (library
                                    ? "-1"
                                    : e instanceof DeadlineException
                                            ? "Connection timed out"
                                            : "lost connection"));
            if (library) {
                log.warning(attempt.tag(), "TLS library problem: " + e.getMessage());
            }
        }

        private static String shown(PeerCertificate peer) {
            return "subject_CN="
                    + peer.commonName()
                    + ", issuer_CN="
                    + peer.issuer()
                    + ", fingerprint="
                    + peer.fingerprint()
                    + ", pkey_fingerprint="
                    + peer.keyFingerprint();
        }

        private String established(TlsConnection made) {
            PeerCertificate peer = made.peer();
            String exchange = made.exchange();
            return (peer == null ? "Anonymous" : peer.trusted() ? "Trusted" : "Untrusted")
                    + " TLS connection established to "
                    + s.relay
                    + ": "
                    + made.summary()
                    + (exchange.isEmpty() ? "" : " " + exchange);
        }

        private ServerReply ask(ClientStage at, String command) throws IOException {
            stage = at;
            s.connection.deadline(timeoutMillis);
            s.send(command + " " + heloName + "\r\n");
            return s.replies.read();
        }

        private boolean ehlo() throws IOException {
            ServerReply r = ask(ClientStage.EHLO, "EHLO");
            return switch (ClientStep.of(ClientStage.EHLO, r.code(), false)) {
                case GO_ON -> {
                    yield offered(r) && !loops(r);
                }
                case TRY_HELO -> helo();
                case SITE_REFUSED -> refused(r, r.status());
                case MESSAGE_REFUSED, RECIPIENT_REFUSED, PROTOCOL_ERROR, END_EMPTY, GIVE_UP ->
                        throw new IllegalStateException("no verdict on EHLO");
            };
        }

        private boolean offered(ServerReply r) {
            Set<String> passedOver;
            try {
                passedOver = discarded.of(s.server.address());
            } catch (TableException e) {
                e.warnings().forEach(line -> log.warning(attempt.tag(), line));
                attempt.unfit(
                        s,
                        new Status(4, 3, 0),
                        "local data error while talking to " + s.label,
                        true);
                return false;
            }
            String named = EhloKeywords.logged(passedOver);
            if (!named.isEmpty()) {
                log.info(attempt.tag(), "discarding EHLO keywords: " + named);
            }
            s.ehlo(r, passedOver);
            if (s.utf8WithoutEightBit()) {
                log.info(
                        attempt.tag(),
                        "host " + s.label + " offers SMTPUTF8 support, but not 8BITMIME");
            }
            return true;
        }

        private boolean helo() throws IOException {
            ServerReply r = ask(ClientStage.HELO, "HELO");
            if (ClientStep.of(ClientStage.HELO, r.code(), false) != ClientStep.GO_ON) {
                return refused(r, r.status());
            }
            return !loops(r);
        }

        private boolean refused(ServerReply r, Status status) {
            attempt.siteRefused(
                    s, status, "host " + s.label + " refused to talk to me: " + r.text(), r, last);
            return false;
        }

        /// The server at the far end is this one.
        private boolean loops(ServerReply r) {
            if (s.server.port() != SMTP_PORT || !own(word(r.lines().getFirst(), 4))) {
                return false;
            }
            log.warning(
                    attempt.tag(),
                    "host " + s.relay + " replied to HELO/EHLO with my own hostname " + myhostname);
            attempt.unfit(
                    s,
                    new Status(s.server.best() ? 5 : 4, 4, 6),
                    "mail for " + attempt.request().nexthop() + " loops back to myself",
                    last);
            return true;
        }

        private boolean own(String name) {
            return name.equalsIgnoreCase(myhostname);
        }

        private static String word(String line, int from) {
            int at = Math.min(from, line.length());
            int stop = at;
            while (stop < line.length() && line.charAt(stop) != ' ') {
                stop++;
            }
            return line.substring(at, stop);
        }
    }
}
