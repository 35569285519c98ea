package org.postrider.dns;

/// How a client wants its questions asked (smtp_dns_resolver_options). A value.
///
/// @param defaultDomain a host's name without a dot is looked up below the default domain first
///   (RES_DEFNAMES)
/// @param search names of hosts with a dot, and those without where they are looked up below a
///   domain at all, are looked up below each domain of resolv.conf's search list (RES_DNSRCH)
public record ResolverOptions(boolean defaultDomain, boolean search) {
    public static final ResolverOptions NONE = new ResolverOptions(false, false);

    boolean searches() {
        return defaultDomain || search;
    }
}
