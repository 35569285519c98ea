package org.postrider.smtpd.session;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.postrider.config.Settings;
import org.postrider.maps.Tables;
import org.postrider.smtpd.SmtpdParams;
import org.postrider.smtpd.SmtpdReplies;
import org.postrider.time.Clock;
import org.postrider.wire.NotifyClass;
import org.postrider.wire.Reply;

/// What the server says: replies are gathered until the client waits for them. Counts the client's
/// errors, and knows when the session is at its end. Session thread only.
public final class Answers {
    private static final int MOST_OUTPUT = 4096;

    /// What the settings say.
    ///
    /// @param timeoutMillis smtpd_timeout, for what is written
    record Terms(
            RejectTexts texts,
            ErrorLimits errors,
            long timeoutMillis,
            boolean softBounce,
            boolean smtputf8) {
        public static Terms of(Settings settings, Tables tables, Clock clock) {
            return new Terms(
                    new RejectTexts(settings, tables, clock),
                    new ErrorLimits(
                            settings.get(SmtpdParams.SOFT_ERROR_LIMIT),
                            settings.get(SmtpdParams.HARD_ERROR_LIMIT),
                            settings.get(SmtpdParams.JUNK_COMMAND_LIMIT),
                            settings.get(SmtpdParams.ERROR_SLEEP).toMillis()),
                    settings.get(SmtpdParams.TIMEOUT).toMillis(),
                    settings.get(SmtpdParams.SOFT_BOUNCE),
                    settings.get(SmtpdParams.SMTPUTF8_ENABLE));
        }
    }

    /// How many errors make replies slow, and end the session.
    record ErrorLimits(int soft, int hard, int junk, long sleepMillis) {}

    private final Session s;
    private final Terms terms;
    private final Transcript transcript;
    private final StringBuilder out = new StringBuilder();
    private int errors;
    private int errorsEver;
    private int junk;
    private boolean open = true;

    Answers(Session session, Terms terms, Transcript transcript) {
        this.s = session;
        this.terms = terms;
        this.transcript = transcript;
    }

    /// Gathers a reply; 421 and 521 are the session's last. After smtpd_soft_error_limit errors all
    /// replies are slow.
    void send(Reply plain) throws IOException {
        if (errors >= terms.errors().soft() && terms.errors().sleepMillis() > 0) {
            flush();
            LockSupport.parkNanos(terms.errors().sleepMillis() * 1_000_000L);
        }
        Reply reply = plain.code() < 400 ? plain : terms.texts().shaped(plain, s);
        if (reply.code() == 421 || reply.code() == 521) {
            open = false;
        }
        transcript.said(reply);
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

    /// A reply that counts as the client's error.
    void error(Reply reply, NotifyClass about) throws IOException {
        transcript.happened(about);
        send(softened(reply));
        blame();
    }

    /// Says it at once, to a client that may be gone already.
    void lastWord(Reply reply) {
        try {
            send(reply);
            flush();
        } catch (IOException e) {
            // gone already
        }
    }

    void flush() throws IOException {
        if (!out.isEmpty()) {
            byte[] octets = out.toString().getBytes(StandardCharsets.ISO_8859_1);
            out.setLength(0);
            s.connection().deadline(terms.timeoutMillis());
            s.connection().write(octets, 0, octets.length);
        }
    }

    /// soft_bounce: what is refused for good may come again.
    Reply softened(Reply reply) {
        return terms.softBounce() ? reply.softened() : reply;
    }

    /// Controls, and without SMTPUTF8 all above ASCII, become blanks.
    String shown(String text) {
        return SmtpdReplies.shown(text, terms.smtputf8());
    }

    /// A command that does no work; too many of them between messages are errors.
    public void junk() {
        if (junk++ > terms.errors().junk()) {
            errors++;
        }
    }

    /// A mail has come in well: what was before it is forgiven.
    public void forgive() {
        junk = 0;
        errors = 0;
        transcript.forget();
    }

    /// A command line.
    public void heard(String line) {
        transcript.heard(line);
    }

    /// An error that has been answered.
    public void blame() {
        errors++;
        errorsEver++;
    }

    /// Errors of the whole session, forgiven ones included.
    public int errorsEver() {
        return errorsEver;
    }

    /// smtpd_hard_error_limit.
    public boolean tooManyErrors() {
        return errors >= terms.errors().hard();
    }

    /// The session ends behind what is sent.
    public void end() {
        open = false;
    }

    public boolean open() {
        return open;
    }
}
