package org.postrider.smtpd;

import java.io.EOFException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.postrider.maps.TableException;
import org.postrider.wire.Command;

/// The *proceed* half of a session's dialogue: plain blocking code. [Dialogue] says which command
/// may come; here it takes effect. Session thread only.
final class CommandLoop {
    private final Session s;
    private final CommandCounts counts;
    private final EnvelopeCommands envelope;

    CommandLoop(Session session, CommandCounts counts) {
        this.s = session;
        this.counts = counts;
        this.envelope = new EnvelopeCommands(session);
    }

    /// Until the client, or we, have said the last word.
    void run() throws IOException {
        while (s.answers.open()) {
            if (s.answers.tooManyErrors()) {
                s.send(SmtpdReplies.tooManyErrors(s.d.hostname));
                s.info("too many errors after " + s.place.command() + " from " + s.client());
                break;
            }
            if (!s.in.lineReady()) {
                s.flush();
            }
            s.connection.idle(true);
            String line = s.in.line();
            s.connection.idle(false);
            if (line == null) {
                throw new EOFException();
            }
            if (line.length() == s.d.lineLimit && s.in.cut()) {
                String shown = Texts.clipped(line, 30);
                s.warn(s.client() + ": request longer than " + s.d.lineLimit + ": " + shown);
            }
            if (s.in.bareLf() && s.d.bareNewline.refuses(s.t.client)) {
                s.rejects.log("reject", "bare <LF> received");
                s.send(s.d.bareNewline.reply());
                break;
            }
            guarded(line);
        }
        s.flush();
    }

    /// A table that cannot answer, and of which the rules do not know, ends the session: the client
    /// may come again.
    private void guarded(String line) throws IOException {
        try {
            command(line);
        } catch (TableException e) {
            s.warn(e);
            s.dataError();
        }
    }

    private void command(String octets) throws IOException {
        int nul = octets.indexOf('\0');
        @Nullable String line = nul < 0 ? octets : octets.substring(0, nul);
        if (s.d.smtputf8 && !Texts.utf8(line)) {
            s.error(SmtpdReplies.BAD_UTF8);
            return;
        }
        if (s.d.commandFilter != null) {
            line = s.d.commandFilter.filtered(line, s);
        }
        if (line == null) {
            return;
        }
        s.transcript.heard(line);
        if (line.isBlank()) {
            s.error(SmtpdReplies.BLANK);
        } else if (s.d.unknownCommands.noop(s, Texts.firstWord(line))) {
            s.send(SmtpdReplies.OK);
            s.answers.junk();
        } else {
            proceed(Command.parse(line), line);
        }
    }

    private void proceed(Command command, String line) throws IOException {
        String verb = Verbs.verb(command);
        s.place.at(verb);
        counts.tried(verb);
        if (command instanceof Command.Unknown u && s.d.unknownCommands.foreign(s, u, line)) {
            return;
        }
        if (s.greeting.refused() && !(command instanceof Command.Quit)) {
            s.error(SmtpdReplies.accessDenied(s.client()));
            return;
        }
        if (s.pipelining.behind(command)) {
            return;
        }
        int errorsBefore = s.answers.errorsEver();
        boolean tooPlain = s.d.tlsRequired && s.t.tls == null && Verbs.needsTls(command);
        switch (tooPlain ? Dialogue.STARTTLS_FIRST : s.d.dialogue.step(s.t.state(), command)) {
            case Dialogue.Step.Refuse r when command instanceof Command.Bdat b ->
                    s.chunks.refuse(b.arguments(), r.reply());
            case Dialogue.Step.Refuse r -> s.error(r.reply());
            case Dialogue.Step.Proceed _ -> effect(command);
        }
        s.place.received(s.t.chunking ? s.chunks.octets() : -1);
        if (s.answers.errorsEver() == errorsBefore) {
            counts.succeeded(verb);
        }
        if (Verbs.limited(command)) {
            s.answers.junk();
        }
    }

    private void effect(Command command) throws IOException {
        if (Verbs.seenByMilters(command) && s.milters.refused()) {
            return;
        }
        switch (command) {
            case Command.Helo c -> s.greeting.hello(c.arguments(), false);
            case Command.Ehlo c -> s.greeting.hello(c.arguments(), true);
            case Command.Mail c -> envelope.mail(c.arguments());
            case Command.Rcpt c -> envelope.rcpt(c.arguments());
            case Command.Data _ -> new DataReceiver(s).command();
            case Command.Bdat c -> s.chunks.chunk(c.arguments());
            case Command.Rset _ -> {
                s.abandon();
                s.send(SmtpdReplies.OK);
            }
            case Command.Noop _ -> s.send(SmtpdReplies.OK);
            case Command.Vrfy c -> envelope.vrfy(c.arguments());
            case Command.Etrn c -> envelope.etrn(c.arguments());
            case Command.Quit _ -> {
                s.send(SmtpdReplies.BYE);
                s.answers.end();
            }
            case Command.StartTls _ -> new StartTls(s).command();
            case Command.Auth c -> new Authentication(s).command(c.arguments());
            case Command.Xclient c -> new Impersonation(s).xclient(c.arguments());
            case Command.Xforward c -> new Impersonation(s).xforward(c.arguments());
            case Command.Unknown _ -> {
                if (!s.milters.refused()) {
                    s.error(SmtpdReplies.NOT_RECOGNIZED);
                }
            }
        }
    }
}
