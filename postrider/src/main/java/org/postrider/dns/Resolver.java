package org.postrider.dns;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/// DNS questions through the system's resolvers. Blocking (virtual threads), any thread.
public interface Resolver {
    /// The MX records, in no order. Found with none of them: there are some, all malformed.
    Answer<Mx> mx(String domain);

    /// A and/or AAAA as asked.
    Answer<InetAddress> addresses(String host, boolean ipv4, boolean ipv6);

    /// PTR names of an address.
    Answer<String> names(InetAddress address);

    /// The SRV records (RFC 2782), in no order. Found with none of them: there are some, all
    /// malformed.
    ///
    /// @param service `_submission._tcp.example.com`
    Answer<Srv> srv(String service);

    /// @param target without the trailing dot; empty where the service is not offered
    record Srv(int priority, int weight, int port, String target) {}

    /// @param host without the trailing dot; empty for a null MX
    record Mx(int preference, String host) {}

    /// What DNS said.
    sealed interface Answer<T> {
        record Found<T>(List<T> records, Duration ttl) implements Answer<T> {}

        /// The name does not exist (NXDOMAIN).
        record NoName<T>(String text) implements Answer<T> {}

        /// The name exists, not this type.
        record NoData<T>(String text) implements Answer<T> {}

        /// SERVFAIL, timeout, a malformed answer: try again.
        record TryAgain<T>(String text) implements Answer<T> {}
    }
}
