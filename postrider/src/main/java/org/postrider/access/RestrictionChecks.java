package org.postrider.access;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.access.list.Faults;
import org.postrider.config.Settings;

/// What restriction lists hold that answers 451 to every client that comes to it, or that does
/// nothing though it was meant to.
public final class RestrictionChecks {
    /// One such restriction.
    ///
    /// @param parameter the list or restriction class that it stands in
    /// @param notBuilt the name of a restriction of Postfix's that is not built; null for a fault
    ///   of the configuration
    /// @param text what is wrong, in Postfix's words if it has some
    public record Fault(String parameter, @Nullable String notBuilt, String text) {}

    private RestrictionChecks() {}

    /// Of all lists and classes of one service.
    public static List<Fault> of(Settings settings) {
        return Faults.of(settings);
    }

    /// What they hold that decides nothing, as in Postfix, which says so when a client comes: a
    /// list in DNS that is not named.
    public static List<Fault> idle(Settings settings) {
        return Faults.idle(settings);
    }
}
