package org.postrider.smtp.session;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.postrider.log.LogTag;
import org.postrider.log.MailLog;
import org.postrider.maps.TableException;
import org.postrider.smtp.policy.SessionKey;
import org.postrider.smtp.policy.TlsLevel;
import org.postrider.smtp.route.Server;
import org.postrider.wire.ClientDialogue;

/// An open session with a server: what it is known by, and how often it was used. One thread at a
/// time.
public final class SmtpSession implements ClientDialogue.Oddities, ClientDialogue.Filter {
    private final SessionKey key;
    private final boolean inClear;
    private final Manner manner;
    private final String relay;
    private final long openedNanos;
    private final MailLog log;
    private final ClientDialogue dialogue;
    private int used;
    private boolean retryInClear;
    private boolean verified;
    private boolean loggedIn;
    private String helo = "";
    private boolean tlsKnown;
    private @Nullable TlsReport report;
    private long dotMillis;
    private final Unsaid unsaid = new Unsaid();

    /// Null where nobody is told.
    private final @Nullable Transcript transcript;

    /// Of the cache, while it waits there.
    long idleSinceNanos;

    // The mail it carries, for warnings.
    private String queueId = "";
    private LogTag tag;

    /// How a transport's sessions are held.
    ///
    /// @param lineLimit octets of a reply's line that are kept
    /// @param quitMillis how long the reply to QUIT is waited for; 0: it is not
    /// @param discardMaps the parameter with which a keyword is passed over
    /// @param replies what its servers say is changed by
    /// @param perRequest smtp_per_request_deadline
    /// @param readers who hears of what is said
    record Manner(
            int lineLimit,
            long quitMillis,
            String discardMaps,
            ReplyFilter replies,
            boolean perRequest,
            Transcript.Readers readers) {}

    /// @param opening the connection, and for whom it was opened
    /// @param inClear it goes without TLS where its policy would have had it: kept for nobody
    SmtpSession(Opened opening, SessionKey key, boolean inClear, Manner manner, MailLog log) {
        this.key = key;
        this.inClear = inClear;
        this.manner = manner;
        this.log = log;
        tag = opening.by();
        openedNanos = opening.atNanos();
        relay = key.server().labelWithPort();
        transcript = manner.readers().transcript(key.server(), this::aloud, this::warn);
        ClientDialogue.Terms terms =
                new ClientDialogue.Terms(manner.lineLimit(), manner.perRequest());
        dialogue = new ClientDialogue(opening.connection(), terms, this, this);
    }

    /// Which mail it may carry besides the one it was opened for.
    public SessionKey key() {
        return key;
    }

    public Server server() {
        return key.server();
    }

    /// `name[address]`, and with the port.
    public String label() {
        return key.server().label();
    }

    public String relay() {
        return relay;
    }

    public ClientDialogue dialogue() {
        return dialogue;
    }

    /// What is asked of TLS in it.
    public TlsLevel level() {
        return inClear ? TlsLevel.NONE : key.policy().level();
    }

    /// What TLS makes of it so far. A server to which the DNS led unvouched for proves that it has
    /// a name, and not that the name is the next hop's: a stranger's would prove its own as well.
    public Secrecy secrecy() {
        if (!dialogue.secured()) {
            return Secrecy.CLEAR;
        }
        return verified && level() != TlsLevel.HALF_DANE ? Secrecy.VERIFIED : Secrecy.ENCRYPTED;
    }

    /// Whether the server proved what its level asks.
    public boolean proved() {
        return verified;
    }

    /// The server proved who it is, as the policy asks.
    public void verified() {
        verified = true;
    }

    /// It may serve the mail after this one, as far as TLS is concerned.
    public boolean mayBeKept() {
        return !inClear && (key.policy().reuse() || !dialogue.secured());
    }

    /// Says goodbye, as the transport does.
    public void quit() {
        dialogue.quit(manner.quitMillis());
    }

    /// Gives up a transaction that lies open, and says goodbye.
    public void resetAndQuit(long resetMillis) {
        dialogue.resetAndQuit(resetMillis, manner.quitMillis());
    }

    /// What is said in it, for the postmaster; null where nobody is told.
    public @Nullable Transcript transcript() {
        return transcript;
    }

    /// A command was refused.
    public void refused(int code) {
        if (transcript != null && Transcript.amiss(code)) {
            transcript.amiss();
        }
    }

