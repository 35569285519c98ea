package org.postrider.cleanup;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.address.AddressList;
import org.postrider.config.Settings;
import org.postrider.message.HeaderField;
import org.postrider.message.HeaderKind;
import org.postrider.rewrite.RewriteService;

/// Rewrites the addresses of a header field, and maps them. A field is written anew only where one
/// of them changes. Immutable.
final class HeaderAddresses {
    private static final int FOLD = 70;

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
        return list.changed() ? folded(field.name() + ": " + list.external()) : null;
    }

    /// Lines separated by LF are joined as long as they are short; folds begin with white space.
    private static byte[] folded(String text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        int length = 0;
        int at = 0;
        while (at <= text.length()) {
            int end = text.indexOf('\n', at);
            end = end < 0 ? text.length() : end;
            if (at > 0) {
                if (length + 1 + end - at < FOLD) {
                    out.append(' ');
                    length++;
                } else {
                    out.append("\r\n\t");
                    length = 0;
                }
            }
            out.append(text, at, end);
            length += end - at;
            at = end + 1;
        }
        return out.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
