package org.postrider.maps;

import org.postrider.config.Settings;

/// In which lists `example.com` also stands for its subdomains (parent_domain_matches_subdomains);
/// in the others `.example.com` does.
public final class ParentDomains {
    private ParentDomains() {}

    /// @param list the name of the parameter that holds the list, `smtpd_access_maps` for all
    ///   access tables
    public static boolean match(Settings settings, Tables tables, String list) {
        return new StringList(
                        MapsParams.PARENT_DOMAIN_MATCHES_SUBDOMAINS.name(),
                        settings.get(MapsParams.PARENT_DOMAIN_MATCHES_SUBDOMAINS),
                        tables)
                .contains(list);
    }
}
