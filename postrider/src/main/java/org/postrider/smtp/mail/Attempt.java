package org.postrider.smtp.mail;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.delivery.Agent;
import org.postrider.delivery.DeliveryRequest;
import org.postrider.delivery.Outcome;
import org.postrider.delivery.PassOn;
import org.postrider.dsn.Status;
import org.postrider.io.DeadlineException;
import org.postrider.log.DeliveryEvent;
import org.postrider.log.LogTag;
import org.postrider.log.MailLog;
import org.postrider.maps.TableException;
import org.postrider.queue.Envelope;
import org.postrider.smtp.policy.Login;
import org.postrider.smtp.policy.RequireTls;
import org.postrider.smtp.policy.TlsLevel;
import org.postrider.smtp.policy.TlsPolicies;
import org.postrider.smtp.session.SmtpSession;
import org.postrider.smtp.session.Transcript;
import org.postrider.time.Clock;
import org.postrider.wire.ClientStage;
import org.postrider.wire.Offer;
import org.postrider.wire.ServerReply;

/// One request on its way over servers: who is still owed (smtp_rcpt(3), smtp_trouble(3)). What is
/// settled is reported at once; what may yet succeed at the next server is kept for it. One thread.
public final class Attempt implements HeaderBodyChecks.Notes {
    static final Status NO_CONNECTION = new Status(4, 4, 1);
    static final Status LOST = new Status(4, 4, 2);
    private static final byte OPEN = 0;
    private static final byte KEPT = 1;
    private static final byte SETTLED = 2;

    private final MailLog log;
    private final Clock clock;
    private final Manner manner;
    private final DeliveryRequest request;
    private final Agent.Report report;
    private final List<Integer> recipients;
    private final byte[] states;
    private final String queueId;
    private final long begunNanos;
    private long readyNanos;
    private int left;
    private Outcome.@Nullable Detail why;
    private Agent.@Nullable Unavailable site;
    private boolean held;
    private boolean keepsSession;
    private @Nullable Forwarded forwarded;
    private RequireTls.@Nullable Action requireTls;

    /// How a transport judges.
    ///
    /// @param backoffMillis the age from which mail goes in clear where TLS is not required and
    ///   fails
    /// @param assumesFinal lmtp_assume_final: a server without DSN is the last on the way
    /// @param logsTls what became of TLS is told with each outcome
    public record Manner(long backoffMillis, boolean assumesFinal, boolean logsTls) {}

    public Attempt(
            DeliveryRequest request, Agent.Report report, MailLog log, Clock clock, Manner manner) {
        this.request = request;
        this.log = log;
        this.clock = clock;
        this.manner = manner;
        this.report = report;
        this.recipients = request.recipients();
        this.states = new byte[recipients.size()];
        this.left = states.length;
        this.queueId = request.message().id().toString();
        this.begunNanos = clock.nanos();
    }

    public DeliveryRequest request() {
        return request;
    }

    /// What REQUIRETLS asks of the server at hand; null where the mail does not ask.
    RequireTls.@Nullable Action requireTls() {
        return requireTls;
    }

    void requireTls(RequireTls.@Nullable Action action) {
        requireTls = action;
    }

    public LogTag tag() {
        return request.tag();
    }

    String queueId() {
        return queueId;
    }

    public boolean left() {
        return left > 0;
    }

    int count() {
        return states.length;
    }

    /// Says that it goes on.
    @Override
    public void note(String text) {
        log.info(tag(), queueId + ": " + text);
    }

    @Override
    public void warn(String text) {
        log.warning(tag(), text);
    }

    /// A table failed; what it was asked for is said last.
    void fatal(TableException failure) {
        List<String> lines = failure.warnings();
        lines.subList(0, lines.size() - 1).forEach(this::warn);
        log.fatal(tag(), lines.getLast());
    }

    /// A table of ours cannot answer while a session begins: the mail waits.
    void localTrouble(SmtpSession s, TableException failure) {
        failure.warnings().forEach(this::warn);
        unfit(s, new Status(4, 3, 0), "local data error while talking to " + s.label(), true);
    }

    /// Hands who is left to another agent, whose word counts (deliver_pass_all).
    public void pass(PassOn to) {
        for (int i = 0; i < states.length; i++) {
            if (states[i] != SETTLED) {
                states[i] = SETTLED;
                left--;
                to.pass(request, recipients.get(i), report);
            }
        }
    }

