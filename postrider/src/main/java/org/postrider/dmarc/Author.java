package org.postrider.dmarc;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.postrider.address.Address;
import org.postrider.address.AddressList;
import org.postrider.dns.HostName;

/// Whose mail it says it is (RFC 9989 5.3.1): the domain of the one author in the one From field.
public sealed interface Author {
    /// One domain, in lower-case ASCII.
    record Of(String domain) implements Author {}

    /// Nobody can say whose it is.
    ///
    /// @param why without anything that the mail has in it
    record Unclear(String why) implements Author {}

    /// @param froms the values of all From fields
    /// @param tokenLimit of one of them (header_address_token_limit)
    static Author of(List<String> froms, int tokenLimit) {
        if (froms.size() != 1) {
            return new Unclear(froms.isEmpty() ? "no From field" : "several From fields");
        }
        Set<String> domains = new LinkedHashSet<>();
        for (String each : AddressList.parse(froms.getFirst(), tokenLimit).addresses()) {
            String domain = Identifier.domain(Identifier.ascii(new Address(each).domain().strip()));
            if (!HostName.valid(domain)) {
                return new Unclear("an author without a domain");
            }
            domains.add(domain);
        }
        return switch (domains.size()) {
            case 0 -> new Unclear("no author");
            case 1 -> new Of(domains.iterator().next());
            default -> new Unclear("authors of several domains");
        };
    }
}
