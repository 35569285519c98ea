package org.postrider.metrics;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.postrider.log.LogTag;
import org.postrider.log.MailEvent;
import org.postrider.log.SessionEvent;

/// Counts mail on its way in: clients' sessions, and what becomes of what they send. Any thread.
final class IncomingCounters {
    private final Counter connections =
            Speaker.counter("postrider_smtpd_connections_total", "Sessions of clients that began.");

    /// By who speaks: those that began before counting did are not among them.
    private final Set<LogTag> open = ConcurrentHashMap.newKeySet();

    private final Counter ends =
            Speaker.counter(
                    "postrider_smtpd_sessions_broken_total",
                    "Sessions that ended before QUIT, by what ended them.",
                    "cause");

    private final Counter commands =
            Speaker.counter(
                    "postrider_smtpd_commands_total",
                    "Commands of sessions that are over.",
                    "command",
                    "result");

    private final Counter authFailures =
            Speaker.counter("postrider_smtpd_auth_failures_total", "Logins that failed.");

    private final Counter limits =
            Speaker.counter(
                    "postrider_smtpd_limits_exceeded_total",
                    "Clients, logins and senders beyond a rate or a limit.",
                    "limit");

    private final Counter misbehaved =
            Speaker.counter(
                    "postrider_smtpd_protocol_errors_total",
                    "Clients that spoke early, too long or another protocol.",
                    "kind");

    private final Counter screened =
            new Counter(
                    "postrider_postscreen_verdicts_total",
                    "What postscreen(8) said of clients.",
                    "verdict");

    private final Counter received =
            Speaker.counter("postrider_messages_received_total", "Messages that got a queue id.");

    private final Counter access =
            Speaker.counter(
                    "postrider_smtpd_actions_total",
                    "What rules and milters did, by the first digit of the reply where there is"
                            + " one.",
                    "action",
                    "command",
                    "reply");

    private final Counter content =
            Speaker.counter(
                    "postrider_content_checks_total", "What header and body checks did.", "action");

    void session(SessionEvent event, LogTag tag, Speaker by) {
        String name = by.syslogName();
        String process = by.processName();
        switch (event) {
            case SessionEvent.Connect _ -> {
                connections.add(name, process);
                open.add(tag);
            }
            case SessionEvent.Disconnect e -> {
                open.remove(tag);
                for (SessionEvent.Count each : e.commands()) {
                    commands.add(each.succeeded(), name, process, each.command(), "ok");
                    commands.add(
                            (long) each.tried() - each.succeeded(),
                            name,
                            process,
                            each.command(),
                            "failed");
                }
            }
            case SessionEvent.Ended e -> ends.add(name, process, e.cause().words());
            case SessionEvent.Screened e -> screened.add(e.verdict());
            case SessionEvent.EarlyTalk _ -> misbehaved.add(name, process, "early talk");
            case SessionEvent.NotSmtp _ -> misbehaved.add(name, process, "not SMTP");
            case SessionEvent.LineTooLong _ -> misbehaved.add(name, process, "line too long");
            case SessionEvent.AuthFailed _ -> authFailures.add(name, process);
            case SessionEvent.AuthAborted _ -> authFailures.add(name, process);
            case SessionEvent.LimitExceeded e -> limits.add(name, process, e.limit());
            case SessionEvent.HandshakeRefused _ -> limits.add(name, process, "TLS handshakes");
            case SessionEvent.RateExceeded e -> limits.add(name, process, e.limit());
        }
    }

    void mail(MailEvent event, Speaker by) {
        String name = by.syslogName();
        String process = by.processName();
        switch (event) {
            case MailEvent.Client _, MailEvent.Pickup _, MailEvent.Requeued _ ->
                    received.add(name, process);
            case MailEvent.Access e ->
                    access.add(name, process, e.action(), e.command(), Speaker.digit(e.reply()));
            case MailEvent.ContentCheck e -> content.add(name, process, e.action());
            case MailEvent.MessageId _ -> {
                // once for each that was received
            }
            case MailEvent.BadChunk _ -> misbehaved.add(name, process, "bad chunk");
            case MailEvent.NoMemory _ -> limits.add(name, process, "memory for recipients");
            case MailEvent.TooLarge _ -> limits.add(name, process, "message size");
        }
    }

    void write(Exposition out) {
        out.gauge("postrider_smtpd_sessions", "Sessions of clients that are open.", open.size());
        List.of(
                        connections,
                        ends,
                        commands,
                        authFailures,
                        limits,
                        misbehaved,
                        screened,
                        received,
                        access,
                        content)
                .forEach(each -> each.write(out));
    }
}
