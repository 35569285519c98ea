package org.postrider.log.text;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.postrider.log.ConfigurationEvent;
import org.postrider.log.DeliveryEvent;
import org.postrider.log.Event;
import org.postrider.log.MailEvent;
import org.postrider.log.QueueEvent;
import org.postrider.log.SessionEvent;
import org.postrider.log.TlsEvent;
import org.postrider.log.Trouble;

/// Postfix's wording of each event.
public final class PostfixLines {
    private PostfixLines() {}

    /// What stands after the process in the mail log, with `warning: ` and its like.
    public static String text(Event event) {
        LineWriter line = new LineWriter();
        render(event, line);
        return new String(line.octets(), 0, line.length(), StandardCharsets.ISO_8859_1);
    }

    public static void render(Event event, LineWriter line) {
        line.text(event.severity().prefix());
        // Commands know no other, and a switch over types costs its first user some milliseconds.
        if (event instanceof Event.Text e) {
            line.text(e.text());
        } else {
            typed(event, line);
        }
    }

    private static void typed(Event event, LineWriter line) {
        switch (event) {
            case SessionEvent e -> session(e, line);
            case MailEvent e -> mail(e, line);
            case QueueEvent e -> queue(e, line);
            case DeliveryEvent e -> delivery(e, line);
            case TlsEvent e -> tls(e, line);
            case ConfigurationEvent e -> configuration(e, line);
            case Trouble e -> trouble(e, line);
            case Event.Text e -> line.text(e.text());
        }
    }

    private static void trouble(Trouble event, LineWriter line) {
        switch (event) {
            case Trouble.Panic e -> line.text(e.what()).text(": ").text(e.bug().toString());
            case Trouble.LogStopped e ->
                    line.text(e.log()).text(": no lines can be written: ").text(e.reason());
            case Trouble.LogGoesOn e -> lost(e.log(), ": lines are written again", e.lost(), line);
            case Trouble.LogEnded e -> lost(e.log(), ": ended", e.lost(), line);
            case Trouble.LookupFailed e -> line.text(e.text());
            case Trouble.SubscriberFailed e ->
                    line.text(e.subscriber())
                            .text(": ")
                            .number(e.events())
                            .text(" events are lost: ")
                            .text(e.bug().toString());
        }
    }

    private static void lost(String log, String what, long lines, LineWriter line) {
        line.text(log).text(what);
        if (lines > 0) {
            line.text(", ").number(lines).text(" are lost");
        }
    }

    private static void session(SessionEvent event, LineWriter line) {
        switch (event) {
            case SessionEvent.Connect e -> line.text("connect from ").text(e.client());
            case SessionEvent.Disconnect e -> {
                line.text("disconnect from ").text(e.client());
                counts(e.commands(), line);
            }
            case SessionEvent.Ended e -> after(e.cause().words(), e.after(), e.client(), line);
            case SessionEvent.Screened e -> line.text(e.said());
            case SessionEvent.EarlyTalk e ->
                    after("improper command pipelining", e.after(), e.client(), line)
                            .text(": ")
                            .text(e.text());
            case SessionEvent.NotSmtp e ->
                    line.text("non-SMTP command from ").text(e.client()).text(": ").text(e.text());
            case SessionEvent.LineTooLong e ->
                    line.text(e.client())
                            .text(": request longer than ")
                            .number(e.limit())
                            .text(": ")
                            .text(e.text());
            case SessionEvent.AuthFailed e ->
                    line.text(e.client())
                            .text(": SASL ")
                            .text(e.mechanism())
                            .text(" authentication failed: ")
                            .text(e.reason())
                            .text(", sasl_username=")
                            .text(e.username() == null ? "(unavailable)" : e.username());
            case SessionEvent.AuthAborted e ->
                    line.text(e.client())
                            .text(": SASL ")
                            .text(e.mechanism())
                            .text(" authentication aborted");
            case SessionEvent.LimitExceeded e -> {
                line.text(e.limit()).text(" limit exceeded: ").number(e.count());
                fromFor(e.client(), e.service(), line);
            }
            case SessionEvent.HandshakeRefused e -> {
                line.text("Refusing ").text(e.request()).text(" request");
                fromFor(e.client(), e.service(), line);
            }
            case SessionEvent.RateExceeded e -> rate(e, line);
        }
    }

    private static LineWriter after(String what, String after, String client, LineWriter line) {
        return line.text(what).text(" after ").text(after).text(" from ").text(client);
    }

    private static LineWriter fromFor(String client, String service, LineWriter line) {
        return line.text(" from ").text(client).text(" for service ").text(service);
    }

