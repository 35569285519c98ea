package org.postrider.smtpd.session;

import java.io.IOException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.postrider.access.Access;
import org.postrider.cleanup.CleanupService;
import org.postrider.config.ConfigParams;
import org.postrider.config.Settings;
import org.postrider.log.MailLog;
import org.postrider.maps.Tables;
import org.postrider.milter.MilterSockets;
import org.postrider.rewrite.RewriteService;
import org.postrider.smtpd.Smtpd;
import org.postrider.smtpd.SmtpdParams;
import org.postrider.smtpd.input.SessionInput;
import org.postrider.time.Clock;

/// What the sessions of one listener have in common: whom they ask, and the terms under which their
/// parts work. Immutable; any thread.
public final class Service {
    final MailLog log;
    public final Clock clock;
    final String hostname;
    final boolean portLogging;
    final Arrivals arrivals;
    final Opening opening;
    final Talk talk;
    final Judge.Bench bench;
    final RewriteService rewrite;
    final CleanupService cleanup;
    final SessionInput.Terms input;
    final Answers.Terms answers;
    final Transcript.Terms notices;
    final Greeting.Terms greeting;
    final MilterGate.Terms milters;
    final boolean forbidPipelining;
    private final AtomicInteger mails = new AtomicInteger(ThreadLocalRandom.current().nextInt());

    /// Whom a session asks.
    public record Asked(Access access, RewriteService rewrite, CleanupService cleanup) {}

    /// What comes before the first word of a session: nothing, or a handshake
    /// (smtpd_tls_wrappermode).
    public interface Opening {
        /// False if the session is not to go on.
        ///
        /// @throws IOException if it fails: the session is over
        boolean begun(Session s) throws IOException;
    }

    /// The way of a session.
    ///
    /// @param milters how smtpd_milters are reached
    public record Course(Arrivals arrivals, Opening opening, Talk talk, MilterSockets milters) {}

    public Service(
            Settings settings, Tables tables, Smtpd.Journal journal, Asked asked, Course course) {
        log = journal.log();
        clock = journal.clock();
        hostname = settings.get(ConfigParams.MYHOSTNAME);
        portLogging = settings.get(SmtpdParams.CLIENT_PORT_LOGGING);
        arrivals = course.arrivals();
        opening = course.opening();
        talk = course.talk();
        bench = Judge.Bench.of(asked.access(), settings);
        rewrite = asked.rewrite();
        cleanup = asked.cleanup();
        input = SessionInput.Terms.of(settings);
        answers = Answers.Terms.of(settings, tables, clock);
        notices = Transcript.Terms.of(settings, tables, cleanup, clock);
        greeting = Greeting.Terms.of(settings, tables);
        milters = MilterGate.Terms.of(settings, tables, course.milters());
        forbidPipelining = settings.get(SmtpdParams.FORBID_UNAUTH_PIPELINING);
    }

    /// A name for one more mail, no other's: process, time, and a number that listeners begin
    /// anywhere.
    public String instance(long arrivalMillis) {
        return String.format(
                "%x.%x.%x.%x",
                ProcessHandle.current().pid(),
                arrivalMillis / 1000,
                arrivalMillis % 1000 * 1000,
                mails.getAndIncrement());
    }
}
