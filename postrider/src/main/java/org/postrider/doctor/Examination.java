package org.postrider.doctor;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ServiceSettings;
import org.postrider.dkim.SigningKeys;
import org.postrider.dns.Resolver;
import org.postrider.io.Connector;
import org.postrider.time.Clock;

/// What is looked at, and by what means.
///
/// @param domain in A-labels and lower case, without a dot at the end
/// @param keys that mail of the domain is signed with
/// @param wishes what else is asked for
public record Examination(
        String domain,
        ServiceSettings settings,
        Outgoing outgoing,
        Keys keys,
        Wishes wishes,
        Means means) {
    /// @param named in settings, tables and on the command line
    /// @param faults why there may be more
    public record Keys(List<SigningKeys.Named> named, List<String> faults) {}

    /// @param connect whether mail servers and the policy host are connected to
    /// @param smtpPort of mail servers, 25
    /// @param httpsPort of policy hosts, 443
    /// @param lists in DNS of clients that are to be asked; none as shipped
    /// @param stranger an address elsewhere: mail servers are asked whether they relay to it; null
    ///   for no
    public record Wishes(
            boolean connect,
            int smtpPort,
            int httpsPort,
            List<String> lists,
            @Nullable String stranger) {}

    /// @param relay null where it is not known how this server treats strangers
    public record Means(
            Resolver dns, Connector connector, Clock clock, @Nullable RelayTest relay) {}

    /// Says what this server makes of a mail that is none of its own.
    public interface RelayTest {
        /// What each listener says that strangers can reach.
        ///
        /// @throws org.postrider.config.ConfigException where it cannot be found out
        List<Relayed> tried();
    }

    /// @param listener its line of master.cf, in words
    /// @param refusal empty for none, which is an open relay
    public record Relayed(String listener, String refusal) {}
}