    /// All of its recipients are others' to whom somebody of ours sends it on.
    public void forwards(Forwarded by) {
        forwarded = by;
    }

    /// The session of the destination that is tried now waits for the next mail, whether or not one
    /// is there.
    boolean keepsSession() {
        return keepsSession;
    }

    void keepsSession(boolean keeps) {
        keepsSession = keeps;
    }

    /// Of the envelope, as the next hop sees it before all other rewriting.
    Address sender() {
        Envelope e = request.message().envelope();
        Address own = e.senderFor(e.recipients().get(recipient(0)));
        Forwarded by = forwarded;
        return by == null ? own : by.sender(own);
    }

    /// The envelope's index of the n-th recipient.
    int recipient(int n) {
        return recipients.get(n);
    }

    boolean open(int n) {
        return states[n] == OPEN;
    }

    /// A session is there: those kept for it are open again.
    void begin() {
        readyNanos = clock.nanos();
        for (int i = 0; i < states.length; i++) {
            if (states[i] == KEPT) {
                states[i] = OPEN;
            }
        }
    }

    public Agent.@Nullable Unavailable site() {
        return site;
    }

    public Outcome.@Nullable Detail why() {
        return why;
    }

    // ---- before there is a session

    /// Nobody to connect to, or nobody there. The last reason counts if no server follows.
    public void noServer(Status status, String text) {
        held = false;
        long now = clock.nanos();
        why = new Outcome.Detail(status, "none", text, "", null, null, 1, now - begunNanos, 0);
    }

    /// What it needs to go there is not built: it waits, however long.
    public void notBuilt(Status status, String text) {
        noServer(status, text);
        held = true;
    }

    // ---- what a server refuses or a connection loses

    /// The connection broke or took too long.
    private void lost(SmtpSession s, String text, boolean last) {
        s.retryInClear(s.dialogue().secured() && mayGoInClear(s));
        all(detail(s, LOST, text, "", null), last && !s.retryInClear(), true);
    }

    /// The connection is of no more use, as an operation found.
    void broken(SmtpSession s, IOException e, boolean last) {
        if (SmtpSession.ended(e)) {
            String text = "local data error while talking to " + s.label();
            unfit(s, new Status(4, 3, 0), text, true);
            return;
        }
        String how =
                e instanceof DeadlineException
                        ? "conversation with " + s.label() + " timed out while "
                        : "lost connection with " + s.label() + " while ";
        lost(s, how + s.dialogue().stage().doing(), last);
    }

    /// There was no handshake. Where TLS is not required the site is not held up for it.
    void notSecured(SmtpSession s, boolean last) {
        s.retryInClear(mayGoInClear(s));
        all(
                detail(s, TlsPolicies.TLS_TROUBLE, "Cannot start TLS: handshake failure", "", null),
                last && !s.retryInClear(),
                s.level() != TlsLevel.MAY);
    }

    /// Level may: mail that has waited long enough goes without TLS where that fails, so that a
    /// server whose TLS is broken gets it at last. Not where this client would log in: it would be
    /// refused, or show its password.
    private boolean mayGoInClear(SmtpSession s) {
        return s.level() == TlsLevel.MAY
                && s.key().login() instanceof Login.None
                && ageMillis() >= manner.backoffMillis();
    }

    /// How long ago the mail came.
    long ageMillis() {
        return clock.wallMillis() - request.message().envelope().arrivalMillis();
    }

    /// The server serves nobody, or not this mail here.
    void siteRefused(
            SmtpSession s, Status status, String text, @Nullable ServerReply reply, boolean last) {
        if (reply != null) {
            s.refused(reply.code());
        }
        all(detail(s, status, text, "", reply), last, true);
    }

    /// Something about the message itself, found on this side.
    void unfit(SmtpSession s, Status status, String text, boolean last) {
        all(detail(s, status, text, "", null), last, false);
    }

    void messageRefused(SmtpSession s, ClientStage stage, ServerReply r, boolean last) {
        all(refusal(s, stage, r, r.status(), "host "), last, false);
        Transcript transcript = s.transcript();
        if (stage == ClientStage.MAIL && transcript != null) {
            // What is under way behind it means nothing.
            transcript.close();
        }
    }

