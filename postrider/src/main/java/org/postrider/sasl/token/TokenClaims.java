package org.postrider.sasl.token;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postrider.sasl.CyrusConfig;
import org.postrider.time.Clock;

/// What a token must say to count here, and which of its claims names the user.
final class TokenClaims {
    private final Clock clock;
    private final String issuer;
    private final String audience;
    private final String scope;
    private final List<String> names;

    TokenClaims(CyrusConfig config, Clock clock) {
        this.clock = clock;
        issuer = config.get("oauth_issuer", "");
        audience = config.get("oauth_audience", "");
        scope = config.get("oauth_scope", "");
        names = config.words("oauth_username_claim", "email username sub");
    }

    /// Null if a claim is not as it must be.
    @Nullable String user(Map<String, Object> claims) {
        Object expires = claims.get("exp");
        boolean over = expires instanceof Number n && n.longValue() * 1000 <= clock.wallMillis();
        boolean issued = issuer.isEmpty() || issuer.equals(claims.get("iss"));
        boolean forUs =
                audience.isEmpty() || TokenIntrospection.list(claims.get("aud")).contains(audience);
        if (over || !issued || !forUs || !inScope(claims.get("scope"))) {
            return null;
        }
        for (String name : names) {
            if (claims.get(name) instanceof String user && !user.isEmpty()) {
                return user;
            }
        }
        return null;
    }

    private boolean inScope(@Nullable Object granted) {
        return scope.isEmpty()
                || granted instanceof String text && Arrays.asList(text.split(" ")).contains(scope);
    }
}
