package org.postrider.smtpd.session;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.cleanup.CleanupParams;
import org.postrider.config.ConfigParams;
import org.postrider.config.Settings;
import org.postrider.maps.Network;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;
import org.postrider.milter.Answer;
import org.postrider.milter.ClientFacts;
import org.postrider.milter.MailFilter;
import org.postrider.milter.MilterSockets;
import org.postrider.peer.Client;
import org.postrider.smtpd.input.MilterChoice;
import org.postrider.wire.NotifyClass;
import org.postrider.wire.Reply;

/// What the milters that this session's client falls under make of it. They are connected to when
/// the client comes, and hear of each command before it takes effect. Session thread only.
public final class MilterGate implements AutoCloseable {
    /// What the settings say.
    record Terms(MilterChoice choice, String hostname, SessionMacros.Terms macros) {
        public static Terms of(Settings settings, Tables tables, MilterSockets sockets) {
            boolean none =
                    settings.get(CleanupParams.RECEIVE_OVERRIDE_OPTIONS).contains("no_milters");
            return new Terms(
                    MilterChoice.of(settings, tables, sockets, none),
                    settings.get(ConfigParams.MYHOSTNAME),
                    SessionMacros.Terms.of(settings));
        }
    }

    /// Nobody knows which milters are to be asked.
    private static final Reply UNKNOWN =
            Reply.of(451, 3, 5, "Server configuration problem - try again later");

    private static final Reply TRY_AGAIN = Reply.of(454, 3, 0, "Try again later");

    private final Session s;
    private final Terms terms;
    private final SessionMacros macros;
    private MailFilter filter = MailFilter.NONE;

    /// The table of milters cannot answer: nothing comes in.
    private boolean unknown;

    /// Nobody hears any more of the mail under way, or of the next: it will be dropped.
    private boolean discarded;

    MilterGate(Session session, Terms terms) {
        this.s = session;
        this.terms = terms;
        macros = new SessionMacros(session, terms.macros());
    }

    /// A client has come, or XCLIENT names another: those of the one before are done with.
    ///
    /// @return the reply instead of the banner; null where the banner may come
    @Nullable Reply connected() {
        unknown = true;
        close();
        filter = MailFilter.NONE;
        discarded = false;
        try {
            filter = terms.choice().of(s.peer()).open(macros, s::warn);
            // Cleanup, which says the macros of the content, knows nothing of these.
            filter.facts(macros::checked);
            unknown = false;
        } catch (TableException e) {
            s.warn(e);
        }
        Reply reply = heard(unknown ? new Answer.Refused(UNKNOWN) : filter.connect(client()));
        if (reply == null || reply.code() < 500 && reply.code() != 421) {
            return null;
        }
        return reply.code() == 421
                ? Reply.plain(421, terms.hostname() + " Service unavailable - try again later")
                : Reply.plain(554, terms.hostname() + " ESMTP not accepting connections");
    }

    private ClientFacts client() {
        Client peer = s.peer();
        int octets = peer.address().getAddress().length;
        return new ClientFacts(
                peer.name().equals("unknown") ? "[" + peer.ip() + "]" : peer.name(),
                Network.text(peer.address()),
                octets == 4 ? ClientFacts.Family.INET : ClientFacts.Family.INET6,
                Math.max(0, peer.port()));
    }

    /// HELO or EHLO, as the client says it; the reply if they mind, which only counts if it is 421,
    /// and shortens what EHLO offers if it is 5xx.
    public @Nullable Reply helo(String name) {
        return deaf() ? standing() : heard(filter.helo(name));
    }

    /// MAIL, the client's words behind the command.
    private @Nullable Reply mail(List<String> argv) {
        Mail mail = s.mailOrAsked();
        if (discarded && mail != null) {
            mail.effects.discard = true;
        }
        return deaf() ? standing() : heard(filter.mail(argv));
    }

    /// MAIL was answered by them: the mail is none, and they are told so.
    public boolean refusedMail(List<String> argv) throws IOException {
        boolean refused = refused(mail(argv));
        if (refused) {
            abort();
        }
        return refused;
    }

