package org.postrider.smtp.session;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;
import org.postrider.dns.AddressText;
import org.postrider.dns.HostName;
import org.postrider.maps.Network;
import org.postrider.smtp.policy.Said;
import org.postrider.smtp.route.Destination;
import org.postrider.smtp.route.Server;
import org.postrider.tlsrpt.TlsResult;
import org.postrider.tlsrpt.TlsResults;

/// Says of one session, once, what became of its TLS (smtp_tlsrpt_enable). What a kept session does
/// later is no new handshake, and is not said. One thread.
public final class TlsReport {
    private final TlsResults to;
    private final String domain;
    private final Server server;
    private final Said said;
    private boolean done;

    private TlsReport(TlsResults to, String domain, Server server, Said said) {
        this.to = to;
        this.domain = domain;
        this.server = server;
        this.said = said;
    }

    /// @return null where nobody is told, or there is no domain that could ask for it
    public static @Nullable TlsReport of(
            TlsResults to, Destination destination, Server server, Said said) {
        if (!to.wanted()
                || said.equals(Said.UNTOLD)
                || destination.kind() == Destination.Kind.PATH) {
            return null;
        }
        String domain = destination.domain();
        String name = domain.endsWith(".") ? domain.substring(0, domain.length() - 1) : domain;
        return HostName.valid(name) && Network.literal(name) == null
                ? new TlsReport(to, name, server, said)
                : null;
    }

    /// No session comes about: the failure was there before.
    public void beforehand() {
        if (said.failure() != null) {
            take(new TlsResult.Session("", server.name(), "", server.address()), null);
        }
    }

    /// The session keeps to the policy.
    public void kept(SmtpSession s) {
        take(session(s), null);
    }

    /// The session does not.
    ///
    /// @param code of the library's or this program's; empty for none
    public void failed(SmtpSession s, TlsResult.Reason reason, String code) {
        take(session(s), new TlsResult.Failure(reason, code));
    }

    private TlsResult.Session session(SmtpSession s) {
        SocketAddress local = s.dialogue().connection().local();
        return new TlsResult.Session(
                local instanceof InetSocketAddress inet && inet.getAddress() != null
                        ? AddressText.of(inet.getAddress())
                        : "",
                server.name(),
                s.helo(),
                server.address());
    }

    private void take(TlsResult.Session session, TlsResult.@Nullable Failure failure) {
        if (done) {
            return;
        }
        done = true;
        TlsResult.Policy policy = said.policy();
        to.took(
                new TlsResult(
                        domain,
                        policy == null ? TlsResult.Policy.none(domain) : policy,
                        session,
                        said.failure() == null ? failure : said.failure()));
    }
}
