package org.postrider.smtp;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Quoting;
import org.postrider.delivery.Agent;
import org.postrider.delivery.DeliveryRequest;
import org.postrider.delivery.Outcome;
import org.postrider.dsn.Status;
import org.postrider.io.DeadlineException;
import org.postrider.message.Content;
import org.postrider.queue.Envelope;
import org.postrider.queue.Recipient;
import org.postrider.wire.ReplyReader.ServerReply;

/// One request on its way over servers: who is still owed, and what the last server said of them.
/// What is settled is reported at once; what may yet succeed elsewhere waits until [#finish].
final class Attempt {
    private static final Status NO_CONNECTION = new Status(4, 4, 1);
    private static final Status LOST = new Status(4, 4, 2);

    private final SmtpAgent a;
    private final DeliveryRequest request;
    private final Agent.Report report;
    private final List<Integer> open;
    private final Map<Integer, Outcome.Detail> waiting = new LinkedHashMap<>();
    private Agent.@Nullable Unavailable site;
    private boolean broken;
    private long connectNanos;

    Attempt(SmtpAgent agent, DeliveryRequest request, Agent.Report report) {
        this.a = agent;
        this.request = request;
        this.report = report;
        this.open = new ArrayList<>(request.recipients());
    }

    boolean left() {
        return !open.isEmpty();
    }

    boolean sessionBroken() {
        return broken;
    }

    void connected(long nanos) {
        connectNanos = nanos;
    }

    // ---- what goes wrong before there is a session

    void unroutable(Route.Found.None none) {
        Outcome.Detail d = Outcome.Detail.local(none.status(), "none", none.text());
        if (none.permanent()) {
            bounceAll(d);
        } else {
            deferAll(d);
        }
    }

    void unreachable(String text) {
        deferAll(Outcome.Detail.local(NO_CONNECTION, "none", text));
        site = new Agent.Unavailable(NO_CONNECTION, text);
    }

    void siteFault(SmtpSession s, String text) {
        deferAll(SmtpAgent.detail(LOST, s, text, "", null, connectNanos, 0));
        site = new Agent.Unavailable(LOST, text);
    }

    void siteRefusal(SmtpSession s, ServerReply reply, String text) {
        bounceAll(SmtpAgent.detail(SmtpAgent.status(reply), s, text, "", reply, connectNanos, 0));
    }

    private void bounceAll(Outcome.Detail d) {
        for (int r : List.copyOf(open)) {
            settle(r, new Outcome.Bounced(d));
        }
    }

    private void deferAll(Outcome.Detail d) {
        for (int r : open) {
            waiting.put(r, d);
        }
    }

    private void settle(int recipient, Outcome outcome) {
        open.remove((Integer) recipient);
        waiting.remove(recipient);
        report.outcome(recipient, outcome);
    }

    /// Reports what no server took.
    Agent.@Nullable Unavailable finish() {
        for (int r : List.copyOf(open)) {
            Outcome.Detail d = waiting.get(r);
            if (d == null) {
                d = Outcome.Detail.local(NO_CONNECTION, "none", "no server to try");
            }
            settle(r, new Outcome.Deferred(d));
        }
        return site;
    }

    // ---- the mail transaction

    /// Sends the mail over a session.
    ///
    /// @param last no further server follows
    /// @param reused the session waited in the cache
    /// @return false where a reused session turned out dead before the server answered anything
    boolean over(SmtpSession s, boolean last, boolean reused) {
        broken = false;
        if (reused) {
            connectNanos = 0;
        }
        s.used++;
        site = null;
        Exchange x = new Exchange(s);
        try {
            x.run();
        } catch (DeadlineException e) {
            broken = true;
            x.fault("conversation with " + s.label() + " timed out while " + x.stage);
        } catch (IOException e) {
            broken = true;
            if (reused && !x.answered) {
                s.used--;
                return false;
            }
            x.fault("lost connection with " + s.label() + " while " + x.stage);
        }
        return true;
    }

    /// The commands and replies of one mail. Replies are matched to commands strictly in order.
    private final class Exchange {
        private final SmtpSession s;
        private final long begun = a.clock.nanos();
        private final List<Integer> accepted = new ArrayList<>();
        private String stage = "sending MAIL FROM";
        private boolean answered;

        Exchange(SmtpSession session) {
            this.s = session;
        }

        void run() throws IOException {
            if (tooLarge()) {
                return;
            }
            boolean pipelined = s.offers("PIPELINING");
            List<Integer> to = List.copyOf(open);
            StringBuilder out = new StringBuilder(64 + 48 * to.size());
            mailFrom(out);
            if (!pipelined) {
                flush(out, a.timeouts.mail());
                if (!mailReply(to)) {
                    return;
                }
            }
            for (int r : to) {
                rcptTo(out, r);
                if (!pipelined) {
                    flush(out, a.timeouts.rcpt());
                    rcptReply(r);
                    if (broken) {
                        return;
                    }
                }
            }
            if (!pipelined && accepted.isEmpty()) {
                broken = true;
                quit();
                return;
            }
            out.append("DATA\r\n");
            flush(out, a.timeouts.mail());
            if (pipelined && !pipelinedReplies(to)) {
                return;
            }
            data();
        }

        private void flush(StringBuilder out, long timeoutMillis) throws IOException {
            s.connection.deadline(timeoutMillis);
            s.send(out);
            out.setLength(0);
        }

        private ServerReply reply() throws IOException {
            ServerReply r = s.replies.read();
            answered = true;
            return r;
        }

