package org.postrider.sts;

import java.time.Duration;
import org.postrider.config.Settings;

/// What main.cf says of MTA-STS, for all transports alike.
///
/// @param authorities a PEM file, empty for the platform's own
/// @param firstWait of the first mail to a domain
/// @param domains that are remembered
public record StsSettings(String authorities, Duration firstWait, int domains) {
    public static StsSettings of(Settings settings) {
        return new StsSettings(
                settings.get(StsParams.AUTHORITIES),
                settings.get(StsParams.WAIT),
                settings.get(StsParams.CACHE_LIMIT));
    }
}
