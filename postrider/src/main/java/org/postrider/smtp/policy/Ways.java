package org.postrider.smtp.policy;

import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.dsn.Status;
import org.postrider.log.LogTag;
import org.postrider.log.MailLog;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;
import org.postrider.queue.QueueId;
import org.postrider.queue.Routing;
import org.postrider.smtp.ClientSettings;
import org.postrider.smtp.route.Destination;
import org.postrider.smtp.route.Server;

/// Under which TLS policy and as whom mail of a sender goes to a server of a next hop: the one
/// place that makes a [SessionKey]. Where one of them cannot be had the mail waits. Any thread.
public final class Ways {
    private static final Status NO_LOGIN = new Status(4, 7, 0);
    private static final Status TABLE_TROUBLE = new Status(4, 3, 0);

    private final TlsPolicies policies;
    private final ClientTls tls;
    private final Logins logins;
    private final MailLog log;

    public Ways(
            ClientSettings settings,
            Tables tables,
            TlsPolicies policies,
            ClientTls tls,
            MailLog log) {
        this.policies = policies;
        this.tls = tls;
        this.log = log;
        logins = Logins.of(settings, tables);
    }

    /// One mail of a delivery.
    ///
    /// @param id in the log
    /// @param asks what it asks of TLS
    public record Mail(QueueId id, Address sender, Routing.Tls asks) {}

    /// @param by the delivery that asks, in the log
    public Way of(Mail mail, Destination to, Server server, LogTag by) {
        boolean optional =
                mail.asks() == Routing.Tls.OPTIONAL && !logsIn(mail.sender(), to, server);
        return switch (optional ? policies.optional(to, server) : policies.of(to, server)) {
            case TlsAnswer.Go go -> login(mail, to, server, go, by);
            case TlsAnswer.Wait w -> {
                log.warning(by, w.warning());
                yield new Way.Closed(w.status(), w.text(), w.notBuilt(), w.said());
            }
        };
    }

    /// Where it does, what a sender asks for does not show the login to a server that has not
    /// proved what it has to (decision 0036).
    private boolean logsIn(Address sender, Destination to, Server server) {
        try {
            return logins.fault() != null || logins.of(sender, to, server) instanceof Login.User;
        } catch (TableException e) {
            // It is asked again, and then says why.
            return true;
        }
    }

    private Way login(Mail mail, Destination to, Server server, TlsAnswer.Go go, LogTag by) {
        String fault = logins.fault();
        if (fault != null) {
            log.warning(by, fault);
            return new Way.Closed(NO_LOGIN, fault, true);
        }
        Login login;
        try {
            login = logins.of(mail.sender(), to, server);
        } catch (TableException e) {
            e.warnings().forEach(line -> log.warning(by, line));
            log.warning(by, mail.id().text() + ": " + logins.title() + " lookup error");
            String text = "local data error while talking to " + server.label();
            return new Way.Closed(TABLE_TROUBLE, text, false);
        }
        @Nullable String hint = tls.hint(server.port());
        if (hint != null) {
            log.info(by, hint);
        }
        return new Way.Open(SessionKey.of(to, server, go.policy(), login), go.said());
    }
}