    private static void rate(SessionEvent.RateExceeded e, LineWriter line) {
        line.text(e.limit()).text(" rate limit exceeded: ").text(e.counted());
        line.text(" by ").text(e.name());
        fromFor(e.client(), e.service(), line)
                .text(" (")
                .text(e.rate().parameter())
                .text(": ")
                .number(e.rate().most())
                .octet('/')
                .text(e.rate().time())
                .octet(' ')
                .text(e.rate().action())
                .octet(')');
    }

    /// ` ehlo=1 mail=1/2 commands=2/3`; the second number where it is another, or there were none.
    private static void counts(List<SessionEvent.Count> commands, LineWriter line) {
        int good = 0;
        int all = 0;
        for (SessionEvent.Count each : commands) {
            good += each.succeeded();
            all += each.tried();
            line.octet(' ').text(each.command()).octet('=').number(each.succeeded());
            if (each.succeeded() != each.tried()) {
                line.octet('/').number(each.tried());
            }
        }
        line.text(" commands=").number(good);
        if (good != all || all == 0) {
            line.octet('/').number(all);
        }
    }

    private static void mail(MailEvent event, LineWriter line) {
        switch (event) {
            case MailEvent.Pickup e -> submitted(e.queueId(), e.uid(), e.sender(), line);
            case MailEvent.Requeued e -> {
                submitted(e.queueId(), e.uid(), e.sender(), line);
                line.text(" orig_id=").text(e.formerId());
            }
            case MailEvent.Client e -> client(e, line);
            case MailEvent.Access e -> {
                line.text(e.queueId()).text(": ").text(e.action()).text(": ").text(e.command());
                line.text(" from ").text(e.client()).text(": ").text(e.reply());
                if (e.parties() != null) {
                    parties(e.parties(), line.octet(';'));
                }
            }
            case MailEvent.MessageId e ->
                    line.text(e.queueId())
                            .text(e.resent() ? ": resent-message-id=" : ": message-id=")
                            .text(e.messageId());
            case MailEvent.ContentCheck e -> {
                line.text(e.queueId()).text(": ").text(e.action()).text(": ").text(e.where());
                line.text(" from ").text(e.client()).octet(';');
                parties(e.parties(), line);
                named(": ", e.text(), "", line);
            }
            case MailEvent.BadChunk e ->
                    line.text(e.queueId())
                            .text(": ")
                            .text(e.fault())
                            .text(" from ")
                            .text(e.client())
                            .text(e.text());
            case MailEvent.NoMemory e ->
                    line.text(e.queueId())
                            .text(": no memory for more than ")
                            .number(e.recipients())
                            .text(" recipients from ")
                            .text(e.client());
            case MailEvent.TooLarge e ->
                    line.text(e.queueId()).text(": queue file size limit exceeded");
        }
    }

    private static void client(MailEvent.Client e, LineWriter line) {
        line.text(e.queueId()).text(": client=").text(e.client());
        if (e.login() != null) {
            line.text(", sasl_method=").text(e.login().method());
            line.text(", sasl_username=").text(e.login().username());
        }
        if (e.saslSender() != null) {
            line.text(", sasl_sender=").text(e.saslSender());
        }
        if (e.former().queueId() != null) {
            line.text(", orig_queue_id=").text(e.former().queueId());
        }
        if (e.former().client() != null) {
            line.text(", orig_client=").text(e.former().client());
        }
    }

    private static void submitted(String id, int uid, String sender, LineWriter line) {
        line.text(id).text(": uid=").number(uid).text(" from=<").text(sender).octet('>');
    }

    private static void parties(MailEvent.Parties p, LineWriter line) {
        if (p.sender() != null) {
            line.text(" from=<").text(p.sender()).octet('>');
        }
        if (p.recipient() != null) {
            line.text(" to=<").text(p.recipient()).octet('>');
        }
        named(" proto=", p.protocol(), "", line);
        named(" helo=<", p.helo(), ">", line);
        if (p.login() != null) {
            line.text(" sasl_method=").text(p.login().method());
            line.text(" sasl_username=").text(p.login().username());
        }
        if (p.rule() != null) {
            line.text(" rule=<").text(p.rule().text()).text("> set=<");
            line.text(p.rule().set()).octet('>');
        }
    }

    /// Nothing where the text is empty.
    private static void named(String before, String text, String after, LineWriter line) {
        if (!text.isEmpty()) {
            line.text(before).text(text).text(after);
        }
    }

