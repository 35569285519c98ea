package org.postrider.access;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postrider.access.policy.PolicyConnection;
import org.postrider.access.policy.PolicyService;

/// The connections to policy servers that one mail keeps: all that is asked of a server about one
/// mail goes over one connection, and nothing else in between (SMTPD_POLICY_README, instance). Its
/// session's thread only. Closed with its mail, it gives them back.
public final class PolicyLease implements AutoCloseable {
    private @Nullable Map<PolicyService, PolicyConnection> kept;

    /// Null for none: then one is to be taken from the pool.
    @Nullable PolicyConnection take(PolicyService service) {
        return kept == null ? null : kept.remove(service);
    }

    void keep(PolicyConnection connection) {
        if (kept == null) {
            kept = new HashMap<>();
        }
        kept.put(connection.service(), connection);
    }

    @Override
    public void close() {
        Map<PolicyService, PolicyConnection> all = kept;
        kept = null;
        if (all != null) {
            all.values().forEach(PolicyConnection::give);
        }
    }
}
