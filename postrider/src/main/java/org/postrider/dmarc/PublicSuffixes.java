package org.postrider.dmarc;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.postrider.disk.Reading;
import org.postrider.maps.Fold;

/// Under which names domains are registered, as a file of the form of publicsuffix.org says: a rule
/// a line, `*.` for any one label, `!` for an exception, `//` for a comment. It names the
/// organizational domain where RFC 7489 (3.2) is preferred to the tree walk. Immutable.
public final class PublicSuffixes {
    private final Set<String> rules = new HashSet<>();

    private PublicSuffixes() {}

    /// @throws IOException if the file cannot be read, or names no suffix
    public static PublicSuffixes read(Path file) throws IOException {
        PublicSuffixes out =
                of(new String(Reading.octets(file, Reading.SHORT), StandardCharsets.ISO_8859_1));
        if (out.rules.isEmpty()) {
            throw new IOException(file + ": names no public suffix");
        }
        return out;
    }

    static PublicSuffixes of(String text) {
        PublicSuffixes out = new PublicSuffixes();
        text.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("//"))
                .map(line -> line.split("\\s", 2)[0])
                .map(PublicSuffixes::rule)
                .forEach(out.rules::add);
        return out;
    }

    private static String rule(String text) {
        String mark = text.startsWith("!") ? "!" : text.startsWith("*.") ? "*." : "";
        return mark + Fold.lower(Identifier.ascii(text.substring(mark.length())));
    }

    /// The suffix and one label more; the domain itself where it is a suffix, or has no more.
    ///
    /// @param domain in lower-case ASCII
    public String organization(String domain) {
        String candidate = domain;
        for (String at = domain; ; ) {
            if (rules.contains("!" + at)) {
                return at;
            }
            int dot = at.indexOf('.');
            String above = dot < 0 ? "" : at.substring(dot + 1);
            if (rules.contains(at) || rules.contains("*." + above) || above.isEmpty()) {
                // `at` is the longest suffix: rules are tried from the longest name on, and one
                // that no rule knows has its last label for one.
                return candidate;
            }
            candidate = at;
            at = above;
        }
    }
}