    private static void queue(QueueEvent event, LineWriter line) {
        switch (event) {
            case QueueEvent.Active e ->
                    from(e.queueId(), e.sender(), line)
                            .text("size=")
                            .number(e.size())
                            .text(", nrcpt=")
                            .number(e.recipients())
                            .text(" (queue active)");
            case QueueEvent.Expired e ->
                    from(e.queueId(), e.sender(), line)
                            .text(e.forced() ? "status=force-expired" : "status=expired")
                            .text(", returned to sender");
            case QueueEvent.Removed e -> line.text(e.queueId()).text(": removed");
            case QueueEvent.Kept e ->
                    line.text("mail older than maximal_queue_lifetime is kept")
                            .text(" (postrider_held_mail_expires = no): ")
                            .text(e.reason());
            case QueueEvent.NoticePutOff e ->
                    line.text(e.queueId())
                            .text(": notice not sent")
                            .text(e.last() ? ", the message stays queued: " : " yet: ")
                            .text(e.reason());
            case QueueEvent.Suspended _ ->
                    line.text("queue cannot be written, deliveries are suspended");
            case QueueEvent.Resumed _ -> line.text("queue can be written again, deliveries go on");
            case QueueEvent.NoSpace e ->
                    line.text("not enough free space in mail queue: ")
                            .number(e.free())
                            .text(" bytes < 1.5*message size limit");
            case QueueEvent.SetAside e ->
                    line.text(e.file())
                            .text(": ")
                            .text(e.reason())
                            .text(" -- saving the file in corrupt");
        }
    }

    private static LineWriter from(String id, String sender, LineWriter line) {
        return line.text(id).text(": from=<").text(sender).text(">, ");
    }

    private static void delivery(DeliveryEvent event, LineWriter line) {
        switch (event) {
            case DeliveryEvent.Delivery e -> outcome(e, line);
            case DeliveryEvent.NoConnection e ->
                    line.text("connect to ").text(e.server()).text(": ").text(e.reason());
            case DeliveryEvent.ServerRefused e -> line.text(e.queueId()).text(": ").text(e.text());
            case DeliveryEvent.NoTransport e ->
                    line.text("connect to transport private/")
                            .text(e.transport())
                            .text(": No such file or directory");
            case DeliveryEvent.Notification e ->
                    line.text(e.queueId())
                            .text(": ")
                            .text(e.kind())
                            .text(" notification: ")
                            .text(e.noticeId());
        }
    }

    private static void outcome(DeliveryEvent.Delivery e, LineWriter line) {
        line.text(e.queueId()).text(": to=<").text(e.recipient()).text(">, ");
        if (e.originalRecipient() != null) {
            line.text("orig_to=<").text(e.originalRecipient()).text(">, ");
        }
        line.text("relay=").text(e.relay().name());
        if (e.relay().use() > 1) {
            line.text(", conn_use=").number(e.relay().use());
        }
        line.text(", delay=").delay(e.delayNanos()).text(", delays=");
        long[] d = e.delaysNanos();
        for (int i = 0; i < d.length; i++) {
            if (i > 0) {
                line.octet('/');
            }
            line.delay(d[i]);
        }
        if (!e.relay().tls().isEmpty()) {
            line.text(", tls=").text(e.relay().tls());
        }
        line.text(", dsn=")
                .text(e.dsn())
                .text(", status=")
                .text(e.status())
                .text(" (")
                .text(e.reason())
                .octet(')');
    }

    private static void tls(TlsEvent event, LineWriter line) {
        switch (event) {
            case TlsEvent.Established e -> {
                line.text(e.trust()).text(" TLS connection established ");
                line.text(e.end().direction()).octet(' ').text(e.peer());
                if (e.serverName() != null) {
                    line.text(" to ").text(e.serverName());
                }
                line.text(": ").text(e.agreed().summary());
                named(" ", e.agreed().exchange(), "", line);
            }
            case TlsEvent.Failed e ->
                    line.text(e.end().failure()).text(e.peer()).text(": ").text(e.reason());
            case TlsEvent.Unverified e ->
                    line.text("certificate verification failed for ")
                            .text(e.client())
                            .text(": ")
                            .text(e.reason());
            case TlsEvent.LibraryProblem e -> line.text("TLS library problem: ").text(e.text());
        }
    }

    private static void configuration(ConfigurationEvent event, LineWriter line) {
        switch (event) {
            case ConfigurationEvent.Started e ->
                    running("daemon started", e.version(), e.directory(), line);
            case ConfigurationEvent.Reloaded e ->
                    running("reload", e.version(), e.directory(), line);
            case ConfigurationEvent.StartRefused e -> line.text(e.reason());
            case ConfigurationEvent.ReloadRefused e ->
                    line.text("reload refused: ").text(e.reason());
            case ConfigurationEvent.Notice e -> line.text(e.text());
            case ConfigurationEvent.Unchanged e ->
                    line.text(e.parameter())
                            .text(" = ")
                            .text(e.wanted())
                            .text(" waits for a stop and start; until then it is ")
                            .text(e.is().isEmpty() ? "empty" : e.is());
            case ConfigurationEvent.Stopping e ->
                    line.text("terminating ")
                            .text(e.broken() ? "after a fatal error" : "on signal 15");
        }
    }

    private static void running(String what, String version, String directory, LineWriter line) {
        line.text(what).text(" -- version ").text(version);
        line.text(", configuration ").text(directory);
    }
}
