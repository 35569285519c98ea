package org.postrider.sasl.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.io.IOException;
import java.net.MalformedURLException;
import java.text.ParseException;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.sasl.CyrusConfig;
import org.postrider.time.Clock;

/// Tokens that are signed (RFC 9068), held against the issuer's published keys (RFC 7517). Keys are
/// fetched when needed, kept, and fetched anew for an unknown one.
final class SignedTokens implements Tokens {
    private static final int LARGEST_KEY_SET = 1 << 20;

    private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
    private final TokenClaims claims;

    SignedTokens(CyrusConfig config, Clock clock) {
        claims = new TokenClaims(config, clock);
        int millis = (int) TokenIntrospection.timeout(config).toMillis();
        try {
            JWKSource<SecurityContext> keys =
                    JWKSourceBuilder.create(
                                    TokenIntrospection.uri(config, "oauth_jwks_url").toURL(),
                                    new DefaultResourceRetriever(millis, millis, LARGEST_KEY_SET))
                            // It would be done ahead by a thread that nothing ends.
                            .refreshAheadCache(false)
                            .build();
            Set<JWSAlgorithm> algorithms = new HashSet<>(JWSAlgorithm.Family.RSA);
            algorithms.addAll(JWSAlgorithm.Family.EC);
            algorithms.remove(JWSAlgorithm.ES256K);
            processor.setJWSKeySelector(new JWSVerificationKeySelector<>(algorithms, keys));
            processor.setJWSTypeVerifier((type, context) -> {});
            processor.setJWTClaimsSetVerifier(
                    new DefaultJWTClaimsVerifier<>(
                            new JWTClaimsSet.Builder().build(), Set.of("exp")));
        } catch (MalformedURLException | IllegalArgumentException e) {
            throw new ConfigException(config.file() + ": oauth_jwks_url: " + e.getMessage());
        }
    }

    @Override
    public @Nullable String user(String token) throws IOException {
        try {
            return claims.user(processor.process(token, null).toJSONObject());
        } catch (KeySourceException e) {
            throw new IOException("the issuer's keys: " + e.getMessage(), e);
        } catch (ParseException | BadJOSEException | JOSEException e) {
            return null;
        }
    }
}
