package org.postrider.address;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A `mailto:` that a stranger chose, as a place for mail of ours (RFC 6068).
public final class Mailto {
    private static final Pattern PLAIN =
            Pattern.compile(
                    "(?i:mailto):([A-Za-z0-9_+=~#$&'*-][A-Za-z0-9._+=~#$&'*-]*"
                            + "@[A-Za-z0-9_-]+(?:\\.[A-Za-z0-9_-]+)+)(?:\\?.*)?");

    private Mailto() {}

    /// Null for anything else, and for an address that is not a plain one: nothing quoted or
    /// escaped, one recipient, a domain with a dot.
    public static @Nullable Address plain(String uri) {
        Matcher m = PLAIN.matcher(uri);
        return m.matches() ? new Address(m.group(1)) : null;
    }
}
