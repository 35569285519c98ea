package org.postrider.smtpd.dialogue;

import java.io.EOFException;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigParams;
import org.postrider.config.Param;
import org.postrider.config.Settings;
import org.postrider.log.SessionEvent;
import org.postrider.maps.StringList;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;
import org.postrider.smtpd.SmtpdParams;
import org.postrider.smtpd.SmtpdReplies;
import org.postrider.smtpd.command.Quit;
import org.postrider.smtpd.command.Unknown;
import org.postrider.smtpd.command.Verb;
import org.postrider.smtpd.command.Verbs;
import org.postrider.smtpd.input.BareNewline;
import org.postrider.smtpd.input.CommandCounts;
import org.postrider.smtpd.input.Texts;
import org.postrider.smtpd.session.About;
import org.postrider.smtpd.session.Admission;
import org.postrider.smtpd.session.Mail;
import org.postrider.smtpd.session.Session;
import org.postrider.smtpd.session.Talk;
import org.postrider.wire.Command;
import org.postrider.wire.NotifyClass;

/// The *proceed* half of a session's dialogue: plain blocking code. [Dialogue] says which command
/// may come; here it takes effect. One for each listener, immutable; each session runs it on its
/// own thread.
public final class CommandLoop implements Talk {
    private final Verbs verbs;
    private final Dialogue dialogue;
    private final String hostname;
    private final int lineLimit;
    private final boolean smtputf8;
    private final BareNewline bareNewline;
    private final StringList noops;
    private final @Nullable CommandFilter filter;

    public CommandLoop(Settings settings, Tables tables, Verbs verbs, Dialogue dialogue) {
        this.verbs = verbs;
        this.dialogue = dialogue;
        hostname = settings.get(ConfigParams.MYHOSTNAME);
        lineLimit = settings.get(SmtpdParams.LINE_LENGTH_LIMIT);
        smtputf8 = settings.get(SmtpdParams.SMTPUTF8_ENABLE);
        bareNewline = new BareNewline(settings, tables);
        Param<List<String>> idle = SmtpdParams.NOOP_COMMANDS;
        noops = new StringList(idle.name(), settings.get(idle), tables);
        filter = CommandFilter.of(settings, tables);
    }

    @Override
    public CommandCounts counts() {
        return new CommandCounts(verbs.names());
    }

    @Override
    public void run(Session s, CommandCounts counts) throws IOException {
        while (s.answers.open()) {
            if (s.answers.tooManyErrors()) {
                s.send(SmtpdReplies.tooManyErrors(hostname), NotifyClass.PROTOCOL);
                s.log(
                        new SessionEvent.Ended(
                                SessionEvent.Cause.TOO_MANY_ERRORS, s.place.command(), s.client()));
                break;
            }
            if (!s.in.lineReady()) {
                s.flush();
            }
            s.connection().idle(true);
            String line = s.in.line();
            s.connection().idle(false);
            if (line == null) {
                throw new EOFException();
            }
            if (line.length() == lineLimit && s.in.cut()) {
                String shown = Texts.clipped(line, 30);
                s.log(new SessionEvent.LineTooLong(s.client(), lineLimit, shown));
            }
            if (s.in.bareLf() && bareNewline.refuses(s.peer())) {
                s.rejects.log("reject", "bare <LF> received");
                s.send(bareNewline.reply(), NotifyClass.PROTOCOL);
                break;
            }
            guarded(s, counts, line);
        }
        s.flush();
    }

    /// A table that cannot answer, and of which the rules do not know, ends the session: the client
    /// may come again.
    private void guarded(Session s, CommandCounts counts, String line) throws IOException {
        try {
            command(s, counts, line);
        } catch (TableException e) {
            s.warn(e);
            s.dataError();
        } finally {
            s.about(About.NOTHING);
        }
    }

    private void command(Session s, CommandCounts counts, String octets) throws IOException {
        int nul = octets.indexOf('\0');
        @Nullable String line = nul < 0 ? octets : octets.substring(0, nul);
        if (smtputf8 && !Texts.utf8(line)) {
            s.error(SmtpdReplies.BAD_UTF8);
            return;
        }
        if (filter != null) {
            line = filter.filtered(line, s);
        }
        if (line == null) {
            return;
        }
        s.answers.heard(line);
        s.place.line(line);
        if (line.isBlank()) {
            s.error(SmtpdReplies.BLANK);
        } else if (Unknown.listed(noops, Texts.firstWord(line), s)) {
            s.send(SmtpdReplies.OK);
            s.answers.junk();
        } else {
            proceed(s, counts, line);
        }
    }

    private void proceed(Session s, CommandCounts counts, String line) throws IOException {
        Command command = Command.parse(line);
        Verb verb = verbs.of(command);
        s.place.at(verb.name());
        counts.tried(verb.name());
        if (verb.foreign(s, command, line)) {
            return;
        }
        if (s.greeting.refused() && !(verb instanceof Quit)) {
            s.error(SmtpdReplies.accessDenied(s.client()), NotifyClass.POLICY);
            return;
        }
        if (s.pipelining.after(verb.is(Verb.Trait.ENDS_GROUP), verb.is(Verb.Trait.ANYHOW))) {
            return;
        }
        int errorsBefore = s.answers.errorsEver();
        switch (dialogue.step(s.state(), s.tls() != null, command)) {
            case Admission.Refuse r -> verb.refuse(s, command.arguments(), r);
            case Admission.Proceed _ -> verb.proceed(s, command);
        }
        Mail mail = s.mail();
        s.place.received(mail == null ? -1 : mail.chunkOctets());
        if (s.answers.errorsEver() == errorsBefore) {
            counts.succeeded(verb.name());
        }
        if (verb.is(Verb.Trait.IDLE)) {
            s.answers.junk();
        }
    }
}