    /// This client has logged in over it.
    public boolean loggedIn() {
        return loggedIn;
    }

    public void hasLoggedIn() {
        loggedIn = true;
    }

    /// A login has ended, well or not.
    public void loginIsOver() {
        if (transcript != null) {
            transcript.loginIsOver();
        }
    }

    /// How long the final dot of each mail waits, in a packet of its own; 0: it does not.
    public long dotMillis() {
        return dotMillis;
    }

    public void delaysDot(long millis) {
        dotMillis = millis;
    }

    /// Shows in no text from now on, whatever the server says.
    public void neverSay(String secret) {
        unsaid.add(secret);
    }

    /// What may be shown of a text of the server's.
    public String shown(String text) {
        return unsaid.hidden(text);
    }

    /// Whom it is to be told what becomes of its TLS; null for nobody.
    public @Nullable TlsReport report() {
        return report;
    }

    public void reports(@Nullable TlsReport to) {
        report = to;
    }

    /// Whether it is within TLS, or goes without: not before that is settled.
    public boolean tlsKnown() {
        return tlsKnown;
    }

    public void tlsIsKnown() {
        tlsKnown = true;
    }

    /// The name that its server greeted with; empty before that.
    public String helo() {
        return helo;
    }

    public void helo(String name) {
        helo = name;
    }

    /// Logs what is said, `>` or `<` before it.
    private void aloud(String line) {
        log.info(tag, line.substring(0, 2) + relay + ": " + line.substring(2));
    }

    private void warn(String text) {
        log.warning(tag, text);
    }

    // ---- its use

    /// The mail that it carries from now on.
    public void carries(String mail, LogTag by) {
        queueId = mail;
        tag = by;
    }

    /// How many mails went over it, the present one included.
    public int used() {
        return used;
    }

    public void uses(int more) {
        used += more;
    }

    long openedNanos() {
        return openedNanos;
    }

    /// TLS failed where it is not required: the same server is asked once more, in clear.
    public boolean retryInClear() {
        return retryInClear;
    }

    public void retryInClear(boolean retry) {
        retryInClear = retry;
    }

    // ---- what its server says

    @Override
    public String filtered(String line) throws ReplyFilter.Trouble {
        String instead;
        if (transcript != null) {
            transcript.heard(shown(line));
        }
        try {
            instead = manner.replies().instead(line);
        } catch (TableException e) {
            e.warnings().forEach(text -> log.warning(tag, shown(text)));
            String table = manner.replies().text();
            log.warning(tag, queueId + ": table " + table + " lookup error for " + shown(line));
            throw new ReplyFilter.Trouble(e);
        }
        if (instead == null) {
            return line;
        }
        if (transcript != null) {
            transcript.instead(shown(instead));
        }
        log.info(
                tag,
                relay
                        + ": replacing server reply \""
                        + shown(line)
                        + "\" with \""
                        + shown(instead)
                        + "\"");
        return instead;
    }

    @Override
    public void said(CharSequence lines) {
        if (transcript != null) {
            transcript.said(lines);
        }
    }

    /// It ended because a table of this side could not answer.
    public static boolean ended(IOException e) {
        return e instanceof ReplyFilter.Trouble;
    }

    // ---- what its server says amiss

    @Override
    public void noReplyCode(String line, boolean several) {
        if (transcript != null) {
            transcript.amiss();
        }
        if (!several) {
            return;
        }
        String all = shown(line);
        String start = all.substring(0, Math.min(100, all.length()));
        log.warning(tag, queueId + ": non-ESMTP response from " + relay + ": " + start);
        log.warning(
                tag,
                "to prevent loss of mail, turn off command pipelining for "
                        + server().address()
                        + " with the "
                        + manner.discardMaps()
                        + " parameter");
    }

    @Override
    public void longLine(int limit, String start) {
        log.warning(tag, relay + ": response longer than " + limit + ": " + shown(start) + "...");
    }

    @Override
    public void longReply(int limit, String cut) {
        String start = shown(cut);
        log.warning(
                tag,
                relay
                        + ": multi-line response longer than "
                        + limit
                        + " "
                        + start.substring(0, Math.min(30, start.length()))
                        + "...");
    }

    @Override
    public void badSize(String value) {
        log.warning(tag, "bad EHLO SIZE limit \"" + shown(value) + "\" from " + relay);
    }
}
