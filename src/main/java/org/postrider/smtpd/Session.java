package org.postrider.smtpd;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.io.Connection;
import org.postrider.io.DeadlineException;
import org.postrider.io.EndedException;
import org.postrider.log.LogEvent;
import org.postrider.log.LogTag;
import org.postrider.maps.TableException;
import org.postrider.queue.QueueId;
import org.postrider.tls.TlsConnection;
import org.postrider.wire.Command;
import org.postrider.wire.Reply;

/// The *proceed* half of a session: plain blocking code on the session's thread. [Dialogue] says
/// which command may come; here it takes effect.
final class Session {
    private static final int MOST_OUTPUT = 4096;
    private static final Dialogue.Step STARTTLS_FIRST =
            new Dialogue.Step.Refuse(SmtpdReplies.STARTTLS_FIRST);

    final Smtpd d;
    Connection connection;
    final LogTag tag;
    final SessionInput in;
    final Transaction t;
    final Judge judge;

    /// What is counted of this client, null for nothing.
    final ClientLimits.@Nullable Events events;

    private final EnvelopeCommands envelope;
    int depth;

    private final StringBuilder out = new StringBuilder();
    private final CommandCounts counts = new CommandCounts();
    private Set<String> discarded;
    private int errors;
    private int junk;
    private String where = "CONNECT";
    private boolean open = true;
    private @Nullable Reply clientRefused;
    private ChunkReceiver.@Nullable Chunks chunks;
    private boolean illegallyPipelined;
    private long received = -1;

    /// Octets of the chunks of the mail in progress.
    long chunkOctets;

    /// The same as Postfix counts them, of the finished mail.
    long chunkSize;

    Session(Smtpd d, Connection connection, LogTag tag) {
        this.d = d;
        this.connection = connection;
        this.tag = tag;
        this.in = new SessionInput(connection, d.lineLimit, d.timeoutMillis);
        this.discarded = d.discarded;
        InetAddress address = InetAddress.getLoopbackAddress();
        int port = 0;
        if (connection.remote() instanceof InetSocketAddress a) {
            address = a.getAddress();
            port = a.getPort();
        }
        this.t = new Transaction(d.names.client(address, port, d.lookUpNames));
        this.events = d.limits.events(this);
        this.judge = new Judge(this);
        this.envelope = new EnvelopeCommands(this, judge);
    }

    /// From greeting to disconnect. Local trouble and bugs end this session only.
    void run() {
        String complaint = t.client.complaint();
        if (complaint != null) {
            warn(complaint);
        }
        d.log.event(tag, new LogEvent.Connect(client()));
        try {
            Reply refusal = events == null ? null : events.connected();
            if (refusal != null) {
                lastWord(refusal);
            } else {
                if (d.tlsWrapped) {
                    new StartTls(this).handshake();
                }
                greet();
                commands();
            }
        } catch (EndedException e) {
            d.log.info(tag, "ended by a stop after " + place() + " from " + client());
            lastWord(SmtpdReplies.stopping(d.hostname));
        } catch (DeadlineException e) {
            d.log.info(tag, "timeout after " + place() + " from " + client());
            lastWord(SmtpdReplies.timeout(d.hostname));
        } catch (IOException e) {
            d.log.info(tag, lost());
        } catch (RuntimeException e) {
            d.log.panic(tag, "session with " + client(), e);
            lastWord(Reply.of(421, 3, 0, d.hostname + " Error: internal error"));
        }
        abandonChunks();
        if (events != null) {
            events.disconnected();
        }
        d.log.event(tag, new LogEvent.Disconnect(client(), counts.text()));
        if (t.tls != null) {
            t.tls.close();
        }
    }

    private String lost() {
        return "lost connection after " + place() + " from " + client();
    }

    /// The command, and within content how much of it has come.
    private String place() {
        return received < 0 ? where : where + " (" + received + " bytes)";
    }

    String client() {
        return d.portLogging
                ? t.client.nameAndAddress() + ":" + t.client.port()
                : t.client.nameAndAddress();
    }

    private void lastWord(Reply reply) {
        try {
            send(reply);
            flush();
        } catch (IOException e) {
            // gone already
        }
    }

    void greet() throws IOException {
        discarded = discardedFor(t.client);
        t.trace.clear();
        if (!d.delayReject) {
            Verdict v = judge.early(d.clientRules, Restrictions.Stage.CLIENT);
            if (v instanceof Verdict.Reject r) {
                clientRefused = r.reply();
                answerReject(Restrictions.Stage.CLIENT, r.reply());
                return;
            }
        }
        if (!in.arrived() || !tooEarly()) {
            send(Reply.plain(220, d.banner));
        }
    }

