package org.postrider.rewrite;

import org.postrider.address.Address;

/// Address rewriting and routing under the settings of a `trivial-rewrite` service. Any thread.
public interface RewriteService {
    /// To canonical form: append_at_myorigin, append_dot_mydomain, swap_bangpath, percent hack,
    /// source routes.
    ///
    /// @param localContext local_header_rewrite_clients' rules, else remote_header_rewrite_domain's
    Address rewrite(Address address, boolean localContext);

    /// @throws org.postrider.maps.TableException when a table cannot answer
    Resolved resolve(Address sender, Address recipient);

    /// The same service, which resolves as probes of addresses are routed
    /// (address_verify_transport_maps and its like).
    default RewriteService ofProbes() {
        return this;
    }

    /// @throws org.postrider.maps.TableException when a table cannot answer
    AddressClass addressClass(String domain);

    /// The domain is in mydestination, or an address literal of this machine.
    ///
    /// @throws org.postrider.maps.TableException when a table cannot answer
    default boolean isLocal(String domain) {
        return addressClass(domain) == AddressClass.LOCAL;
    }

    /// Whether `user` alone stands in address tables for `user` at this domain: it is ours, or
    /// $myorigin.
    ///
    /// @throws org.postrider.maps.TableException when a table cannot answer
    boolean barelyNamed(String domain);

    /// The services of a generation by name (`rewrite_service_name`).
    interface Directory {
        RewriteService rewrite(String serviceName);
    }
}
