package org.postrider.command.postconf;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Which services of master.cf are meant: `name`, `name/type`, `name/type/what`, `*` for any.
final class Pattern {
    private static final String ANY = "*";

    private Pattern() {}

    /// As many parts as there may be, those that are left out as `*`.
    ///
    /// @return null for what is no pattern of so many parts
    static String @Nullable [] parts(String text, int least, int most) {
        if (text.startsWith("/")) {
            return null;
        }
        String[] given =
                Arrays.stream(text.split("/", -1)).filter(p -> !p.isEmpty()).toArray(String[]::new);
        boolean strayStar = Arrays.stream(given).anyMatch(p -> !p.equals(ANY) && p.contains(ANY));
        if (given.length < least || given.length > most || strayStar) {
            return null;
        }
        String[] out = Arrays.copyOf(given, most);
        Arrays.fill(out, given.length, most, ANY);
        return out;
    }

    static boolean matches(String part, String value) {
        return part.equals(ANY) || part.equals(value);
    }
}
