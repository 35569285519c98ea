package org.postrider.milter;

import org.jspecify.annotations.Nullable;

/// The values of Sendmail's macros at this moment (MILTER_README, "Sendmail macro emulation").
@FunctionalInterface
public interface Macros {
    /// @param name `j`, `{client_addr}`: braces where there is more than one letter
    /// @return octets as chars; null where it has no value now
    @Nullable String value(String name);
}
