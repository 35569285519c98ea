package org.postrider.rewrite;

import org.postrider.address.Address;

/// Where an address goes (trivial-rewrite(8)'s resolve).
///
/// @param transport service name, e.g. `smtp`, `relay`, `local`, `error`; empty for bad syntax
/// @param nexthop destination or, for `error`, its text; empty for bad syntax
/// @param recipient the address to use in the delivery
/// @param routed the local part holds `@`, `%` or `!`: another host may relay by it, so relay
///   checks do not trust the domain alone (allow_untrusted_routing)
/// @param badSyntax the domain is no host name or literal, or the address begins with `-`: smtpd
///   answers 501 5.1.3 resp. rejects, the queue manager bounces with `5.1.3 bad address syntax`
public record Resolved(
        String transport,
        String nexthop,
        Address recipient,
        AddressClass addressClass,
        boolean routed,
        boolean badSyntax) {
    public Resolved(
            String transport, String nexthop, Address recipient, AddressClass addressClass) {
        this(transport, nexthop, recipient, addressClass, false, false);
    }

    public Resolved(
            String transport,
            String nexthop,
            Address recipient,
            AddressClass addressClass,
            boolean routed) {
        this(transport, nexthop, recipient, addressClass, routed, false);
    }

    /// The same address, sent elsewhere.
    Resolved to(String otherTransport, String otherNexthop) {
        return new Resolved(
                otherTransport, otherNexthop, recipient, addressClass, routed, badSyntax);
    }
}
