package org.postrider.rewrite;

import org.postrider.address.Address;

/// Where an address goes (trivial-rewrite(8)'s resolve).
///
/// @param transport service name, e.g. `smtp`, `relay`, `local`, `error`
/// @param nexthop destination or, for `error`, its text
/// @param recipient the address to use in the delivery
/// @param routed the sender named a route (`user%remote@ours`, `remote!user@ours`, `a@b@ours`):
///     such an address is never an authorised destination
public record Resolved(
        String transport,
        String nexthop,
        Address recipient,
        AddressClass addressClass,
        boolean routed) {}
