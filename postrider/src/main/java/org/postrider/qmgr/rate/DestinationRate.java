package org.postrider.qmgr.rate;

import java.util.List;
import java.util.stream.Collectors;
import org.postrider.anvil.RateGrammar;
import org.postrider.anvil.Rates;

/// How much may go to a destination, or to a group of them, in which times.
///
/// @param name a next hop in lower case, or the group's name
/// @param limits all of them hold; none where only its speed is looked after
public record DestinationRate(String name, List<Rates.Limit> limits) {
    public DestinationRate {
        limits = List.copyOf(limits);
    }

    /// The most recipients that one delivery may have, 0 for any number.
    public int recipients() {
        int most = 0;
        for (Rates.Limit each : limits) {
            if (each.unit() == Rates.Unit.RECIPIENTS) {
                most = most == 0 ? each.most() : Math.min(most, each.most());
            }
        }
        return most;
    }

    /// As it is configured: `10/s, 600/m recipients`.
    public String text() {
        return limits.stream().map(RateGrammar::text).collect(Collectors.joining(", "));
    }
}
