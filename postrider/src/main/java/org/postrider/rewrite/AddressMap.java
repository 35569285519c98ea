package org.postrider.rewrite;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.address.AddressList;
import org.postrider.maps.AddressMaps;
import org.postrider.maps.TableException;

/// Tables that hold addresses for addresses (mail_addr_map(3)): canonical(5), virtual(5),
/// generic(5). Immutable; any thread.
///
/// @param rewrite completes what the tables hold
/// @param propagates the extension that a key had not is put to what is found
///   (propagate_unmatched_extensions)
public record AddressMap(AddressMaps maps, RewriteService rewrite, boolean propagates) {
    private static final int TOKENS = 10240;

    public boolean isEmpty() {
        return maps.isEmpty();
    }

    /// The addresses that the tables hold for this one, in internal form. What begins with `@` is
    /// another domain for it.
    ///
    /// @param address in internal form, not empty
    /// @return null where no table knows it
    /// @throws TableException when a table cannot answer
    public @Nullable List<String> map(String address) {
        Address key = new Address(address);
        AddressMaps.Found found = maps.find(key, rewrite.barelyNamed(key.domain()));
        if (found == null) {
            return null;
        }
        String extension = propagates ? found.extension() : "";
        if (found.value().startsWith("@")) {
            return List.of(rewrite.rewrite(new Address(key.local() + found.value()), true).text());
        }
        List<String> out = AddressList.parse(found.value(), TOKENS).addresses();
        for (int i = 0; i < out.size(); i++) {
            Address a = rewrite.rewrite(new Address(out.get(i)), true);
            out.set(i, extension.isEmpty() ? a.text() : extended(a, extension));
        }
        return out;
    }

    private static String extended(Address address, String extension) {
        String domain = address.domain();
        String local = address.local() + extension;
        return domain.isEmpty() ? local : local + "@" + domain;
    }
}
