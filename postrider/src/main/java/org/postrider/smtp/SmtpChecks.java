package org.postrider.smtp;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.smtp.policy.Logins;
import org.postrider.smtp.policy.RequireTls;
import org.postrider.smtp.policy.TlsLevel;
import org.postrider.smtp.policy.TlsPolicies;
import org.postrider.smtp.route.Lookups;
import org.postrider.smtp.route.Route;
import org.postrider.sts.StsParams;
import org.postrider.time.Clock;
import org.postrider.tls.TlsFiles;

/// What `postfix check` says of a transport's TLS, logins and trust anchors of the DNS.
public final class SmtpChecks {
    private SmtpChecks() {}

    /// Levels that cannot be had, files that cannot be read, words that mean nothing: each with its
    /// file or parameter.
    public static List<String> problems(ClientSettings settings, Clock clock) {
        List<String> out = new ArrayList<>();
        String hosts = lookups(settings);
        if (hosts != null) {
            out.add("DNS: " + hosts + ": its mail waits");
        }
        try {
            TlsPolicies.problems(settings, clock).forEach(text -> out.add("TLS: " + text));
            String policies = policies(settings);
            if (policies != null) {
                out.add("TLS: " + policies + ": its mail waits");
            }
            String demands = RequireTls.fault(settings);
            if (demands != null) {
                out.add("TLS: " + demands + ": its mail with REQUIRETLS waits");
            }
            String lookups = Lookups.fault(settings, clock);
            if (lookups != null) {
                out.add("DNS: " + lookups);
            }
            String fault = Logins.fault(settings);
            if (fault != null) {
                out.add("SASL: " + fault + ": its mail waits");
            }
        } catch (ConfigException e) {
            out.add("TLS: " + e.getMessage());
        }
        return out;
    }

    /// A password that goes over the network as it is.
    ///
    /// @param text a sentence, without its place
    /// @param parameters that make it so; the first is set where it is so
    public record InClear(String text, List<String> parameters) {}

    /// What is to be said of passwords that a server without STARTTLS gets in clear; null where
    /// none does.
    ///
    /// @throws ConfigException for a setting that is no value
    public static @Nullable InClear inClear(ClientSettings settings) {
        TlsLevel level = Logins.inClear(settings);
        if (level == null) {
            return null;
        }
        String enable = settings.name(SmtpLoginParams.AUTH_ENABLE);
        String security = settings.name(SmtpTlsParams.SECURITY_LEVEL);
        String options = settings.name(SmtpLoginParams.SECURITY_OPTIONS);
        String who =
                level == TlsLevel.NONE
                        ? " = yes without TLS: the server"
                        : " = yes with opportunistic TLS: a server that offers no STARTTLS";
        return new InClear(
                enable
                        + who
                        + " gets the password in clear; set "
                        + security
                        + " = encrypt (or secure), or "
                        + options
                        + " = noanonymous, noplaintext",
                List.of(enable, security, options, settings.name(SmtpTlsParams.WRAPPERMODE)));
    }

    /// Why it is not known how hosts are looked up, and so mail has to wait; null for nothing.
    public static @Nullable String lookups(ClientSettings settings) {
        try {
            Route.checkLookups(settings);
            return null;
        } catch (ConfigException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /// Why policies of MTA-STS that are to count could never be had, and so mail has to wait; null
    /// for nothing.
    public static @Nullable String policies(ClientSettings settings) {
        String file = settings.get(StsParams.AUTHORITIES);
        if (settings.protocol() != Protocol.SMTP
                || !settings.get(StsParams.ENABLE)
                || file.isEmpty()) {
            return null;
        }
        try {
            TlsFiles.anchors(Path.of(file));
            return null;
        } catch (ConfigException | InvalidPathException e) {
            return StsParams.AUTHORITIES.name() + ": " + e.getMessage();
        }
    }
}
