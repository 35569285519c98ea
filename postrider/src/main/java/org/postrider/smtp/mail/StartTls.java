package org.postrider.smtp.mail;

import java.io.IOException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.postrider.dsn.Status;
import org.postrider.io.DeadlineException;
import org.postrider.log.MailLog;
import org.postrider.smtp.ClientSettings;
import org.postrider.smtp.SmtpTlsParams;
import org.postrider.smtp.policy.ClientTls;
import org.postrider.smtp.policy.TlsLevel;
import org.postrider.smtp.policy.TlsLines;
import org.postrider.smtp.policy.TlsPolicies;
import org.postrider.smtp.policy.TlsPolicy;
import org.postrider.smtp.session.SmtpSession;
import org.postrider.smtp.session.TlsReport;
import org.postrider.sts.StsPolicy;
import org.postrider.tls.PeerCertificate;
import org.postrider.tls.ServerProof;
import org.postrider.tls.TlsClient;
import org.postrider.tls.TlsConnection;
import org.postrider.tlsrpt.TlsResult;
import org.postrider.wire.ClientStage;
import org.postrider.wire.ClientStep;
import org.postrider.wire.Offer;
import org.postrider.wire.ServerReply;

/// TLS in a session as its policy wants it (smtp_start_tls). Where it is required nothing but
/// [End#WITHIN] lets mail follow. Immutable; any thread.
final class StartTls {
    private static final Status NOT_OFFERED = new Status(4, 7, 4);
    private static final String NO_ENGINE = "TLS is required, but our TLS engine is unavailable";

    private final ClientTls tls;
    private final TlsPolicies policies;
    private final MailLog log;
    private final @Nullable String blocksEarly;
    private final boolean resumes;
    private final boolean skipsResumed;

    /// How far it came.
    enum End {
        /// TLS begins: the server is to be greeted anew.
        WITHIN,
        /// Mail may go as it is: without TLS, where that is not required, or within it already.
        AS_IT_IS,
        /// No mail goes over this session; the attempt knows why.
        REFUSED,
        /// The same, and the connection is of no more use.
        BROKEN
    }

    StartTls(ClientSettings settings, ClientTls tls, TlsPolicies policies, MailLog log) {
        // What to log where a server speaks unasked within TLS, which then gets no mail.
        blocksEarly =
                settings.get(SmtpTlsParams.BLOCK_EARLY_MAIL_REPLY)
                        ? settings.name(SmtpTlsParams.BLOCK_EARLY_MAIL_REPLY)
                        : null;
        resumes =
                !settings.get(SmtpTlsParams.SESSION_CACHE_DATABASE).isEmpty()
                        && settings.get(SmtpTlsParams.SESSION_CACHE_TIMEOUT).toSeconds() > 0;
        skipsResumed = settings.get(SmtpTlsParams.TLSRPT_SKIP_REUSED);
        this.tls = tls;
        this.policies = policies;
        this.log = log;
    }

    /// TLS from the first octet.
    boolean wrapped() {
        return tls.wrapped();
    }

    /// After EHLO within TLS.
    ///
    /// @return true where the server has said more than it was asked, and that counts
    boolean spokeEarly(SmtpSession s, Attempt attempt, boolean last) throws IOException {
        if (blocksEarly == null || !s.dialogue().leftOver()) {
            return false;
        }
        log.warning(attempt.tag(), "server " + s.label() + " violates " + blocksEarly + " policy");
        attempt.siteRefused(s, new Status(4, 7, 0), "unexpected server message", null, last);
        return true;
    }

    /// After EHLO or HELO.
    ///
    /// @param last no other server follows
    /// @throws IOException where the connection breaks at the command
    End afterHello(SmtpSession s, Attempt attempt, boolean last) throws IOException {
        if (s.dialogue().secured()) {
            return End.AS_IT_IS;
        }
        boolean offered = s.dialogue().offers(Offer.STARTTLS);
        if (s.level() == TlsLevel.NONE) {
            if (offered && tls.noteOffer()) {
                log.info(attempt.tag(), "Host offered STARTTLS: [" + s.server().name() + "]");
            }
            return End.AS_IT_IS;
        }
        boolean required = s.level().required();
        if (!offered) {
            trial(s, attempt, "TLS was not offered by host " + s.label());
            failed(s, TlsResult.Reason.STARTTLS_NOT_SUPPORTED, "");
        }
        if (!offered || policies.client(s.key().policy()) == null) {
            s.tlsIsKnown();
            return required ? unavailable(s, attempt, offered, last) : End.AS_IT_IS;
        }
        ServerReply r = s.dialogue().startTls(tls.timeoutMillis());
        if (ClientStep.of(ClientStage.STARTTLS, r.code(), false) == ClientStep.GO_ON) {
            return handshake(s, attempt, last);
        }
        s.tlsIsKnown();
        trial(s, attempt, "host " + s.label() + " refused to start TLS");
        failed(s, TlsResult.Reason.STARTTLS_NOT_SUPPORTED, "STARTTLS: " + r.code());
        if (!required) {
            return End.AS_IT_IS;
        }
        attempt.siteRefused(
                s,
                r.status(),
                "TLS is required, but host " + s.label() + " refused to start TLS: " + r.text(),
                r,
                last);
        return End.REFUSED;
    }

    private static End unavailable(SmtpSession s, Attempt attempt, boolean offered, boolean last) {
        attempt.siteRefused(
                s,
                offered ? TlsPolicies.TLS_TROUBLE : NOT_OFFERED,
                offered ? NO_ENGINE : "TLS is required, but was not offered by host " + s.label(),
                null,
                last);
        return End.REFUSED;
    }

