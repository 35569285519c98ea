package org.postrider.smtpd.mail;

import org.jspecify.annotations.Nullable;
import org.postrider.config.Settings;
import org.postrider.smtpd.SmtpdParams;

/// smtpd_proxy_filter. It is not built yet and so acts as one that cannot be reached: no mail comes
/// in past it. Immutable; any thread.
///
/// @param filter as configured
/// @param late speed_adjust: it is asked at the end of the mail instead of at the first recipient
public record ProxyFilter(String filter, boolean late) {
    public static @Nullable ProxyFilter of(Settings settings) {
        String filter = settings.get(SmtpdParams.PROXY_FILTER);
        return filter.isEmpty()
                ? null
                : new ProxyFilter(
                        filter, settings.get(SmtpdParams.PROXY_OPTIONS).contains("speed_adjust"));
    }

    public boolean refusesRecipients() {
        return !late;
    }

    /// For the log.
    public String complaint() {
        return "connect to proxy filter " + filter + ": proxy filters are not built yet";
    }
}
