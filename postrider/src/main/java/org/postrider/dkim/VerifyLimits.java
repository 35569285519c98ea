package org.postrider.dkim;

import java.time.Duration;
import org.postrider.config.Settings;

/// What a mail of a stranger may cost, and what this site takes.
///
/// @param signatures that are looked at, from the top of the header; what is said of the others is
///   that they were not
/// @param signatureOctets of one field; a longer one is a permanent error
/// @param mostBits of an RSA key; one that is longer is refused before any arithmetic
/// @param leastBits of an RSA key, not below 1024 (RFC 8301 3.2)
/// @param patience how long is waited for all keys of a mail together; what comes later is a
///   temporary error
/// @param partialBody a signature over the beginning of a body (`l=`) passes although there is more
public record VerifyLimits(
        int signatures,
        int signatureOctets,
        int mostBits,
        int leastBits,
        Duration patience,
        boolean partialBody) {
    /// What the parameters have by default.
    public static final VerifyLimits DEFAULT =
            new VerifyLimits(10, 32_768, 4096, 1024, Duration.ofSeconds(10), false);

    /// As main.cf, or a line of master.cf, has them.
    public static VerifyLimits of(Settings settings) {
        return new VerifyLimits(
                settings.get(DkimParams.SIGNATURE_LIMIT),
                settings.get(DkimParams.SIGNATURE_SIZE_LIMIT),
                settings.get(DkimParams.MOST_KEY_BITS),
                settings.get(DkimParams.LEAST_KEY_BITS),
                settings.get(DkimParams.TIME_LIMIT),
                settings.get(DkimParams.PARTIAL_BODY));
    }
}