    private Set<String> discardedFor(Client client) {
        if (d.discardMaps == null) {
            return d.discarded;
        }
        try {
            String found = d.discardMaps.lookup(client.ip());
            if (found == null) {
                return d.discarded;
            }
            Set<String> words = new HashSet<>();
            for (String word : org.postrider.config.Values.words(found)) {
                words.add(word.toUpperCase(Locale.ROOT));
            }
            return words;
        } catch (TableException e) {
            warn(String.valueOf(e.getMessage()));
            return d.discarded;
        }
    }

    private void commands() throws IOException {
        while (open) {
            if (errors >= d.hardErrors) {
                send(SmtpdReplies.tooManyErrors(d.hostname));
                d.log.info(tag, "too many errors after " + where + " from " + client());
                break;
            }
            if (!in.lineReady()) {
                flush();
            }
            connection.idle(true);
            String line = in.line();
            connection.idle(false);
            if (line == null) {
                d.log.info(tag, lost());
                return;
            }
            if (line.length() == d.lineLimit && in.cut()) {
                warn(
                        client()
                                + ": request longer than "
                                + d.lineLimit
                                + ": "
                                + Texts.clipped(line, 30));
            }
            if (in.bareLf() && refusesBareLf()) {
                logReject("reject", "bare <LF> received");
                send(bareLf());
                break;
            }
            command(line);
        }
        flush();
    }

    private void command(String octets) throws IOException {
        int nul = octets.indexOf('\0');
        String line = nul < 0 ? octets : octets.substring(0, nul);
        if (line.isBlank()) {
            error(SmtpdReplies.BLANK);
        } else if (d.smtputf8 && !Texts.utf8(line)) {
            error(SmtpdReplies.BAD_UTF8);
        } else {
            proceed(Command.parse(line), line);
        }
    }

    boolean refusesBareLf() {
        return d.bareNewline.equals("reject")
                && !d.bareNewlineExclusions.contains(t.client.name(), t.client.address());
    }

    Reply bareLf() {
        return Reply.of(d.bareNewlineCode, 5, 2, d.hostname + " Error: bare <LF> received");
    }

    /// A client that sends before it may (RFC 2920): only some commands can be pipelined, and only
    /// where we offered it. Told once; true where the session ends for it.
    private boolean early(Command command) throws IOException {
        boolean last =
                switch (command) {
                    case Command.Ehlo _, Command.Helo _, Command.StartTls _, Command.Auth _ -> true;
                    case Command.Data _, Command.Noop _, Command.Vrfy _, Command.Etrn _ -> true;
                    case Command.Xclient _, Command.Xforward _ -> true;
                    case Command.Mail _, Command.Rcpt _, Command.Rset _, Command.Bdat _ -> false;
                    case Command.Quit _ -> false;
                    case Command.Unknown _ -> false;
                };
        boolean pipelines = t.esmtp && !discarded.contains("PIPELINING");
        boolean ends = command instanceof Command.Quit;
        if (illegallyPipelined || ends || (pipelines && !last) || !in.pending()) {
            return false;
        }
        return tooEarly();
    }

    /// Says in the log what came too early; true where the session ends for it.
    private boolean tooEarly() throws IOException {
        illegallyPipelined = true;
        String more =
                new String(
                        in.buffer(),
                        in.start(),
                        Math.min(in.end() - in.start(), 100),
                        StandardCharsets.ISO_8859_1);
        d.log.info(
                tag,
                "improper command pipelining after "
                        + where
                        + " from "
                        + client()
                        + ": "
                        + more.replace("\r", "\\r").replace("\n", "\\n"));
        if (d.forbidPipelining) {
            send(SmtpdReplies.SYNCHRONIZATION);
            open = false;
        }
        return d.forbidPipelining;
    }

    /// True where the client did not wait for a reply it should have waited for.
    boolean clientPipelined() {
        return illegallyPipelined;
    }

    private void proceed(Command command, String line) throws IOException {
        where = Verbs.verb(command);
        received = -1;
        String verb = where;
        counts.tried(verb);
        if (clientRefused != null && !(command instanceof Command.Quit)) {
            error(Reply.of(503, 7, 0, "Error: access denied for " + client()));
            return;
        }
        if (!(command instanceof Command.Unknown) && early(command)) {
            return;
        }
        int errorsBefore = errors;
        boolean tooPlain = d.tlsRequired && t.tls == null && Verbs.needsTls(command);
        switch (tooPlain ? STARTTLS_FIRST : d.dialogue.step(t.state(), command)) {
            case Dialogue.Step.Refuse r -> refuse(command, r.reply());
            case Dialogue.Step.Proceed _ -> effect(command, line);
        }
        received = t.chunking ? chunkOctets : -1;
        if (errors == errorsBefore) {
            counts.succeeded(verb);
        }
        if (Verbs.limited(command) && junk++ > d.junkLimit) {
            errors++;
        }
    }

