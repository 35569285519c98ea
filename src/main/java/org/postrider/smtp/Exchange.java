package org.postrider.smtp;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.address.Quoting;
import org.postrider.delivery.DeliveryRequest;
import org.postrider.dsn.Status;
import org.postrider.io.Connection;
import org.postrider.io.DeadlineException;
import org.postrider.message.Content;
import org.postrider.queue.Encoding;
import org.postrider.queue.Envelope;
import org.postrider.queue.QueueException;
import org.postrider.queue.Recipient;
import org.postrider.wire.ClientStage;
import org.postrider.wire.ClientStep;
import org.postrider.wire.ReplyReader.ServerReply;

/// One mail over one session: the acting half of the client's dialogue (smtp_proto(3)); the
/// deciding half is [ClientStep]. Replies belong to commands strictly in order, so that a wrong
/// number of them never makes a recipient accepted. One thread.
final class Exchange {
    /// What the session is good for afterwards.
    enum End {
        /// Nothing is left open: the next mail may follow at once.
        CLEAN,
        /// A transaction lies open: RSET first.
        RESET,
        /// Only QUIT is left to say.
        QUIT,
        /// The connection is gone.
        GONE,
        /// A session from the cache had ended before it was asked anything: another one does it.
        STALE
    }

    private static final String DATA = "DATA\r\n";

    /// Octets of commands that are written before a reply is read, however large the socket's
    /// buffer.
    private static final int MOST_AT_ONCE = 256 << 10;

    private final SmtpAgent agent;
    private final Attempt attempt;
    private final SmtpSession s;
    private final boolean last;
    private final boolean reused;
    private final boolean[] accepted;
    private boolean anyAccepted;
    private boolean answered;
    private boolean stale;
    private ClientStage stage = ClientStage.MAIL;

    /// @param last no other server follows
    /// @param reused the session waited in the cache
    Exchange(SmtpAgent agent, Attempt attempt, SmtpSession s, boolean last, boolean reused) {
        this.agent = agent;
        this.attempt = attempt;
        this.s = s;
        this.last = last;
        this.reused = reused;
        this.accepted = new boolean[attempt.count()];
    }

    End run() {
        s.carries(attempt);
        s.used++;
        attempt.begin();
        try {
            if (unfit()) {
                return End.CLEAN;
            }
            return s.offers(SmtpSession.PIPELINING) ? pipelined() : stepByStep();
        } catch (LocalTrouble e) {
            attempt.unfit(
                    s, new Status(4, 3, 0), "local data error while talking to " + s.label, true);
            return End.GONE;
        } catch (Downgrade.Impossible e) {
            // In the middle of the content there is nothing to be said but goodbye.
            attempt.unfit(s, new Status(5, 6, 0), String.valueOf(e.getMessage()), true);
            return End.GONE;
        } catch (DeadlineException e) {
            attempt.lost(
                    s, "conversation with " + s.label + " timed out while " + stage.doing(), last);
        } catch (IOException e) {
            if (reused && (!answered || stale)) {
                s.used--;
                return End.STALE;
            }
            attempt.lost(s, "lost connection with " + s.label + " while " + stage.doing(), last);
        }
        return End.GONE;
    }

    /// The content could not be read.
    static final class LocalTrouble extends RuntimeException {
        private static final long serialVersionUID = 1;

        LocalTrouble(Exception cause) {
            super(cause);
        }
    }

    private boolean unfit() {
        long size = attempt.request().message().size();
        if (s.sizeLimit > 0 && size > s.sizeLimit) {
            attempt.unfit(
                    s,
                    new Status(5, 3, 4),
                    "message size "
                            + size
                            + " exceeds size limit "
                            + s.sizeLimit
                            + " of server "
                            + s.label,
                    last);
            return true;
        }
        if (tlsNeeded()) {
            attempt.unfit(
                    s,
                    new Status(5, 7, 30),
                    "REQUIRETLS is required, but verified TLS is not spoken with host " + s.label,
                    last);
            return true;
        }
        if (!s.offers(SmtpSession.SMTPUTF8) && utf8Needed()) {
            attempt.unfit(
                    s,
                    new Status(5, 6, 7),
                    "SMTPUTF8 is required, but was not offered by host " + s.label,
                    last);
            return true;
        }
        return false;
    }

    /// RFC 8689. As in smtp_requiretls_policy's default, a next hop named by its address is the
    /// administrator's own.
    private boolean tlsNeeded() {
        DeliveryRequest r = attempt.request();
        return r.message().envelope().routing().requireTls()
                && !r.nexthop().matches("\\[([0-9.]+|IPv6:.*|[0-9a-fA-F]*:.*)\\].*");
    }

