package org.postrider.message;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.function.UnaryOperator;

/// The Delivered-To fields of a mail, by which final delivery finds out that mail goes in a circle
/// (mail_copy(3), delivered_hdr(3)).
public final class DeliveredTo {
    /// Fields that are looked at.
    private static final int MOST = 1000;

    private DeliveredTo() {}

    /// The addresses that a mail was delivered for before.
    ///
    /// @param header the mail's header block
    /// @param fold how two spellings of an address become one
    public static Set<String> of(byte[] header, UnaryOperator<String> fold) {
        Set<String> out = new HashSet<>();
        for (int at = 0;
                at < header.length && out.size() < MOST;
                at = Headers.headerEnd(header, at)) {
            int end = Headers.lineEnd(header, at);
            if (Headers.named(header, at, end, "delivered-to")) {
                String line = new String(header, at, end - at, StandardCharsets.ISO_8859_1);
                out.add(fold.apply(line.substring(line.indexOf(':') + 1).strip()));
            }
        }
        return out;
    }
}
