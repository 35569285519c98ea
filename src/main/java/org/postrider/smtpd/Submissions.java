package org.postrider.smtpd;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.access.LocalClients;
import org.postrider.address.Address;
import org.postrider.cleanup.CleanupParams;
import org.postrider.cleanup.CleanupService;
import org.postrider.config.Settings;
import org.postrider.message.Content;
import org.postrider.queue.Attributes;
import org.postrider.queue.Dsn;
import org.postrider.queue.Encoding;
import org.postrider.queue.Envelope;
import org.postrider.queue.Login;
import org.postrider.queue.Origin;
import org.postrider.queue.QueueId;
import org.postrider.queue.Recipient;
import org.postrider.queue.Routing;

/// What of a session and its mail goes to cleanup. Immutable; any thread.
final class Submissions {
    private final LocalClients localClients;
    private final Set<CleanupService.Option> received;
    private final String contentFilter;

    Submissions(Makings m) {
        Settings settings = m.settings();
        localClients = m.localClients();
        received =
                CleanupService.Option.received(
                        settings.get(CleanupParams.RECEIVE_OVERRIDE_OPTIONS));
        // Its own milters have seen what a listener hands on.
        received.remove(CleanupService.Option.MILTER);
        contentFilter = settings.get(CleanupParams.CONTENT_FILTER);
    }

    /// @throws org.postrider.maps.TableException if it cannot be said whether the client is local
    CleanupService.Submission of(Session s, Content content) {
        Transaction t = s.t;
        QueueId id = t.id;
        if (id == null) {
            throw new IllegalStateException("content without a recipient");
        }
        Set<CleanupService.Option> options = EnumSet.copyOf(received);
        if (t.hold || s.milters.holds()) {
            options.add(CleanupService.Option.HOLD);
        }
        if (t.discard) {
            options.add(CleanupService.Option.DISCARD);
        }
        boolean local = localClients.contains(s.judge.subject);
        if (local) {
            options.add(CleanupService.Option.LOCAL_REWRITE);
        }
        return new CleanupService.Submission(
                id,
                new Envelope(t.sender, recipients(t), t.arrivalMillis, attributes(s, local)),
                content,
                options,
                List.of());
    }

    private static List<Recipient> recipients(Transaction t) {
        if (t.bcc.isEmpty()) {
            return t.recipients;
        }
        List<Recipient> all = new ArrayList<>(t.recipients);
        for (Address each : t.bcc) {
            all.add(new Recipient(each, null, Recipient.NEVER, null));
        }
        return all;
    }

    private Attributes attributes(Session s, boolean local) {
        Transaction t = s.t;
        MailParameters.Mail p = t.parameters;
        String filter = t.filter == null ? contentFilter : t.filter;
        Routing routing =
                new Routing(
                        filter.isEmpty() ? null : filter,
                        t.redirect == null ? null : t.redirect.text(),
                        p == null ? null : p.verp(),
                        p != null && p.smtputf8(),
                        p != null && p.requireTls());
        return new Attributes(
                origin(s, local),
                login(t, p),
                p == null ? Dsn.NONE : new Dsn(returned(p.ret()), p.envid()),
                routing,
                p == null ? null : encoding(p.body()),
                List.of());
    }

    private static Origin origin(Session s, boolean local) {
        Transaction t = s.t;
        Origin.Client client =
                new Origin.Client(
                        t.client.name(),
                        t.client.reverseName(),
                        t.client.ip(),
                        t.client.port(),
                        t.helo,
                        t.protocol());
        Origin.Server server =
                s.connection.local() instanceof InetSocketAddress here
                        ? new Origin.Server(here.getAddress().getHostAddress(), here.getPort())
                        : null;
        return new Origin(
                local ? Origin.Context.LOCAL : Origin.Context.REMOTE,
                t.client.nameAndAddress(),
                client.logged(),
                client,
                server,
                null);
    }

    private static @Nullable Login login(Transaction t, MailParameters.@Nullable Mail p) {
        String username = t.login;
        return username == null
                ? null
                : new Login(t.loginMethod, username, p == null ? null : p.auth());
    }

    private static Dsn.@Nullable Return returned(@Nullable String ret) {
        return ret == null ? null : Dsn.Return.valueOf(ret);
    }

    private static @Nullable Encoding encoding(@Nullable String body) {
        return body == null ? null : body.equals("7BIT") ? Encoding.SEVEN_BIT : Encoding.EIGHT_BIT;
    }
}