    private boolean utf8Needed() {
        Envelope e = attempt.request().message().envelope();
        if (!e.routing().smtputf8()) {
            return false;
        }
        if (high(e.sender().text())
                || attempt.request().message().content().facts().eightBitHeader()) {
            return true;
        }
        for (int i = 0; i < attempt.count(); i++) {
            if (high(e.recipients().get(attempt.recipient(i)).address().text())) {
                return true;
            }
        }
        return false;
    }

    private static boolean high(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 126) {
                return true;
            }
        }
        return false;
    }

    // ---- the dialogue

    /// Never more is under way than goes into the socket's send buffer: what is written while the
    /// other side waits for its replies to be read would have both wait for ever.
    private End pipelined() throws IOException {
        int count = attempt.count();
        StringBuilder out = new StringBuilder(Math.min(64 + 64 * count, MOST_AT_ONCE));
        mailFrom(out);
        Owed owed = new Owed(new boolean[count]);
        int room = Connection.LEAST_ROOM;
        for (int i = 0; i < count; i++) {
            if (!attempt.open(i)) {
                continue;
            }
            int before = out.length();
            rcptTo(out, i);
            if (out.length() + DATA.length() > room && room == Connection.LEAST_ROOM) {
                room = Math.clamp(s.connection.room(), room, MOST_AT_ONCE);
            }
            if (out.length() + DATA.length() > room && before > 0) {
                String next = out.substring(before);
                out.setLength(before);
                send(out, agent.timeouts.mail());
                if (!owed.read(i)) {
                    return End.RESET;
                }
                out.setLength(0);
                out.append(next);
            }
            owed.asked[i] = true;
        }
        send(out.append(DATA), agent.timeouts.mail());
        owed.read(count);
        return data();
    }

    /// Replies that are still to come, in the order of their commands.
    private final class Owed {
        private final boolean[] asked;
        private int next;
        private boolean mail = true;
        private boolean refused;

        Owed(boolean[] asked) {
            this.asked = asked;
        }

        /// Reads those for MAIL and the recipients before this one.
        ///
        /// @return false where MAIL was refused
        boolean read(int upTo) throws IOException {
            if (mail) {
                mail = false;
                refused = !mailReply();
            }
            for (; next < upTo; next++) {
                if (asked[next]) {
                    rcptReply(next, refused);
                }
            }
            return !refused;
        }
    }

    private End stepByStep() throws IOException {
        StringBuilder out = new StringBuilder(128);
        mailFrom(out);
        send(out, agent.timeouts.mail());
        if (!mailReply()) {
            return End.RESET;
        }
        for (int i = 0; i < attempt.count(); i++) {
            if (attempt.open(i)) {
                out.setLength(0);
                rcptTo(out, i);
                send(out, agent.timeouts.rcpt());
                rcptReply(i, false);
            }
        }
        if (!anyAccepted) {
            return End.RESET;
        }
        send(DATA, agent.timeouts.dataInit());
        return data();
    }

    private void send(CharSequence lines, long timeoutMillis) throws IOException {
        s.connection.deadline(timeoutMillis);
        s.send(lines);
    }

    private ServerReply reply(ClientStage at, long timeoutMillis) throws IOException {
        stage = at;
        s.connection.deadline(timeoutMillis);
        ServerReply r = s.replies.read();
        if (reused && !answered && r.code() == 421) {
            // It had said goodbye while it waited, or says so now: no verdict on this mail.
            stale = true;
            throw new IOException("stale");
        }
        answered = true;
        return r;
    }

    private boolean mailReply() throws IOException {
        ServerReply r = reply(ClientStage.MAIL, agent.timeouts.mail());
        if (ClientStep.of(ClientStage.MAIL, r.code(), false) == ClientStep.GO_ON) {
            return true;
        }
        attempt.messageRefused(s, ClientStage.MAIL, r, last);
        return false;
    }

    private void rcptReply(int n, boolean ignored) throws IOException {
        ServerReply r = reply(ClientStage.RCPT, agent.timeouts.rcpt());
        if (ignored) {
            return;
        }
        if (ClientStep.of(ClientStage.RCPT, r.code(), false) == ClientStep.GO_ON) {
            accepted[n] = true;
            anyAccepted = true;
        } else {
            attempt.recipientRefused(s, n, r, last);
        }
    }

    private End data() throws IOException {
        ServerReply r = reply(ClientStage.DATA, agent.timeouts.dataInit());
        return switch (ClientStep.of(ClientStage.DATA, r.code(), anyAccepted)) {
            case GO_ON -> content();
            case END_EMPTY -> {
                stage = ClientStage.END_OF_DATA;
                send(".\r\n", agent.timeouts.dataDone());
                reply(ClientStage.END_OF_DATA, agent.timeouts.dataDone());
                yield End.QUIT;
            }
            case PROTOCOL_ERROR -> {
                attempt.outOfStep(s, ClientStage.DATA, r, last);
                // What comes next answers nothing that is known.
                yield End.QUIT;
            }
            case MESSAGE_REFUSED -> {
                attempt.messageRefused(s, ClientStage.DATA, r, last);
                yield End.RESET;
            }
            case GIVE_UP -> End.RESET;
            case TRY_HELO, SITE_REFUSED, RECIPIENT_REFUSED ->
                    throw new IllegalStateException("no verdict on DATA");
        };
    }

    private End content() throws IOException {
        stage = ClientStage.BODY;
        Content content;
        try {
            content = attempt.request().message().content();
        } catch (QueueException e) {
            throw new LocalTrouble(e);
        }
        boolean downgrade =
                agent.downgrades(s, attempt.request().message().envelope())
                        && content.facts().mime().saysEightBit();
        if (agent.contents.send(content, downgrade, s.connection, agent.timeouts.dataXfer())) {
            agent.note(
                    attempt.tag(),
                    attempt.queueId(),
                    "breaking line > " + agent.contents.limit() + " bytes with <CR><LF>SPACE");
        }
        ServerReply done = reply(ClientStage.END_OF_DATA, agent.timeouts.dataDone());
        if (ClientStep.of(ClientStage.END_OF_DATA, done.code(), true) == ClientStep.GO_ON) {
            attempt.delivered(s, done, accepted);
            return End.CLEAN;
        }
        attempt.messageRefused(s, ClientStage.END_OF_DATA, done, last);
        return End.QUIT;
    }

    // ---- commands

    private void mailFrom(StringBuilder out) {
        Envelope e = attempt.request().message().envelope();
        Address sender = e.senderFor(e.recipients().get(attempt.recipient(0)));
        int begin = out.length();
        out.append("MAIL FROM:<").append(quoted(sender)).append('>');
        boolean downgrades = agent.downgrades(s, e);
        // A content that may change on the way has no size yet.
        if (s.offers(SmtpSession.SIZE) && !downgrades) {
            out.append(" SIZE=").append(attempt.request().message().size());
        }
        Encoding encoding = e.attributes().encoding();
        if (s.offers(SmtpSession.EIGHT_BIT) && encoding != null) {
            out.append(encoding == Encoding.EIGHT_BIT ? " BODY=8BITMIME" : " BODY=7BIT");
        }
        if (s.offers(SmtpSession.DSN)) {
            String envelopeId = e.dsn().envelopeId();
            if (envelopeId != null) {
                Notify.xtext(out.append(" ENVID="), envelopeId);
            }
            if (e.dsn().returned() != null) {
                out.append(" RET=").append(e.dsn().returned());
            }
        }
        if (s.offers(SmtpSession.SMTPUTF8) && e.routing().smtputf8()) {
            out.append(" SMTPUTF8");
        }
        endLine(out, begin);
    }

    private void rcptTo(StringBuilder out, int n) {
        Recipient r = attempt.request().message().envelope().recipients().get(attempt.recipient(n));
        String address = quoted(r.address());
        int begin = out.length();
        out.append("RCPT TO:<").append(address).append('>');
        if (s.offers(SmtpSession.DSN)) {
            String given = r.originalDsn();
            if (given != null && !given.isEmpty()) {
                Notify.xtext(out.append(" ORCPT="), given);
            } else {
                String original = r.original() == null ? address : Quoting.rfc5322(r.original());
                boolean utf8 =
                        high(original)
                                && attempt.request().message().envelope().routing().smtputf8();
                out.append(" ORCPT=");
                Notify.xtext(out, (utf8 ? "utf-8;" : "rfc822;") + original);
            }
            if (r.dsnNotify() != 0) {
                append(out, " NOTIFY=", Notify.text(r.dsnNotify()));
            }
        }
        endLine(out, begin);
    }

    /// A command is one line, whatever a local user wrote into the envelope: an address, ENVID or
    /// RET with a line end in it would say commands of its own.
    private static void endLine(StringBuilder out, int begin) {
        for (int i = begin; i < out.length(); i++) {
            char c = (char) (out.charAt(i) & 0xff);
            if (c == '\r' || c == '\n' || c == 0) {
                out.setCharAt(i, '?');
            }
        }
        out.append("\r\n");
    }

    private String quoted(org.postrider.address.Address address) {
        return agent.quoteEnvelope ? Quoting.rfc5321(address) : address.text();
    }

    private static void append(StringBuilder out, String name, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            out.append(name).append(value);
        }
    }
}
