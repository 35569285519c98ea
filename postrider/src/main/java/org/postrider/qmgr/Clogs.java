package org.postrider.qmgr;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

/// Says when the mail for one destination fills the active queue, and what may help, in the words
/// of qmgr(8): a fifth of `qmgr_message_active_limit` is too much, and each destination is warned
/// of once per `qmgr_clog_warn_time`. For the scheduler only.
final class Clogs {
    private static final int SHARE = 5;
    private static final double ALMOST_ALL = 0.9;

    private final long pauseNanos;
    final int activeLimit;
    private final IntSupplier active;
    private final Consumer<String> warning;

    /// @param active messages under delivery
    /// @param warning takes a line at a time
    Clogs(Policies policies, IntSupplier active, Consumer<String> warning) {
        pauseNanos = policies.clogWarnNanos();
        activeLimit = policies.activeLimit;
        this.active = active;
        this.warning = warning;
    }

    /// A delivery has come to those that wait for a destination; none of it has started.
    void look(Destination d, long now) {
        Lane lane = d.lane;
        int many = d.entries();
        if (pauseNanos == 0 || many <= activeLimit / SHARE) {
            return;
        }
        Long next = lane.clogs.get(d);
        if (next != null && next - now > 0) {
            return;
        }
        lane.clogs.put(d, now + pauseNanos);
        lines(d, many).forEach(warning);
    }

    private List<String> lines(Destination d, int many) {
        Lane lane = d.lane;
        int all = Math.max(1, active.getAsInt());
        double share = many / (double) all;
        int concurrency = lane.limits.concurrency();
        List<String> out = new ArrayList<>();
        out.add(
                "mail for "
                        + d.key
                        + " is using up "
                        + many
                        + " of "
                        + all
                        + " active queue entries");
        if (share < ALMOST_ALL) {
            out.add("this may slow down other mail deliveries");
        }
        if (concurrency > 0 && concurrency <= d.busy + 1) {
            out.add(
                    "you may need to increase the main.cf "
                            + lane.name
                            + "_destination_concurrency_limit from "
                            + concurrency);
        } else if (d.window > activeLimit * share) {
            out.add(
                    "you may need to increase the main.cf qmgr_message_active_limit from "
                            + activeLimit);
        } else if (lane.destinations.size() > 1) {
            out.add("you may need a separate master.cf transport for " + d.key);
        } else {
            out.add("you may need to reduce " + lane.name + " connect and helo timeouts");
            out.add("so that Postfix quickly skips unavailable hosts");
            out.add(
                    "you may need to increase the main.cf minimal_backoff_time and"
                            + " maximal_backoff_time");
            out.add("so that Postfix wastes less time on undeliverable mail");
            out.add("you may need to increase the master.cf " + lane.name + " process limit");
        }
        out.add("please avoid flushing the whole queue when you have");
        out.add("lots of deferred mail, that is bad for performance");
        out.add("to turn off these warnings specify: qmgr_clog_warn_time = 0");
        return out;
    }
}
