package org.postrider.smtpd.mail;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.access.LocalClients;
import org.postrider.address.Address;
import org.postrider.authentication.MailAuthentication;
import org.postrider.cleanup.CleanupParams;
import org.postrider.cleanup.CleanupService;
import org.postrider.config.Settings;
import org.postrider.dkim.ArcResult;
import org.postrider.message.Content;
import org.postrider.milter.MailFilter;
import org.postrider.peer.Client;
import org.postrider.queue.Attributes;
import org.postrider.queue.Dsn;
import org.postrider.queue.Encoding;
import org.postrider.queue.Envelope;
import org.postrider.queue.Login;
import org.postrider.queue.Origin;
import org.postrider.queue.QueueException;
import org.postrider.queue.QueueId;
import org.postrider.queue.Recipient;
import org.postrider.queue.Routing;
import org.postrider.smtpd.Makings;
import org.postrider.smtpd.input.Forwarded;
import org.postrider.smtpd.input.MailParameters;
import org.postrider.smtpd.input.Party;
import org.postrider.smtpd.session.Mail;
import org.postrider.smtpd.session.Session;

/// What of a session and its mail goes to cleanup. Immutable; any thread.
public final class Submissions {
    private final LocalClients localClients;
    private final LocalClients signedClients;
    private final Set<CleanupService.Option> received;
    private final boolean signs;
    private final String contentFilter;

    Submissions(Makings m) {
        Settings settings = m.settings();
        localClients = m.localClients();
        signedClients = m.signedClients();
        received =
                CleanupService.Option.received(
                        settings.get(CleanupParams.RECEIVE_OVERRIDE_OPTIONS));
        // The milters of other mail are none of a listener's.
        received.remove(CleanupService.Option.MILTER);
        signs = received.remove(CleanupService.Option.SIGN) && m.cleanup().signs();
        contentFilter = settings.get(CleanupParams.CONTENT_FILTER);
    }

    /// @throws org.postrider.maps.TableException if it cannot be said whether the client is local
    CleanupService.Submission of(Session s, Mail mail, Content content) {
        QueueId id = mail.id;
        if (id == null) {
            throw new IllegalStateException("content without a recipient");
        }
        Set<CleanupService.Option> options = EnumSet.copyOf(received);
        MailFilter filter = s.milters.ofMail();
        if (filter != null) {
            options.add(CleanupService.Option.MILTER);
        }
        if (mail.effects.hold) {
            options.add(CleanupService.Option.HOLD);
        }
        if (mail.effects.discard) {
            options.add(CleanupService.Option.DISCARD);
        }
        Forwarded forwarded = s.party().forwarded();
        boolean local =
                forwarded.ofClient() ? forwarded.local() : localClients.contains(s.judge.subject());
        if (local) {
            options.add(CleanupService.Option.LOCAL_REWRITE);
        }
        if (signs
                && (forwarded.ofClient()
                        ? forwarded.local()
                        : signedClients.contains(s.judge.subject()))) {
            options.add(CleanupService.Option.SIGN);
        }
        return new CleanupService.Submission(
                id,
                new Envelope(
                        mail.sender,
                        recipients(mail),
                        mail.arrivalMillis,
                        attributes(s, mail, local)),
                content,
                options,
                filter,
                arrival(mail));
    }

    private static List<Recipient> recipients(Mail mail) {
        try {
            for (Address each : mail.effects.bcc) {
                mail.add(new Recipient(each, null, Recipient.NEVER, null));
            }
        } catch (IOException e) {
            throw QueueException.of(e);
        }
        mail.effects.bcc.clear();
        return mail.recipients();
    }

    /// What a seal says of it, if its chain was checked.
    private static CleanupService.@Nullable Arrival arrival(Mail mail) {
        MailAuthentication checks = mail.authentication;
        ArcResult chain = checks == null ? null : checks.chain();
        return checks == null || chain == null
                ? null
                : new CleanupService.Arrival(chain, checks.value());
    }

    private Attributes attributes(Session s, Mail mail, boolean local) {
        MailParameters.Mail p = mail.parameters;
        Address redirect = mail.effects.redirect;
        String own = mail.effects.filter;
        String filter = own == null ? contentFilter : own;
        Routing routing =
                new Routing(
                        filter.isEmpty() ? null : filter,
                        redirect == null ? null : redirect.text(),
                        p.verp(),
                        p.smtputf8(),
                        p.requireTls());
        return new Attributes(
                origin(s, local),
                login(s.party().login(), p),
                new Dsn(returned(p.ret()), p.envid()),
                routing,
                encoding(p.body()),
                List.of());
    }

    private static Origin origin(Session s, boolean local) {
        Party party = s.party();
        Client peer = s.peer();
        Origin.Client client =
                new Origin.Client(
                        peer.name(),
                        peer.reverseName(),
                        peer.ip(),
                        peer.port(),
                        party.helo(),
                        party.protocol());
        InetSocketAddress here = s.local();
        Origin.Server server =
                here == null
                        ? null
                        : new Origin.Server(here.getAddress().getHostAddress(), here.getPort());
        return new Origin(
                local ? Origin.Context.LOCAL : Origin.Context.REMOTE,
                party.forwarded().trace(peer.nameAndAddress(), client.logged()),
                client,
                server,
                null);
    }

    private static @Nullable Login login(Party.@Nullable Login login, MailParameters.Mail p) {
        return login == null ? null : new Login(login.method(), login.username(), p.auth());
    }

    private static Dsn.@Nullable Return returned(@Nullable String ret) {
        return ret == null ? null : Dsn.Return.valueOf(ret);
    }

    private static @Nullable Encoding encoding(@Nullable String body) {
        return body == null ? null : body.equals("7BIT") ? Encoding.SEVEN_BIT : Encoding.EIGHT_BIT;
    }
}
