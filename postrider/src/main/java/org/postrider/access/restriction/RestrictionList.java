package org.postrider.access.restriction;

import java.util.List;
import org.postrider.access.Stage;

/// The list of one parameter, in order.
///
/// @param stage what it is about
public record RestrictionList(String parameter, Stage stage, List<Restriction> restrictions) {
    public boolean isEmpty() {
        return restrictions.isEmpty();
    }

    /// Whether it keeps strangers from relaying.
    public boolean guardsRelay() {
        return restrictions.stream().anyMatch(Restriction::guardsRelay);
    }
}
