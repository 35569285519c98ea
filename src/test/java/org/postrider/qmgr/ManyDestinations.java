package org.postrider.qmgr;

import java.util.List;
import java.util.Locale;
import org.postrider.qmgr.rate.DestinationRate;

/// Many destinations, each with its limits and some mail, until all is delivered, in simulated
/// time. Run by `bench/rates/destinations`.
final class ManyDestinations {
    private static final String[] RATES = {
        "10/s", "1/s, 30/m", "600/m, 50/h", "20/h", "5/h, 60/d", "40/d"
    };

    /// @param wrong limits that were broken, and what else went wrong; none
    record Result(
            List<String> wrong,
            int delivered,
            long decisions,
            long putBack,
            int mostActive,
            long simulatedNanos,
            double seconds,
            long heap) {}

    private ManyDestinations() {}

    static Result run(int destinations, int mails, long seed) {
        RatedWorld w = new RatedWorld(seed, 20_000, 4 * destinations + 1000);
        w.unavailablePercent = 2;
        for (int d = 0; d < destinations; d++) {
            String to = "d" + d + ".example";
            DestinationRate own = RatedWorld.rate(to, RATES[d % RATES.length]);
            // Every fifth is one of a group that shares a limit with 19 others.
            DestinationRate group =
                    d % 5 == 0 ? RatedWorld.rate("g" + d / 100, "60/m, 300/h") : null;
            for (int i = 0; i < mails; i++) {
                long after = (d * 7919L + i * 104_729L) % 3600 * RatedWorld.SECOND;
                if (group != null) {
                    w.mail(after, to, 1, own, group);
                } else {
                    w.mail(after, to, 1, own);
                }
            }
        }
        long start = System.nanoTime();
        w.run(60 * 24 * RatedWorld.HOUR);
        double seconds = (System.nanoTime() - start) / 1e9;
        long last = 0;
        for (long each : w.lastDelivered.values()) {
            last = Math.max(last, each);
        }
        return new Result(
                w.wrong, w.delivered, w.decisions, w.putBack, w.mostActive, last, seconds, used());
    }

    private static long used() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    public static void main(String[] args) {
        int destinations = Integer.parseInt(args[0]);
        int mails = Integer.parseInt(args[1]);
        Result r = run(destinations, mails, Long.parseLong(args[2]));
        System.out.printf(
                Locale.ROOT,
                "%d destinations with %d mails each, limits %s%n"
                        + "delivered            %d%n"
                        + "simulated time       %.1f days%n"
                        + "decisions            %d (arrivals, starts, ends, put back, timers)%n"
                        + "put back             %d%n"
                        + "real time            %.1f s%n"
                        + "decisions a second   %.0f%n"
                        + "most in memory       %d of 20000%n"
                        + "heap at the end      %d kB (with the test's own lists)%n"
                        + "limits broken        %d %s%n",
                destinations,
                mails,
                List.of(RATES),
                r.delivered(),
                r.simulatedNanos() / 1e9 / 86_400,
                r.decisions(),
                r.putBack(),
                r.seconds(),
                r.decisions() / r.seconds(),
                r.mostActive(),
                r.heap() / 1024,
                r.wrong().size(),
                r.wrong());
        System.exit(r.wrong().isEmpty() && r.delivered() == destinations * mails ? 0 : 1);
    }
}
