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

    CommandLoop(Session session, CommandCounts counts) {
        this.s = session;
        this.counts = counts;
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
        } else if (Unknown.listed(s.d.noops, Texts.firstWord(line), s)) {
            s.send(SmtpdReplies.OK);
            s.answers.junk();
        } else {
            proceed(Command.parse(line), line);
        }
    }

    private void proceed(Command command, String line) throws IOException {
        Verb verb = s.d.verbs.of(command);
        s.place.at(verb.name());
        counts.tried(verb.name());
        if (verb.foreign(s, command, line)) {
            return;
        }
        if (s.greeting.refused() && !(verb instanceof Quit)) {
            s.error(SmtpdReplies.accessDenied(s.client()));
            return;
        }
        if (s.pipelining.after(verb)) {
            return;
        }
        int errorsBefore = s.answers.errorsEver();
        switch (s.d.dialogue.step(s.t.state(), s.t.tls != null, command)) {
            case Dialogue.Step.Refuse r -> verb.refuse(s, command.arguments(), r.reply());
            case Dialogue.Step.Proceed _ -> verb.proceed(s, command.arguments());
        }
        s.place.received(s.t.chunkOctets());
        if (s.answers.errorsEver() == errorsBefore) {
            counts.succeeded(verb.name());
        }
        if (verb.is(Verb.Trait.IDLE)) {
            s.answers.junk();
        }
    }
}
