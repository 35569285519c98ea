package org.postrider.dns;

/// How a client wants its questions asked (smtp_dns_resolver_options) and answers looked at. A
/// value.
///
/// @param defaultDomain a host's name without a dot is looked up below the default domain first
///   (RES_DEFNAMES)
/// @param search names of hosts with a dot, and those without where they are looked up below a
///   domain at all, are looked up below each domain of resolv.conf's search list (RES_DNSRCH)
/// @param trustAnchors a file of DS or DNSKEY records by which answers are validated here (RFC
///   4035); empty: the name server's word (the AD bit) counts
public record ResolverOptions(boolean defaultDomain, boolean search, String trustAnchors) {
    public static final ResolverOptions NONE = new ResolverOptions(false, false, "");

    boolean searches() {
        return defaultDomain || search;
    }
}
