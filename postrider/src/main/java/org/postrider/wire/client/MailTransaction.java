package org.postrider.wire.client;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;
import org.postrider.dsn.Status;
import org.postrider.io.Connection;
import org.postrider.io.DeadlineException;
import org.postrider.wire.ClientDialogue;
import org.postrider.wire.ClientMail;
import org.postrider.wire.ClientMail.End;
import org.postrider.wire.ClientStage;
import org.postrider.wire.ClientStep;
import org.postrider.wire.Offer;
import org.postrider.wire.ServerReply;

/// MAIL, RCPT, DATA and the content of one mail (smtp_proto(3)); the deciding half is [ClientStep].
/// Replies belong to commands strictly in order, so that a wrong number of them never makes a
/// recipient accepted. One thread.
public final class MailTransaction {
    private static final Status TAKEN = new Status(2, 0, 0);
    private static final String DATA = "DATA\r\n";

    /// Octets of commands that are written before a reply is read, however large the socket's
    /// buffer.
    private static final int MOST_AT_ONCE = 256 << 10;

    private final ClientDialogue dialogue;
    private final ClientMail mail;
    private final ClientDialogue.Timeouts timeouts;
    private final boolean reused;
    private final BitSet accepted = new BitSet();
    private boolean answered;
    private boolean stale;

    public MailTransaction(
            ClientDialogue dialogue,
            ClientMail mail,
            ClientDialogue.Timeouts timeouts,
            boolean reused) {
        this.dialogue = dialogue;
        this.mail = mail;
        this.timeouts = timeouts;
        this.reused = reused;
    }

    public End run() throws IOException {
        dialogue.stage(ClientStage.MAIL);
        try {
            return dialogue.offers(Offer.PIPELINING) ? pipelined() : stepByStep();
        } catch (DeadlineException e) {
            throw e;
        } catch (IOException e) {
            if (reused && (!answered || stale)) {
                return End.STALE;
            }
            throw e;
        }
    }

    /// Never more is under way than goes into the socket's send buffer: what is written while the
    /// other side waits for its replies to be read would have both wait for ever.
    private End pipelined() throws IOException {
        int count = mail.recipients();
        StringBuilder out = new StringBuilder(Math.min(64 + 64 * count, MOST_AT_ONCE));
        ClientMail.Forwarding forwards = mail.forwards();
        if (forwards != null) {
            // Two lines of bounded length, before anything that has none.
            forward(out, forwards.client());
            forward(out, forwards.mail());
        }
        mailFrom(out);
        Owed owed = new Owed(new boolean[count], forwards);
        int room = Connection.LEAST_ROOM;
        for (int i = 0; i < count; i++) {
            if (!mail.open(i)) {
                continue;
            }
            int before = out.length();
            rcptTo(out, i);
            if (out.length() + DATA.length() > room && room == Connection.LEAST_ROOM) {
                room = Math.clamp(dialogue.connection().room(), room, MOST_AT_ONCE);
            }
            if (out.length() + DATA.length() > room && before > 0) {
                String next = out.substring(before);
                out.setLength(before);
                dialogue.send(out, timeouts.mail());
                if (!owed.read(i)) {
                    return End.RESET;
                }
                out.setLength(0);
                out.append(next);
            }
            owed.asked[i] = true;
        }
        boolean probes = mail.reach() == ClientMail.Reach.RCPT;
        boolean chunked = chunked();
        dialogue.send(probes || chunked ? out : out.append(DATA), timeouts.mail());
        boolean taken = owed.read(count);
        if (chunked) {
            return accepted.isEmpty() ? End.RESET : chunks();
        }
        return probes ? probed(taken) : data();
    }

    /// Replies that are still to come, in the order of their commands.
    private final class Owed {
        private final boolean[] asked;
        private final ClientMail.@Nullable Forwarding forwards;
        private int next;
        private boolean mail = true;
        private boolean refused;

        /// @param forwards null for none
        Owed(boolean[] asked, ClientMail.@Nullable Forwarding forwards) {
            this.asked = asked;
            this.forwards = forwards;
        }