    /// RCPT.
    ///
    /// @param refused by the rules already; null if they took it
    public @Nullable Reply rcpt(List<String> argv, @Nullable Reply refused) {
        if (deaf()) {
            return refused == null ? standing() : null;
        }
        macros.refused(refused);
        try {
            Answer answer = filter.rcpt(argv, refused != null);
            return refused == null ? heard(answer) : null;
        } finally {
            macros.refused(null);
        }
    }

    public @Nullable Reply data() {
        return deaf() ? standing() : heard(filter.data());
    }

    /// A command that nobody knows.
    public @Nullable Reply unknown(String word) {
        return deaf() ? standing() : heard(filter.unknown(word));
    }

    /// What they decided before, of a command that they do not hear of; null for nothing. It is not
    /// logged again.
    public @Nullable Reply before() {
        return unknown
                ? UNKNOWN
                : !discarded && filter.other() instanceof Answer.Refused(Reply reply)
                        ? reply
                        : null;
    }

    /// The same for a command that changes the session: one that may come again hears nothing of
    /// why.
    public @Nullable Reply beforeChange() {
        Reply reply = before();
        return reply == null || reply.code() >= 500 ? reply : TRY_AGAIN;
    }

    /// Sends their reply, if there is one.
    public boolean refused(@Nullable Reply reply) throws IOException {
        if (reply != null) {
            s.answers.error(reply, NotifyClass.POLICY);
        }
        return reply != null;
    }

    private boolean deaf() {
        Mail mail = s.mailOrAsked();
        return unknown || discarded || mail != null && mail.effects.discard;
    }

    private @Nullable Reply standing() {
        return unknown ? heard(new Answer.Refused(UNKNOWN)) : null;
    }

    /// Logs what they want, and lets it happen.
    ///
    /// @return what the client is to be told; null for nothing
    private @Nullable Reply heard(Answer answer) {
        return switch (answer) {
            case Answer.GoOn _ -> null;
            case Answer.Hold _ -> {
                Mail mail = s.mailOrAsked();
                if (mail != null) {
                    mail.effects.hold = true;
                }
                log("milter-hold", "milter triggers HOLD action");
                yield null;
            }
            case Answer.Discard _ -> {
                Mail mail = s.mailOrAsked();
                if (mail != null) {
                    mail.effects.discard = true;
                }
                discarded = true;
                log("milter-discard", "milter triggers DISCARD action");
                yield null;
            }
            case Answer.Refused(Reply reply) -> logged(reply);
            case Answer.Shutdown _ -> logged(Reply.of(421, 7, 0, "Server closing connection"));
        };
    }

    private Reply logged(Reply reply) {
        log("milter-reject", line(reply));
        return reply;
    }

    /// Of a mail with recipients the first is named where the command names none.
    private void log(String action, String text) {
        About about = s.about();
        Mail mail = s.mail();
        Address first = mail == null ? null : mail.firstRecipient();
        if (about.recipient() == null && first != null) {
            s.about(About.recipient(first));
        }
        s.rejects.log(action, text);
        s.about(about);
    }

    /// All lines of a reply in one of the log.
    private static String line(Reply reply) {
        List<String> lines = reply.lines();
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < lines.size(); i++) {
            out.append(i > 0 ? "??" : "").append(reply.code());
            out.append(i + 1 < lines.size() ? '-' : ' ');
            out.append(reply.status() == null ? "" : reply.status() + " ").append(lines.get(i));
        }
        return out.toString().stripTrailing();
    }

    /// Those that are to hear of a mail's content; null if there are none, or if they have heard
    /// enough of it.
    public @Nullable MailFilter ofMail() {
        return deaf() || filter == MailFilter.NONE ? null : filter;
    }

    /// A mail that they have heard of is over, or what the client is called is forgotten.
    public void abort() {
        discarded = false;
        filter.macros(macros);
        filter.abort();
    }

    @Override
    public void close() {
        filter.close();
    }
}
