package org.postrider.qmgr.rate;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.dns.Resolver;
import org.postrider.maps.TableException;
import org.postrider.time.Clock;

/// Finds out of which group a destination is, so many at a time. Any thread; blocks.
public final class Groups {
    private static final int AT_A_TIME = 100;

    private final Semaphore places = new Semaphore(AT_A_TIME);
    private final Clock clock;

    /// @param rates of the destination, and of its group if it has one
    /// @param failure why nobody knows now, for the log; null where it is known
    public record Found(List<DestinationRate> rates, @Nullable String failure) {
        public Found {
            rates = List.copyOf(rates);
        }
    }

    public Groups(Clock clock) {
        this.clock = clock;
    }

    /// @param known what is known without DNS
    public Found find(RateTables tables, String nexthop, RateTables.Known known, Resolver dns) {
        places.acquireUninterruptibly();
        try {
            List<DestinationRate> all = new ArrayList<>(known.rates());
            all.addAll(tables.group(nexthop, dns, clock.nanos()));
            return new Found(all, null);
        } catch (TableException | ConfigException | RateTables.NoAnswer e) {
            return new Found(List.of(), String.valueOf(e.getMessage()));
        } finally {
            places.release();
        }
    }
}