        private boolean tooLarge() {
            long size = request.message().size();
            if (s.sizeLimit == 0 || size <= s.sizeLimit) {
                return false;
            }
            bounceAll(
                    SmtpAgent.detail(
                            new Status(5, 3, 4),
                            s,
                            "message size "
                                    + size
                                    + " exceeds size limit "
                                    + s.sizeLimit
                                    + " of server "
                                    + s.label(),
                            "",
                            null,
                            connectNanos,
                            0));
            s.used--;
            return true;
        }

        private void mailFrom(StringBuilder out) {
            Envelope e = request.message().envelope();
            out.append("MAIL FROM:<").append(Quoting.rfc5321(e.sender())).append('>');
            if (s.offers("SIZE")) {
                out.append(" SIZE=").append(request.message().size());
            }
            String encoding = e.attribute("encoding");
            if (s.offers("8BITMIME") && encoding != null) {
                if (encoding.equals("8bit")) {
                    out.append(" BODY=8BITMIME");
                } else if (encoding.equals("7bit")) {
                    out.append(" BODY=7BIT");
                }
            }
            if (s.offers("DSN")) {
                append(out, " ENVID=", e.attribute("envelope_id"));
                append(out, " RET=", e.attribute("ret_flags"));
            }
            if (s.offers("SMTPUTF8") && "yes".equals(e.attribute("smtputf8"))) {
                out.append(" SMTPUTF8");
            }
            out.append("\r\n");
        }

        private static void append(StringBuilder out, String name, @Nullable String value) {
            if (value != null && !value.isEmpty()) {
                out.append(name).append(value);
            }
        }

        private void rcptTo(StringBuilder out, int recipient) {
            Recipient r = request.message().envelope().recipients().get(recipient);
            out.append("RCPT TO:<").append(Quoting.rfc5321(r.address())).append('>');
            if (s.offers("DSN")) {
                append(out, " NOTIFY=", Notify.text(r.dsnNotify()));
                append(out, " ORCPT=", Notify.xtext(r.originalDsn()));
            }
            out.append("\r\n");
        }

        private boolean mailReply(List<Integer> to) throws IOException {
            ServerReply r = reply();
            if (r.code() / 100 == 2) {
                return true;
            }
            refused(to, r, "(in reply to MAIL FROM command)");
            broken = true;
            quit();
            return false;
        }

        private void rcptReply(int recipient) throws IOException {
            stage = "sending RCPT TO";
            ServerReply r = reply();
            if (r.code() / 100 == 2) {
                accepted.add(recipient);
                return;
            }
            refused(List.of(recipient), r, "(in reply to RCPT TO command)");
            if (r.code() == 421) {
                broken = true;
                refused(List.copyOf(open), r, "(in reply to RCPT TO command)");
            }
        }

        private boolean pipelinedReplies(List<Integer> to) throws IOException {
            ServerReply mail = reply();
            if (mail.code() / 100 != 2) {
                refused(to, mail, "(in reply to MAIL FROM command)");
                broken = true;
                quit();
                return false;
            }
            for (int recipient : to) {
                s.connection.deadline(a.timeouts.rcpt());
                rcptReply(recipient);
                if (broken) {
                    return false;
                }
            }
            return true;
        }

        private void data() throws IOException {
            stage = "sending DATA command";
            s.connection.deadline(a.timeouts.dataInit());
            ServerReply r = reply();
            if (r.code() != 354) {
                if (!accepted.isEmpty()) {
                    refused(accepted, r, "(in reply to DATA command)");
                }
                broken = true;
                quit();
                return;
            }
            if (accepted.isEmpty()) {
                // Pipelined DATA that a server takes without recipients: an empty message ends it.
                s.send(".\r\n");
                broken = true;
                quit();
                return;
            }
            stage = "sending message body";
            Content content = request.message().content();
            s.connection.deadline(a.timeouts.dataXfer());
            a.contents.send(content, s.connection);
            stage = "sending end of data -- message may be sent more than once";
            s.connection.deadline(a.timeouts.dataDone());
            ServerReply done = reply();
            if (done.code() / 100 != 2) {
                refused(accepted, done, "(in reply to end of DATA command)");
                broken = true;
                quit();
                return;
            }
            Outcome.Detail d =
                    SmtpAgent.detail(
                            SmtpAgent.status(done),
                            s,
                            done.text(),
                            "",
                            done,
                            connectNanos,
                            a.clock.nanos() - begun);
            for (int recipient : accepted) {
                settle(recipient, new Outcome.Sent(d, s.offers("DSN")));
            }
        }

        private void refused(List<Integer> who, ServerReply r, String action) {
            String text = "host " + s.label() + " said: " + r.text() + " " + action;
            Status status = SmtpAgent.status(r);
            Outcome.Detail d =
                    SmtpAgent.detail(
                            status, s, text, action, r, connectNanos, a.clock.nanos() - begun);
            for (int recipient : List.copyOf(who)) {
                if (r.code() / 100 == 5) {
                    settle(recipient, new Outcome.Bounced(d));
                } else if (open.contains(recipient)) {
                    waiting.put(recipient, d);
                }
            }
        }

        void fault(String text) {
            deferAll(
                    SmtpAgent.detail(
                            LOST, s, text, "", null, connectNanos, a.clock.nanos() - begun));
        }

        private void quit() {
            try {
                s.connection.deadline(1000);
                s.send("QUIT\r\n");
            } catch (IOException e) {
                // over anyway
            }
        }
    }
}