    private void refuse(Command command, Reply reply) throws IOException {
        if (command instanceof Command.Bdat b) {
            new ChunkReceiver(this).refuse(b.arguments(), reply);
            return;
        }
        error(reply);
    }

    private void effect(Command command, String line) throws IOException {
        switch (command) {
            case Command.Helo c -> helo(c.arguments(), false);
            case Command.Ehlo c -> helo(c.arguments(), true);
            case Command.Mail c -> envelope.mail(c.arguments());
            case Command.Rcpt c -> envelope.rcpt(c.arguments());
            case Command.Data _ -> data();
            case Command.Bdat c -> new ChunkReceiver(this).chunk(c.arguments());
            case Command.Rset _ -> {
                abandon();
                send(SmtpdReplies.OK);
            }
            case Command.Noop _ -> send(SmtpdReplies.OK);
            case Command.Vrfy c -> envelope.vrfy(c.arguments());
            case Command.Etrn c -> envelope.etrn(c.arguments());
            case Command.Quit _ -> {
                send(SmtpdReplies.BYE);
                open = false;
            }
            case Command.StartTls _ -> new StartTls(this).command();
            case Command.Auth _ -> error(SmtpdReplies.AUTH_DISABLED);
            case Command.Xclient c -> new Impersonation(this).xclient(c.arguments());
            case Command.Xforward c -> new Impersonation(this).xforward(c.arguments());
            case Command.Unknown c -> unknown(c, line);
        }
    }

    private void unknown(Command.Unknown c, String line) throws IOException {
        String verb = c.verb();
        if (d.noops.contains(verb.toUpperCase(Locale.ROOT))) {
            if (junk++ > d.junkLimit) {
                errors++;
            }
            send(SmtpdReplies.OK);
            return;
        }
        if (!verb.isEmpty() && (d.forbidden.contains(verb) || Texts.headerLine(line))) {
            d.log.warning(
                    tag, "non-SMTP command from " + client() + ": " + Texts.clipped(line, 100));
            send(SmtpdReplies.BREAKS_RULES);
            open = false;
            errors++;
            return;
        }
        error(SmtpdReplies.NOT_RECOGNIZED);
    }

    private void helo(String name, boolean esmtp) throws IOException {
        t.helo = Texts.neutral(String.join(" ", MailParameters.words(name)));
        if (!d.delayReject) {
            Verdict v = judge.early(d.heloRules, Restrictions.Stage.HELO);
            if (v instanceof Verdict.Reject r) {
                answerReject(Restrictions.Stage.HELO, r.reply());
                t.helo = "";
                return;
            }
        }
        abandon();
        t.esmtp = esmtp;
        t.greeted = true;
        if (!esmtp) {
            send(Reply.plain(250, d.hostname));
            return;
        }
        if (!discarded.isEmpty() && !discarded.contains("SILENT-DISCARD")) {
            d.log.info(tag, "discarding EHLO keywords: " + Ehlo.named(discarded));
        }
        send(new Reply(250, null, new Ehlo(d, discarded, t).lines()));
    }

    private void data() throws IOException {
        Verdict v = judge.afterRecipients(d.dataRules, Restrictions.Stage.DATA);
        if (v instanceof Verdict.Reject r) {
            answerReject(Restrictions.Stage.DATA, r.reply());
            return;
        }
        send(SmtpdReplies.END_DATA);
        if (!in.pending()) {
            flush();
        }
        new DataReceiver(this).receive();
    }

    // ---- answering

    /// A refusal: logged as Postfix does, counted, sent.
    void answerReject(Restrictions.Stage stage, Reply reply) throws IOException {
        Reply said = softened(reply);
        logReject("reject", stage, said);
        error(said);
    }

    void logReject(String action, Restrictions.Stage stage, Reply reply) {
        String at =
                where.equals("CONNECT") || stage == Restrictions.Stage.END_OF_DATA
                        ? stage.where
                        : where;
        logReject(action, at, shown(reply.line()), stage == Restrictions.Stage.SENDER);
    }

