package org.postrider.dns;

import java.io.IOException;
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

    /// TLSA records (RFC 6698), in no order; usages and the like of any number.
    ///
    /// @param name `_25._tcp.mx.example.com`
    default Answer<Tlsa> tlsa(String name) {
        return new Answer.TryAgain<>("TLSA records are not asked for here");
    }

    /// The names of the servers of a zone that begins there, in no order.
    default Answer<String> nameServers(String domain) {
        return new Answer.TryAgain<>("name servers are not asked for here");
    }

    /// What a name is an alias of; no other aliases are followed.
    default Answer<String> alias(String name) {
        return new Answer.TryAgain<>("aliases are not asked for here");
    }

    /// TXT records, in no order: the strings of each put together, one octet a character.
    ///
    /// @param name `_smtp._tls.example.com`
    default Answer<String> texts(String name) {
        return new Answer.TryAgain<>("TXT records are not asked for here");
    }

    /// The same, but of each record its first string alone, as lists of clients have their reasons.
    default Answer<String> firstTexts(String name) {
        return new Answer.TryAgain<>("TXT records are not asked for here");
    }

    /// The same, asked in another way; itself where it knows of none.
    ///
    /// @throws IOException if a file of trust anchors cannot be used
    default Resolver under(ResolverOptions options) throws IOException {
        return this;
    }

    /// The same for names of any octets, one a character, as policies make them up, not of hosts
    /// alone.
    default Resolver ofAnyName() {
        return this;
    }

    /// The same until then: a question that is not answered by then is to be asked again.
    ///
    /// @param nanos of the clock that does not go back
    default Resolver until(long nanos) {
        return this;
    }

    /// @param data in lower-case hexadecimal digits
    record Tlsa(int usage, int selector, int matching, String data) {}

    /// @param target without the trailing dot; empty where the service is not offered
    record Srv(int priority, int weight, int port, String target) {}

    /// @param host without the trailing dot; empty for a null MX
    record Mx(int preference, String host) {}

    /// What DNS said.
    sealed interface Answer<T> {
        /// @param secure the name server vouches for it and for the aliases that led there: it
        ///   checked DNSSEC (the AD bit, RFC 4035 3.2.3)
        /// @param name that has the records, where aliases end; empty if nobody says
        record Found<T>(List<T> records, Duration ttl, boolean secure, String name)
                implements Answer<T> {
            /// One that nobody vouches for.
            public Found(List<T> records, Duration ttl) {
                this(records, ttl, false, "");
            }
        }

        /// The name does not exist (NXDOMAIN).
        record NoName<T>(String text) implements Answer<T> {}

        /// The name exists, not this type.
        record NoData<T>(String text) implements Answer<T> {}

        /// SERVFAIL, timeout, a malformed answer: try again.
        record TryAgain<T>(String text) implements Answer<T> {}
    }
}
