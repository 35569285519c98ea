package org.postrider.sasl.token;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.sasl.CyrusConfig;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// Says whose access token it is (RFC 6750). Any thread.
public interface Tokens {
    /// Null for a token that is not valid.
    ///
    /// @throws IOException if that cannot be said now
    @Nullable String user(String token) throws IOException;

    /// Null if no end point is set.
    static @Nullable Tokens of(CyrusConfig config, Supervisor threads, Clock clock) {
        boolean introspects = config.values().containsKey("oauth_introspection_url");
        boolean keys = config.values().containsKey("oauth_jwks_url");
        if (!introspects && !keys) {
            return null;
        }
        if (introspects && keys) {
            throw new ConfigException(
                    config.file()
                            + ": oauth_introspection_url and oauth_jwks_url exclude each other");
        }
        try {
            return introspects
                    ? new TokenIntrospection(config, threads, clock)
                    : new SignedTokens(config, clock);
        } catch (NoClassDefFoundError e) {
            throw new ConfigException(
                    config.file() + ": OAuth needs the optional jar nimbus-jose-jwt");
        }
    }
}
