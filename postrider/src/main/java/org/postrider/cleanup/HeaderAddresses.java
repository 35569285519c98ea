package org.postrider.cleanup;

import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.address.AddressList;
import org.postrider.config.Settings;
import org.postrider.message.HeaderField;
import org.postrider.message.HeaderKind;
import org.postrider.message.HeaderText;
import org.postrider.rewrite.RewriteService;

/// Rewrites the addresses of a header field, and maps them. A field is written anew only where one
/// of them changes. Immutable.
final class HeaderAddresses {
    private final RewriteService rewrite;
    private final AddressMapping mapping;
    private final int tokenLimit;

    HeaderAddresses(Settings settings, RewriteService rewrite, AddressMapping mapping) {
        this.rewrite = rewrite;
        this.mapping = mapping;
        tokenLimit = settings.get(CleanupParams.HEADER_ADDRESS_TOKEN_LIMIT);
    }

    /// @param kind of sender or recipient addresses
    /// @return null where the field stays as it is
    byte @Nullable [] rewritten(Run run, HeaderField field, HeaderKind kind) {
        boolean local = run.has(CleanupService.Option.LOCAL_REWRITE);
        AddressMapping.Use use =
                kind.ofSender()
                        ? AddressMapping.Use.HEADER_SENDER
                        : AddressMapping.Use.HEADER_RECIPIENT;
        boolean maps = mapping.active() && run.has(CleanupService.Option.MAP);
        int value = field.value();
        AddressList list =
                AddressList.parse(
                        CheckTables.text(field.block(), value, field.textEnd(value)), tokenLimit);
        list.replaceAll(address -> {
            String clean = rewrite.rewrite(new Address(address), local).text();
            return maps && !clean.isEmpty() ? mapping.map(run, clean, use) : clean;
        });
        return list.changed() ? HeaderText.folded(field.name() + ": " + list.external()) : null;
    }
}