        /// Reads those for MAIL and the recipients before this one.
        ///
        /// @return false where MAIL was refused
        boolean read(int upTo) throws IOException {
            if (mail) {
                mail = false;
                if (forwards != null) {
                    forwardReply(ClientStage.XFORWARD_CLIENT, forwards.client(), forwards);
                    forwardReply(ClientStage.XFORWARD_MAIL, forwards.mail(), forwards);
                }
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
        ClientMail.Forwarding forwards = mail.forwards();
        if (forwards != null) {
            forwarded(ClientStage.XFORWARD_CLIENT, forwards.client(), forwards);
            forwarded(ClientStage.XFORWARD_MAIL, forwards.mail(), forwards);
        }
        mailFrom(out);
        dialogue.send(out, timeouts.mail());
        if (!mailReply()) {
            return End.RESET;
        }
        for (int i = 0; i < mail.recipients(); i++) {
            if (mail.open(i)) {
                out.setLength(0);
                rcptTo(out, i);
                dialogue.send(out, timeouts.rcpt());
                rcptReply(i, false);
            }
        }
        if (mail.reach() == ClientMail.Reach.RCPT) {
            return probed(true);
        }
        if (accepted.isEmpty()) {
            return End.RESET;
        }
        if (chunked()) {
            return chunks();
        }
        dialogue.send(DATA, timeouts.dataInit());
        return data();
    }

    private End data() throws IOException {
        ServerReply r = reply(ClientStage.DATA, timeouts.dataInit());
        return switch (ClientStep.of(ClientStage.DATA, r.code(), !accepted.isEmpty())) {
            case GO_ON -> mail.reach() == ClientMail.Reach.DATA ? asked(r) : content();
            case END_EMPTY -> {
                dialogue.stage(ClientStage.END_OF_DATA);
                dialogue.send(".\r\n", timeouts.dataDone());
                reply(ClientStage.END_OF_DATA, timeouts.dataDone());
                yield End.QUIT;
            }
            case PROTOCOL_ERROR -> {
                mail.outOfStep(r);
                // What comes next answers nothing that is known.
                yield End.QUIT;
            }
            case MESSAGE_REFUSED -> {
                mail.refused(ClientStage.DATA, r);
                yield End.RESET;
            }
            case GIVE_UP -> End.RESET;
            case TRY_HELO, SITE_REFUSED, RECIPIENT_REFUSED ->
                    throw new IllegalStateException("no verdict on DATA");
        };
    }

    /// Recipients have been asked for: nothing is left open behind a probe, whatever follows.
    ///
    /// @param begun the server has taken the sender
    private End probed(boolean begun) {
        if (!begun) {
            return End.RESET;
        }
        return dialogue.reset(timeouts.rset()) ? End.CLEAN : End.QUIT;
    }

    /// The server would take a content, and gets none: not even a dot, which would send an empty
    /// one.
    private End asked(ServerReply said) {
        ServerReply r = new ServerReply(said.code(), TAKEN, said.text(), said.lines());
        for (int n = accepted.nextSetBit(0); n >= 0; n = accepted.nextSetBit(n + 1)) {
            mail.taken(n, r);
        }
        return End.HANG_UP;
    }

    private End content() throws IOException {
        dialogue.stage(ClientStage.BODY);
        mail.content(dialogue.connection());
        if (mail.answeredEach()) {
            return eachReply(ClientStage.END_OF_DATA);
        }
        ServerReply done = reply(ClientStage.END_OF_DATA, timeouts.dataDone());
        if (ClientStep.of(ClientStage.END_OF_DATA, done.code(), true) == ClientStep.GO_ON) {
            mail.taken(done);
            return End.CLEAN;
        }
        mail.refused(ClientStage.END_OF_DATA, done);
        return End.QUIT;
    }

    // ---- chunks

    private boolean chunked() {
        return mail.reach() == ClientMail.Reach.CONTENT
                && mail.chunked()
                && dialogue.offers(Offer.CHUNKING);
    }

    /// The content in chunks, once it is known that somebody is to get it: what is lost before the
    /// last is written was never whole at the other side.
    private End chunks() throws IOException {
        Sent sent = new Sent();
        try {
            mail.content(sent);
            while (sent.owed > 1) {
                sent.read();
            }
        } catch (Sent.Refused e) {
            if (e.reply.code() / 10 == 50) {
                // It took what was sent for commands, if it knows no BDAT.
                mail.chunksUnknown(e.reply);
            } else {
                mail.refused(ClientStage.CHUNK, e.reply);
            }
            return End.QUIT;
        }
        if (mail.answeredEach()) {
            return eachReply(ClientStage.LAST_CHUNK);
        }
        ServerReply done = reply(ClientStage.LAST_CHUNK, timeouts.dataDone());
        if (ClientStep.of(ClientStage.LAST_CHUNK, done.code(), true) == ClientStep.GO_ON) {
            mail.taken(done);
            return End.CLEAN;
        }
        if (done.code() / 10 == 50 && sent.chunks == 1) {
            mail.chunksUnknown(done);
        } else {
            mail.refused(ClientStage.LAST_CHUNK, done);
        }
        return End.QUIT;
    }

    /// Chunks under way. With PIPELINING one goes before the reply to the one before it is read.
    private final class Sent implements ClientMail.Chunks {
        private int chunks;
        private int owed;
        private boolean last;

        /// A chunk was not taken.
        static final class Refused extends IOException {
            private static final long serialVersionUID = 1;

            private final transient ServerReply reply;

            Refused(ServerReply reply) {
                super("chunk refused");
                this.reply = reply;
            }
        }

        @Override
        public void begins(int octets, boolean isLast) throws IOException {
            while (owed > (dialogue.offers(Offer.PIPELINING) ? 1 : 0)) {
                read();
            }
            last = isLast;
            dialogue.stage(last ? ClientStage.LAST_CHUNK : ClientStage.CHUNK);
            byte[] line =
                    ("BDAT " + octets + (last ? " LAST" : "") + "\r\n")
                            .getBytes(StandardCharsets.US_ASCII);
            dialogue.connection().deadline(timeouts.dataInit());
            dialogue.connection().write(line, 0, line.length);
            chunks++;
            owed++;
        }

        private void read() throws IOException {
            ClientStage at = last ? ClientStage.LAST_CHUNK : ClientStage.CHUNK;
            ServerReply r = reply(at, timeouts.dataDone());
            owed--;
            if (ClientStep.of(at, r.code(), true) != ClientStep.GO_ON) {
                throw new Refused(r);
            }
        }
    }

    /// One reply for each recipient that was accepted, in their order. Where the connection ends
    /// before the last, those that came count.
    private End eachReply(ClientStage at) throws IOException {
        for (int n = accepted.nextSetBit(0); n >= 0; n = accepted.nextSetBit(n + 1)) {
            ServerReply r = reply(at, timeouts.dataDone());
            if (ClientStep.of(at, r.code(), true) == ClientStep.GO_ON) {
                mail.taken(n, r);
            } else {
                mail.refusedAtEnd(n, r);
            }
        }
        return End.CLEAN;
    }

    // ---- replies

    private ServerReply reply(ClientStage at, long timeoutMillis) throws IOException {
        ServerReply r = dialogue.reply(at, timeoutMillis);
        if (reused && !answered && r.code() == 421) {
            // It had said goodbye while it waited, or says so now: no verdict on this mail.
            stale = true;
            throw new IOException("stale");
        }
        answered = true;
        return r;
    }

    private void forwarded(ClientStage stage, String line, ClientMail.Forwarding of)
            throws IOException {
        StringBuilder out = new StringBuilder();
        forward(out, line);
        if (!out.isEmpty()) {
            dialogue.send(out, of.timeoutMillis());
            forwardReply(stage, line, of);
        }
    }

    private void forwardReply(ClientStage stage, String line, ClientMail.Forwarding of)
            throws IOException {
        if (!line.isEmpty()) {
            ServerReply r = reply(stage, of.timeoutMillis());
            if (r.code() / 100 != 2) {
                mail.forwardRefused(stage, r);
            }
        }
    }

    private boolean mailReply() throws IOException {
        ServerReply r = reply(ClientStage.MAIL, timeouts.mail());
        if (ClientStep.of(ClientStage.MAIL, r.code(), false) == ClientStep.GO_ON) {
            return true;
        }
        mail.refused(ClientStage.MAIL, r);
        return false;
    }

    private void rcptReply(int n, boolean ignored) throws IOException {
        ServerReply r = reply(ClientStage.RCPT, timeouts.rcpt());
        if (ignored) {
            return;
        }
        if (ClientStep.of(ClientStage.RCPT, r.code(), false) == ClientStep.GO_ON) {
            accepted.set(n);
            mail.accepted(n);
            if (mail.reach() == ClientMail.Reach.RCPT) {
                mail.taken(n, r);
            }
        } else {
            mail.recipientRefused(n, r);
        }
    }

    // ---- commands

    private static void forward(StringBuilder out, String line) {
        if (!line.isEmpty()) {
            int begin = out.length();
            out.append(line);
            endLine(out, begin);
        }
    }

    private void mailFrom(StringBuilder out) {
        int begin = out.length();
        mail.mailFrom(out);
        endLine(out, begin);
    }

    private void rcptTo(StringBuilder out, int n) {
        int begin = out.length();
        mail.rcptTo(out, n);
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
}
