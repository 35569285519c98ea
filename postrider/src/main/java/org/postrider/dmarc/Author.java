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

    /// What is read of it may not be what others read.
    Author TOO_LONG = new Unclear("a From field that is too long");

    /// @param froms the values of all From fields
    /// @param tokenLimit of one of them (header_address_token_limit)
    static Author of(List<String> froms, int tokenLimit) {
        if (froms.size() != 1) {
            return new Unclear(froms.isEmpty() ? "no From field" : "several From fields");
        }
        AddressList list = AddressList.parse(froms.getFirst(), tokenLimit);
        if (list.cut()) {
            return TOO_LONG;
        }
        Set<String> domains = new LinkedHashSet<>();
        for (String each : list.addresses()) {
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
