package org.postrider.queue;

import org.jspecify.annotations.Nullable;

/// What is asked of a message's way, and of those who pass it on.
///
/// @param contentFilter `transport:nexthop` that it goes to first; null for none
/// @param redirectTo the one address that all its recipients are replaced by; null for none
/// @param verpDelimiters two characters (XVERP): each recipient gets it from a sender of its own;
///   null for none
/// @param smtputf8 RFC 6531: a next hop has to support it where addresses or header need it
/// @param tls RFC 8689
/// @param settled of its one recipient, who stands for others (local(8)): which of those have had
///   the mail, words of the agent's own; null for none
public record Routing(
        @Nullable String contentFilter,
        @Nullable String redirectTo,
        @Nullable String verpDelimiters,
        boolean smtputf8,
        Tls tls,
        @Nullable String settled) {
    /// What the sender asks of the TLS of next hops.
    public enum Tls {
        /// What policy says of them.
        BY_POLICY,
        /// REQUIRETLS.
        REQUIRED,
        /// `TLS-Required: no`: nothing, not even what policy says.
        OPTIONAL
    }

    public Routing(
            @Nullable String contentFilter,
            @Nullable String redirectTo,
            @Nullable String verpDelimiters,
            boolean smtputf8,
            boolean requireTls) {
        this(
                contentFilter,
                redirectTo,
                verpDelimiters,
                smtputf8,
                requireTls ? Tls.REQUIRED : Tls.BY_POLICY,
                null);
    }

    /// Nothing is asked.
    public static final Routing PLAIN = new Routing(null, null, null, false, false);

    public boolean requireTls() {
        return tls == Tls.REQUIRED;
    }

    public Routing withContentFilter(@Nullable String filter) {
        return new Routing(filter, redirectTo, verpDelimiters, smtputf8, tls, settled);
    }

    public Routing withRedirect(@Nullable String address) {
        return new Routing(contentFilter, address, verpDelimiters, smtputf8, tls, settled);
    }

    public Routing withVerp(@Nullable String delimiters) {
        return new Routing(contentFilter, redirectTo, delimiters, smtputf8, tls, settled);
    }

    public Routing withSmtputf8() {
        return new Routing(contentFilter, redirectTo, verpDelimiters, true, tls, settled);
    }

    public Routing withRequireTls() {
        return new Routing(
                contentFilter, redirectTo, verpDelimiters, smtputf8, Tls.REQUIRED, settled);
    }

    /// REQUIRETLS counts over it.
    public Routing withTlsOptional() {
        return requireTls()
                ? this
                : new Routing(
                        contentFilter, redirectTo, verpDelimiters, smtputf8, Tls.OPTIONAL, settled);
    }

    public Routing withSettled(@Nullable String members) {
        return new Routing(contentFilter, redirectTo, verpDelimiters, smtputf8, tls, members);
    }
}
