package org.postrider.smtp.mail;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigParams;
import org.postrider.dsn.Status;
import org.postrider.log.MailLog;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;
import org.postrider.smtp.ClientSettings;
import org.postrider.smtp.Protocol;
import org.postrider.smtp.SmtpParams;
import org.postrider.smtp.policy.DiscardedKeywords;
import org.postrider.smtp.policy.PixWorkarounds;
import org.postrider.smtp.session.SmtpSession;
import org.postrider.wire.ClientStage;
import org.postrider.wire.ClientStep;
import org.postrider.wire.EhloKeywords;
import org.postrider.wire.ServerReply;

/// The start of a session: the server's greeting, EHLO (LHLO), HELO where that is not known, TLS as
/// its level wants it, with EHLO anew after it, and the login (smtp_helo). Where TLS is required no
/// way leads past it: [StartTls]; a login comes after it. Immutable; any thread.
final class Greeting {
    private static final int SMTP_PORT = 25;

    private final String heloName;
    private final String myhostname;
    private final Protocol protocol;
    private final boolean skip5xx;
    private final boolean alwaysEhlo;
    private final boolean neverEhlo;
    private final DiscardedKeywords discarded;
    private final PixWorkarounds pix;
    private final long timeoutMillis;
    private final StartTls startTls;
    private final Authentication logins;
    private final MailLog log;

    Greeting(
            ClientSettings settings,
            Tables tables,
            StartTls startTls,
            Authentication logins,
            MailLog log) {
        this.startTls = startTls;
        this.logins = logins;
        this.log = log;
        protocol = settings.protocol();
        heloName = settings.get(SmtpParams.HELO_NAME);
        myhostname = settings.get(ConfigParams.MYHOSTNAME);
        // A 5xx greeting sends the mail to the next server instead of back.
        skip5xx = settings.get(SmtpParams.SKIP_5XX);
        alwaysEhlo = settings.get(SmtpParams.ALWAYS_EHLO);
        neverEhlo = settings.get(SmtpParams.NEVER_EHLO);
        discarded = DiscardedKeywords.of(settings, tables);
        pix = PixWorkarounds.of(settings, tables);
        timeoutMillis = settings.get(SmtpParams.HELO_TIMEOUT).toMillis();
    }

    /// @param last no other server follows
    /// @return false where the session is over; the attempt knows why
    boolean perform(SmtpSession s, Attempt attempt, boolean last) {
        s.carries(attempt.queueId(), attempt.tag());
        attempt.begin();
        Stages stages = new Stages(s, attempt, last);
        try {
            if (stages.greeted()) {
                return true;
            }
            if (stages.broken) {
                s.dialogue().close();
            } else {
                s.quit();
            }
            return false;
        } catch (IOException e) {
            attempt.broken(s, e, last);
        }
        s.dialogue().close();
        return false;
    }

    private final class Stages {
        private final SmtpSession s;
        private final Attempt attempt;
        private final boolean last;
        private boolean broken;
        private @Nullable List<String> mechanisms;

        Stages(SmtpSession s, Attempt attempt, boolean last) {
            this.s = s;
            this.attempt = attempt;
            this.last = last;
        }

        private boolean greeted() throws IOException {
            if (startTls.wrapped()
                    && within(startTls.handshake(s, attempt, last)) != StartTls.End.WITHIN) {
                return false;
            }
            ServerReply banner = s.dialogue().greeting(timeoutMillis);
            if (ClientStep.of(ClientStage.GREETING, banner.code(), false) != ClientStep.GO_ON) {
                Status own = banner.status();
                boolean skipped = banner.code() / 100 == 5 && skip5xx;
                return refused(banner, skipped ? own.as(4) : own);
            }
            if (s.server().port() == SMTP_PORT && own(word(banner.text(), 4))) {
                log.warning(
                        attempt.tag(),
                        "host " + s.relay() + " greeted me with my own hostname " + myhostname);
            }
            boolean esmtp = !pixed(banner);
            if (protocol == Protocol.LMTP) {
                return ehlo() && secured() && loggedIn();
            }
            boolean ehlo =
                    esmtp
                            && !neverEhlo
                            && (alwaysEhlo
                                    || banner.text().toUpperCase(Locale.ROOT).contains("ESMTP"));
            return (ehlo ? ehlo() : helo()) && secured() && loggedIn();
        }

        /// @return true where ESMTP is not to be spoken
        private boolean pixed(ServerReply banner) {
            PixWorkarounds.Found found =
                    pix.of(banner.text(), s.server().address(), attempt.ageMillis(), attempt::warn);
            if (found == null) {
                return false;
            }
            attempt.note("enabling PIX workarounds: " + found.logged() + " for " + s.relay());
            s.delaysDot(found.dotMillis());
            return found.noEsmtp();
        }

        private boolean loggedIn() throws IOException {
            List<String> offered = mechanisms;
            return offered == null || logins.perform(s, attempt, offered, last);
        }

        /// True where mail may follow.
        private boolean secured() throws IOException {
            return switch (within(startTls.afterHello(s, attempt, last))) {
                case WITHIN -> ehlo() && !startTls.spokeEarly(s, attempt, last);
                case AS_IT_IS -> true;
                case REFUSED, BROKEN -> false;
            };
        }

        private StartTls.End within(StartTls.End end) {
            broken |= end == StartTls.End.BROKEN;
            return end;
        }

        private boolean ehlo() throws IOException {
            ClientStage which =
                    switch (protocol) {
                        case SMTP -> ClientStage.EHLO;
                        case LMTP -> ClientStage.LHLO;
                    };
            ServerReply r = s.dialogue().hello(which, heloName, timeoutMillis);
            return switch (ClientStep.of(which, r.code(), false)) {
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
            s.helo(word(r.lines().getFirst(), 4));
            Set<String> passedOver;
            try {
                passedOver = discarded.of(s.server().address());
            } catch (TableException e) {
                attempt.localTrouble(s, e);
                return false;
            }
            String named = EhloKeywords.logged(passedOver);
            if (!named.isEmpty()) {
                log.info(attempt.tag(), "discarding EHLO keywords: " + named);
            }
            if (s.dialogue().take(r, passedOver)) {
                log.info(
                        attempt.tag(),
                        "host " + s.label() + " offers SMTPUTF8 support, but not 8BITMIME");
            }
            try {
                mechanisms = logins.offered(s, attempt.tag());
            } catch (TableException e) {
                attempt.localTrouble(s, e);
                return false;
            }
            return true;
        }

        private boolean helo() throws IOException {
            mechanisms = null;
            ServerReply r = s.dialogue().hello(ClientStage.HELO, heloName, timeoutMillis);
            if (ClientStep.of(ClientStage.HELO, r.code(), false) != ClientStep.GO_ON) {
                return refused(r, r.status());
            }
            return !loops(r);
        }

        private boolean refused(ServerReply r, Status status) {
            attempt.siteRefused(
                    s,
                    status,
                    "host " + s.label() + " refused to talk to me: " + r.text(),
                    r,
                    last);
            return false;
        }

        /// The server at the far end is this one.
        private boolean loops(ServerReply r) {
            if (s.server().port() != SMTP_PORT || !own(word(r.lines().getFirst(), 4))) {
                return false;
            }
            log.warning(
                    attempt.tag(),
                    "host "
                            + s.relay()
                            + " replied to HELO/EHLO with my own hostname "
                            + myhostname);
            attempt.unfit(
                    s,
                    new Status(s.server().best() ? 5 : 4, 4, 6),
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