    /// A 2xx where it cannot be: replies are out of step.
    void outOfStep(SmtpSession s, ClientStage stage, ServerReply r, boolean last) {
        all(refusal(s, stage, r, new Status(5, 5, 0), "Protocol error: host "), last, false);
    }

    /// A command was not known that the server had offered: no verdict on the mail, which waits.
    void unknown(SmtpSession s, ClientStage stage, ServerReply r, boolean last) {
        all(refusal(s, stage, r, r.status().as(4), "host "), last, false);
    }

    /// @param stage at RCPT, or where LMTP answers each recipient after the content
    void recipientRefused(SmtpSession s, ClientStage stage, int n, ServerReply r, boolean last) {
        Outcome.Detail d = refusal(s, stage, r, r.status(), "host ");
        if (d.status().kind() == 4 && !last) {
            log.event(tag(), new DeliveryEvent.ServerRefused(queueId, d.text()));
            why = d;
            states[n] = KEPT;
        } else {
            settle(n, failure(d));
        }
    }

    private Outcome.Detail refusal(
            SmtpSession s, ClientStage stage, ServerReply r, Status status, String start) {
        s.refused(r.code());
        String action = stage.inReplyTo();
        return detail(
                s, status, start + s.label() + " said: " + r.text() + " " + action, action, r);
    }

    /// Everybody still open (smtp_bulk_fail): kept for the next server where the reason may be this
    /// server's, else deferred or returned.
    private void all(Outcome.Detail d, boolean last, boolean throttle) {
        why = d;
        boolean soft = d.status().kind() == 4;
        if (soft && !last) {
            log.event(tag(), new DeliveryEvent.ServerRefused(queueId, d.text()));
        }
        boolean any = false;
        for (int i = 0; i < states.length; i++) {
            if (states[i] == OPEN) {
                any = true;
                if (soft && !last) {
                    states[i] = KEPT;
                } else {
                    settle(i, failure(d));
                }
            }
        }
        if (soft && last && throttle && any) {
            site = new Agent.Unavailable(d.status(), d.text());
        }
    }

    private static Outcome failure(Outcome.Detail d) {
        return d.status().kind() == 4 ? new Outcome.Deferred(d) : new Outcome.Bounced(d);
    }

    // ---- the end

    /// LMTP: one recipient has it.
    void delivered(SmtpSession s, ServerReply reply, int n) {
        if (states[n] == OPEN) {
            settle(n, sent(s, reply));
        }
    }

    private Outcome.Sent sent(SmtpSession s, ServerReply reply) {
        boolean dsn = s.dialogue().offers(Offer.DSN);
        boolean last = manner.assumesFinal() && !dsn;
        return new Outcome.Sent(
                detail(s, reply.status(), reply.text(), last ? Outcome.Detail.FINAL : "", reply),
                dsn);
    }

    void delivered(SmtpSession s, ServerReply reply, boolean[] accepted) {
        Outcome.Sent sent = sent(s, reply);
        for (int i = 0; i < states.length; i++) {
            if (accepted[i] && states[i] == OPEN) {
                settle(i, sent);
            }
        }
    }

    /// No server is left: the last reason is everybody's.
    public void finish(Outcome.Detail reason) {
        Outcome outcome = held ? new Outcome.Deferred(reason, true) : failure(reason);
        for (int i = 0; i < states.length; i++) {
            if (states[i] != SETTLED) {
                settle(i, outcome);
            }
        }
        if (reason.status().kind() == 4 && !held) {
            site = new Agent.Unavailable(reason.status(), reason.text());
        }
    }

    private void settle(int n, Outcome outcome) {
        states[n] = SETTLED;
        left--;
        report.outcome(recipients.get(n), outcome);
    }

    private Outcome.Detail detail(
            SmtpSession s, Status status, String text, String action, @Nullable ServerReply reply) {
        long now = clock.nanos();
        long ready = readyNanos == 0 ? now : readyNanos;
        return new Outcome.Detail(
                status,
                s.relay(),
                s.shown(text),
                action,
                reply == null ? null : s.server().name(),
                reply == null ? null : s.shown(reply.text()),
                new Outcome.Spent(
                        Math.max(1, s.used()),
                        ready - begunNanos,
                        now - ready,
                        manner.logsTls() ? TlsFeatures.of(s, requireTls) : ""));
    }
}
