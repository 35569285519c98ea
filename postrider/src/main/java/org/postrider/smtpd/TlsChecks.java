package org.postrider.smtpd;

import java.util.List;
import org.postrider.config.ConfigException;
import org.postrider.config.Settings;
import org.postrider.smtpd.tls.SmtpdTls;
import org.postrider.time.Clock;

/// What `postfix check` says of a service's TLS.
public final class TlsChecks {
    private TlsChecks() {}

    /// Files that cannot be read or do not belong together, certificates that have expired, words
    /// that mean nothing: each with its file or parameter.
    public static List<String> problems(Settings settings, Clock clock) {
        try {
            return SmtpdTls.problems(settings, clock);
        } catch (ConfigException e) {
            return List.of(String.valueOf(e.getMessage()));
        }
    }
}
