package org.postrider.spf;

import java.time.Duration;
import org.postrider.config.Settings;

/// What one check may cost.
///
/// @param lookups terms that ask DNS
/// @param voidLookups questions that have no answer
/// @param names exchangers of one `mx`, and names of the client that are looked at
/// @param time of a whole check; a question that is under way then is given up
/// @param explanation octets of an explanation
/// @param receiver the name of this host, which explanations may hold
public record SpfLimits(
        int lookups, int voidLookups, int names, Duration time, int explanation, String receiver) {
    /// RFC 7208's own.
    public static final SpfLimits DEFAULT =
            new SpfLimits(10, 2, 10, Duration.ofSeconds(20), 256, "unknown");

    public static SpfLimits of(Settings settings) {
        return new SpfLimits(
                settings.get(SpfParams.LOOKUPS),
                settings.get(SpfParams.VOID_LOOKUPS),
                settings.get(SpfParams.NAMES),
                settings.get(SpfParams.TIME),
                settings.get(SpfParams.EXPLANATION),
                String.valueOf(settings.text("myhostname")));
    }
}
