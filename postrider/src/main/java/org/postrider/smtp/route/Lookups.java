package org.postrider.smtp.route;

import org.postrider.config.ConfigException;
import org.postrider.dns.Resolver;
import org.postrider.dns.ResolverOptions;
import org.postrider.log.LogTag;
import org.postrider.log.MailLog;
import org.postrider.maps.Tables;
import org.postrider.smtp.ClientSettings;
import org.postrider.smtp.SmtpParams;

/// How a client asks the DNS: by smtp_dns_resolver_options, and through smtp_dns_reply_filter.
public final class Lookups {
    private Lookups() {}

    /// @param tag for what belongs to no delivery
    /// @throws ConfigException for an option that there is not
    public static Resolver of(
            Resolver resolver, ClientSettings settings, Tables tables, MailLog log, LogTag tag) {
        return FilteredDns.of(resolver.under(options(settings)), settings, tables, log, tag);
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
        return new ResolverOptions(defaultDomain, search);
    }
}