    /// Goes on within TLS, where there is a handshake. What was read and not asked for is left out.
    End handshake(SmtpSession s, Attempt attempt, boolean last) {
        TlsClient client = policies.client(s.key().policy());
        if (client == null) {
            return unavailable(s, attempt, true, last);
        }
        int level = tls.logLevels().of(s.server().name(), s.server().address());
        if (level > 1) {
            log.info(attempt.tag(), "setting up TLS connection to " + s.relay());
            if (client.fault() == null) {
                log.info(
                        attempt.tag(),
                        s.relay() + ": TLS cipher list \"" + client.cipherList() + "\"");
            }
        }
        TlsPolicy policy = s.key().policy();
        TlsLines.unusable(policy, s.relay()).forEach(line -> log.warning(attempt.tag(), line));
        try {
            s.dialogue()
                    .secure(plain -> {
                        TlsConnection made =
                                client.connect(
                                        plain,
                                        policy.serverName(),
                                        policy.proof(),
                                        resumes ? s.key().tlsSession() : "",
                                        tls.timeoutMillis());
                        resumed(s, attempt, made, level);
                        told(s, attempt, made, level);
                        if (!skipsResumed || !made.resumed()) {
                            reported(s, policy, made.verdict());
                        }
                        if (s.level().verifies() && made.verdict().matched()) {
                            s.verified();
                        }
                        return made;
                    });
            s.tlsIsKnown();
            if (s.level().verifies() && !s.proved()) {
                String text = "Server certificate not verified";
                attempt.siteRefused(s, TlsPolicies.TLS_TROUBLE, text, null, last);
                return End.REFUSED;
            }
            return End.WITHIN;
        } catch (IOException e) {
            trial(s, attempt, "no TLS handshake with " + s.relay());
            failed(s, TlsResult.Reason.VALIDATION_FAILURE, reason(e));
            complain(s, attempt, client, e);
            attempt.notSecured(s, last);
            return End.BROKEN;
        }
    }

    private void resumed(SmtpSession s, Attempt attempt, TlsConnection made, int level) {
        if (level > 1 && made.resumed()) {
            log.info(attempt.tag(), s.relay() + ": Reusing old session");
        }
    }

    /// A policy of MTA-STS that asks only to be told (RFC 8461 5): mail goes all the same.
    private void trial(SmtpSession s, Attempt attempt, String fault) {
        StsPolicy sts = s.key().policy().sts();
        if (sts != null && sts.mode() == StsPolicy.Mode.TESTING) {
            log.info(attempt.tag(), "MTA-STS policy of " + sts.domain() + " in testing: " + fault);
        }
    }

    private static void failed(SmtpSession s, TlsResult.Reason why, String code) {
        TlsReport report = s.report();
        if (report != null) {
            report.failed(s, why, code);
        }
    }

    /// A proof is looked at where the level does not ask for it, too: a policy in trial.
    private static void reported(SmtpSession s, TlsPolicy policy, ServerProof.Verdict verdict) {
        TlsReport report = s.report();
        ServerProof.Fault fault = verdict.fault();
        if (report == null) {
            return;
        }
        if (verdict.matched() || policy.proof() == ServerProof.NONE) {
            report.kept(s);
        } else {
            report.failed(s, why(fault), fault == null ? "" : fault.reason());
        }
    }

    /// The type of RFC 8460 4.3 for OpenSSL's words, or for those of who said the policy.
    private static TlsResult.Reason why(ServerProof.@Nullable Fault fault) {
        String reason = fault == null ? "" : fault.reason();
        TlsResult.Reason said = TlsResult.Reason.of(reason);
        if (said != null) {
            return said;
        }
        return reason.contains("mismatch")
                ? TlsResult.Reason.CERTIFICATE_HOST_MISMATCH
                : reason.contains("expired")
                        ? TlsResult.Reason.CERTIFICATE_EXPIRED
                        : reason.contains("TLSA")
                                ? TlsResult.Reason.VALIDATION_FAILURE
                                : TlsResult.Reason.CERTIFICATE_NOT_TRUSTED;
    }

    private static String reason(IOException e) {
        return e instanceof DeadlineException
                ? "timed out"
                : e instanceof SSLException ? String.valueOf(e.getMessage()) : "lost connection";
    }

    private void told(SmtpSession s, Attempt attempt, TlsConnection made, int level) {
        PeerCertificate peer = made.peer();
        ServerProof.Verdict verdict = made.verdict();
        boolean complains = s.level().verifies() && !verdict.matched();
        if (complains && verdict.fault() != null) {
            log.info(attempt.tag(), verdict.fault().line(s.relay()));
        }
        if (!s.level().verifies() && !verdict.matched() && verdict.fault() != null) {
            trial(s, attempt, verdict.fault().line(s.relay()));
        }
        if (level > 1 && verdict.by() != null) {
            verdict.by().lines().forEach(l -> log.info(attempt.tag(), s.relay() + ": " + l));
        }
        if (level > 1 && peer != null) {
            log.info(attempt.tag(), s.relay() + ": " + TlsLines.peer(peer));
        }
        if (level > 0) {
            log.event(attempt.tag(), TlsLines.established(s.level(), s.relay(), made));
        }
    }

    private void complain(SmtpSession s, Attempt attempt, TlsClient client, IOException e) {
        TlsLines.failed(s.relay(), client, e).forEach(each -> log.event(attempt.tag(), each));
    }
}