    void logReject(String action, String text) {
        logReject(action, where, text, false);
    }

    private void logReject(String action, String at, String why, boolean withSender) {
        StringBuilder text = new StringBuilder(200);
        text.append(at).append(" from ").append(client()).append(": ").append(why).append(';');
        if (t.inMail || withSender) {
            text.append(" from=<").append(Rules.external(t.sender)).append('>');
        }
        Address r = t.recipient;
        if (r == null && t.recipients.size() == 1) {
            r = t.recipients.getFirst().address();
        }
        if (r != null) {
            text.append(" to=<").append(Rules.external(r)).append('>');
        }
        text.append(" proto=").append(t.protocol());
        if (!t.helo.isEmpty()) {
            text.append(" helo=<").append(t.helo).append('>');
        }
        d.log.event(tag, new LogEvent.Reject(idText(), action, text.toString()));
    }

    String idText() {
        QueueId id = t.id;
        return id == null ? "NOQUEUE" : id.text();
    }

    /// Controls, and without SMTPUTF8 all above ASCII, become blanks.
    private String shown(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (unshown(text.charAt(i))) {
                StringBuilder out = new StringBuilder(text);
                for (int k = i; k < out.length(); k++) {
                    if (unshown(out.charAt(k))) {
                        out.setCharAt(k, ' ');
                    }
                }
                return out.toString();
            }
        }
        return text;
    }

    private boolean unshown(char c) {
        return c < ' ' || c == 127 || (c > 127 && !d.smtputf8);
    }

    void info(String text) {
        d.log.info(tag, text);
    }

    void warn(String text) {
        d.log.warning(tag, text);
    }

    private Reply softened(Reply reply) {
        if (!d.softBounce || reply.code() < 500) {
            return reply;
        }
        return new Reply(
                reply.code() - 100,
                reply.status() == null ? null : reply.status().as(4),
                reply.lines());
    }

    /// A reply that counts as the client's error; after some of them replies are slow.
    void error(Reply reply) throws IOException {
        errors++;
        if (errors > d.softErrors && d.errorSleepMillis > 0) {
            flush();
            LockSupport.parkNanos(d.errorSleepMillis * 1_000_000L);
        }
        send(softened(reply));
    }

    void send(Reply reply) throws IOException {
        if (reply.code() == 421 || reply.code() == 521) {
            open = false;
        }
        List<String> lines = reply.lines();
        for (int i = 0; i < lines.size(); i++) {
            out.append(reply.code()).append(i + 1 < lines.size() ? '-' : ' ');
            if (reply.status() != null) {
                out.append(reply.status()).append(' ');
            }
            out.append(shown(lines.get(i))).append("\r\n");
        }
        if (out.length() > MOST_OUTPUT) {
            flush();
        }
    }

    void flush() throws IOException {
        if (!out.isEmpty()) {
            byte[] octets = out.toString().getBytes(StandardCharsets.ISO_8859_1);
            out.setLength(0);
            connection.deadline(d.timeoutMillis);
            connection.write(octets, 0, octets.length);
        }
    }

    /// All that follows goes through TLS; what came before it is forgotten.
    void secured(TlsConnection secure) {
        connection = secure;
        in.replace(secure);
        abandon();
        t.begin(secure);
    }

    /// The session ends behind what is sent.
    void end() {
        open = false;
    }

    /// How much content has come, -1 outside of content.
    void received(long octets) {
        received = octets;
    }

    /// Where the session stands, for lost connection and timeout lines.
    void where(String text) {
        where = text;
    }

    Set<String> discarded() {
        return discarded;
    }

    String where() {
        return where;
    }

    boolean discards(String keyword) {
        return discarded.contains(keyword);
    }

    /// The chunks of the mail in progress; begins them with the first.
    ChunkReceiver.Chunks chunks() throws IOException {
        ChunkReceiver.Chunks c = chunks;
        if (c == null) {
            org.postrider.message.ContentWriter writer = new SafeWriter(d.cleanup.content());
            c = new ChunkReceiver.Chunks(writer, new DataReceiver(this).begin(writer, false));
            chunks = c;
        }
        return c;
    }

    void chunksDone() {
        chunks = null;
        chunkOctets = 0;
    }

    void abandonChunks() {
        ChunkReceiver.Chunks c = chunks;
        chunks = null;
        chunkOctets = 0;
        if (c != null) {
            c.writer().close();
        }
    }

    /// Forgets the mail in progress.
    void abandon() {
        abandonChunks();
        t.resetMail();
    }

    void delivered() {
        junk = 0;
        t.resetMail();
    }
}
