package org.postrider.wire;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Sets of EHLO keywords that are passed over, at either end of a session (ehlo_mask(3)).
public final class EhloKeywords {
    /// Nothing is said in the log of what is passed over.
    private static final String SILENT = "SILENT-DISCARD";

    /// Those that mean something, in the log's order.
    private static final List<String> KNOWN =
            List.of(
                    "8BITMIME",
                    "AUTH",
                    "ETRN",
                    "PIPELINING",
                    "SIZE",
                    "VRFY",
                    "XCLIENT",
                    "XFORWARD",
                    "STARTTLS",
                    "ENHANCEDSTATUSCODES",
                    "DSN",
                    "SMTPUTF8",
                    "CHUNKING",
                    "REQUIRETLS");

    private EhloKeywords() {}

    /// In upper case.
    public static Set<String> of(List<String> words) {
        Set<String> out = new HashSet<>();
        for (String each : words) {
            out.add(each.toUpperCase(Locale.ROOT));
        }
        return Set.copyOf(out);
    }

    /// As the log has them; empty where there is nothing to say.
    public static String logged(Set<String> keywords) {
        if (keywords.contains(SILENT)) {
            return "";
        }
        List<String> out = new ArrayList<>(KNOWN);
        out.retainAll(keywords);
        // So the word stands in Postfix's log, whatever its own name.
        out.replaceAll(w -> w.equals("SMTPUTF8") ? "EHLO_MASK_SMTPUTF8" : w);
        return String.join(" ", out);
    }
}
