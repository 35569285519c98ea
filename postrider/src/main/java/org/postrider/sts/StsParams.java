package org.postrider.sts;

import java.time.Duration;
import org.postrider.config.Param;

/// What the administrator can set about MTA-STS: names that stock Postfix does not have (decision
/// 0035).
public final class StsParams {
    public static final Param<Boolean> ENABLE =
            Param.bool(
                    "smtp_tls_sts_enable",
                    "no",
                    "Whether policies of MTA-STS (RFC 8461) are looked up for next hops that are found by"
                            + " their mail exchangers. Where smtp_tls_policy_maps, DANE or a stronger"
                            + " smtp_tls_security_level says what is asked of a server, that counts.");
    public static final Param<String> AUTHORITIES =
            Param.string(
                    "smtp_tls_sts_CAfile",
                    "",
                    "A PEM file of the authorities that may vouch for policy hosts (mta-sts.DOMAIN);"
                            + " empty for the platform's own.");
    public static final Param<Duration> WAIT =
            Param.time(
                    "smtp_tls_sts_first_wait",
                    "5s",
                    0,
                    60,
                    "How long the first mail to a domain waits for its policy of MTA-STS; then it goes as"
                            + " without one. Later mail never waits.");
    public static final Param<Integer> CACHE_LIMIT =
            Param.integer(
                    "smtp_tls_sts_cache_limit",
                    "10000",
                    100,
                    1_000_000,
                    "How many domains are remembered with their policies of MTA-STS, or as having none.");

    private StsParams() {}
}
