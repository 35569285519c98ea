package org.postrider.smtp.route;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.config.Reason;
import org.postrider.dns.Resolver;
import org.postrider.dns.ResolverOptions;
import org.postrider.dns.SystemResolver;
import org.postrider.log.LogTag;
import org.postrider.log.MailLog;
import org.postrider.maps.Fold;
import org.postrider.maps.Tables;
import org.postrider.smtp.ClientSettings;
import org.postrider.smtp.SmtpParams;
import org.postrider.time.Clock;

/// How a client asks the DNS: by smtp_dns_resolver_options, and through smtp_dns_reply_filter.
public final class Lookups {
    private Lookups() {}

    /// @param tag for what belongs to no delivery
    /// @throws ConfigException for an option that there is not, or trust anchors that cannot be
    ///   used
    public static Resolver of(
            Resolver resolver, ClientSettings settings, Tables tables, MailLog log, LogTag tag) {
        ResolverOptions options = options(settings);
        try {
            return FilteredDns.of(resolver.under(options), settings, tables, log, tag);
        } catch (IOException e) {
            throw unusable(settings, options, e);
        }
    }

    /// Why a client of these settings could not ask the DNS; null where it can.
    public static @Nullable String fault(ClientSettings settings, Clock clock) {
        try {
            ResolverOptions options = options(settings);
            try {
                new SystemResolver(Path.of("/etc/resolv.conf"), 53, clock).under(options);
                return null;
            } catch (IOException e) {
                throw unusable(settings, options, e);
            }
        } catch (ConfigException e) {
            return e.getMessage();
        }
    }

    private static ConfigException unusable(
            ClientSettings settings, ResolverOptions options, IOException e) {
        return new ConfigException(
                settings.origin(SmtpParams.DNSSEC_TRUST_ANCHOR_FILE)
                        + ": "
                        + settings.name(SmtpParams.DNSSEC_TRUST_ANCHOR_FILE)
                        + ": "
                        + options.trustAnchors()
                        + ": "
                        + Reason.of(e));
    }

    private static ResolverOptions options(ClientSettings settings) {
        boolean defaultDomain = false;
        boolean search = false;
        for (String word : settings.get(SmtpParams.DNS_RESOLVER_OPTIONS)) {
            switch (word) {
                case "res_defnames" -> defaultDomain = true;
                case "res_dnsrch" -> search = true;
                default ->
                        throw new ConfigException(
                                settings.origin(SmtpParams.DNS_RESOLVER_OPTIONS)
                                        + ": unknown "
                                        + settings.name(SmtpParams.DNS_RESOLVER_OPTIONS)
                                        + " value \""
                                        + word
                                        + "\"");
            }
        }
        boolean validates = Fold.same(settings.get(SmtpParams.DNS_SUPPORT_LEVEL), "dnssec");
        return new ResolverOptions(
                defaultDomain,
                search,
                validates ? settings.get(SmtpParams.DNSSEC_TRUST_ANCHOR_FILE) : "");
    }
}
