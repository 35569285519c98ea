package org.postrider.sts;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.dns.Resolver;
import org.postrider.https.HttpsClient;
import org.postrider.io.Connector;
import org.postrider.time.Clock;

/// The policy host of a domain, asked once and with nothing kept, for whoever wants to know what
/// senders find there. Blocking; any thread.
public final class PolicyHost {
    private static final HttpsClient.Limits LIMITS =
            new HttpsClient.Limits(Duration.ofSeconds(20), 64 << 10);

    private final Discovery discovery;

    /// @param port 443
    public PolicyHost(Resolver dns, Connector connector, Clock clock, int port) {
        discovery = new Discovery(dns, connector, clock, port, LIMITS);
    }

    /// The id of the one record that announces a policy.
    ///
    /// @param texts TXT records of `_mta-sts.DOMAIN`
    /// @return null where there is none, or more than one, or it keeps not to the grammar
    public static @Nullable String id(List<String> texts) {
        return StsRecord.id(texts);
    }

    /// @param authorities smtp_tls_sts_CAfile
    public StsFinding fetch(String domain, String id, String authorities) {
        return switch (discovery.fetched(domain, id, authorities)) {
            case Discovery.Fetched.Policy(StsPolicy policy) -> new StsFinding(policy, null);
            case Discovery.Fetched.Failed(StsFinding.Failure why) -> new StsFinding(null, why);
        };
    }
}
