package org.postrider.qmgr.rate;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.postrider.anvil.Rates;

/// What is left of one [DestinationRate] now. Messages by the second are spaced evenly, a delivery
/// in each N-th of the time; anything else is counted in windows that slide ([Rates]), which a
/// restart does not forget. A delivery counts when it starts, and not at all if it finds nobody.
/// For the scheduler only; times are its own.
///
/// @param <D> what waits for it
public final class Budget<D> {
    /// A window shorter than this is kept by spacing.
    private static final int COUNTED_SECONDS = 60;

    /// Mail whose turn is later than this comes when half of the time is over.
    private static final long SURE_NANOS = 600_000_000_000L;

    /// Mail is not put back for longer than this.
    private static final long FARTHEST_NANOS = 3_600_000_000_000L;

    /// Starts farther apart than this are no measure.
    private static final long MOST_GAP_NANOS = 60_000_000_000L;

    private static final double GOLDEN = 0.618_033_988_749_895;
    private static final long NEVER = Long.MIN_VALUE;

    private final Rates.Key key;
    private final Supplier<Rates> rates;
    private final ArrayDeque<D> blocked = new ArrayDeque<>();
    private final Set<D> users = new HashSet<>();
    private DestinationRate rate;
    private List<Rates.Limit> counted = List.of();
    private long spacing;
    private long notBefore = NEVER;

    /// Deliveries that were put back, as far as is known, and when the last of them comes.
    private int sure;

    private int unsure;

    private long line = NEVER;
    private double spread;
    private int waiting;
    private int waitingRecipients;
    private long armed = NEVER;

    /// Null at full speed.
    private @Nullable Speed speed;

    private long lastStart = NEVER;
    private long meanGap;

    /// @param transport budgets are a transport's own
    /// @param rates asked only where something is counted
    public Budget(String transport, DestinationRate rate, Supplier<Rates> rates) {
        key = new Rates.Key(Rates.Kind.DESTINATION, transport + " " + rate.name());
        this.rates = rates;
        this.rate = rate;
        rate(rate);
    }

    /// Limits as they are now.
    public void rate(DestinationRate now) {
        rate = now;
        spacing = 0;
        List<Rates.Limit> windows = new ArrayList<>();
        for (Rates.Limit each : now.limits()) {
            if (each.unit() == Rates.Unit.MESSAGES && each.seconds() < COUNTED_SECONDS) {
                spacing = Math.max(spacing, nanos(each) / each.most() + 1);
            } else {
                windows.add(each);
            }
        }
        counted = List.copyOf(windows);
    }

    public DestinationRate rate() {
        return rate;
    }

    private static long nanos(Rates.Limit limit) {
        return limit.seconds() * 1_000_000_000L;
    }

    private static int amount(Rates.Limit limit, int recipients) {
        return limit.unit() == Rates.Unit.MESSAGES ? 1 : recipients;
    }

    /// When a delivery to so many recipients may start; not after now where it may at once.
    public long readyAt(int recipients, long now) {
        long at = Math.max(notBefore(now), now);
        for (Rates.Limit each : counted) {
            long wait = rates.get().untilRoom(key, each, amount(each, recipients));
            at = Math.max(at, now + wait * 1_000_000);
        }
        return at;
    }

    /// When one that comes now may start, behind those that wait already.
    public long turnAt(int recipients, long now) {
        return turnAt(0, recipients, now);
    }

    /// @param lined put back before it, each as large as this
    private long turnAt(long lined, int recipients, long now) {
        long at = Math.max(notBefore(now), now) + (waiting + lined) * spacing(now);
        for (Rates.Limit each : counted) {
            boolean messages = each.unit() == Rates.Unit.MESSAGES;
            long ahead = messages ? waiting : waitingRecipients;
            long all = ahead + (lined + 1) * Math.min(each.most(), amount(each, recipients));
            // What does not fit into a window comes a window later, in the same way.
            long windows = (all - 1) / each.most();
            int rest = (int) (all - windows * each.most());
            long wait = rates.get().untilRoom(key, each, rest) * 1_000_000;
            at = Math.max(at, now + wait + windows * nanos(each));
        }
        return at;
    }

    /// Where a delivery counts that has started, whatever the limits become meanwhile.
    public record Charge<D>(Budget<D> budget, List<Rates.Limit> limits) {
        public Charge {
            limits = List.copyOf(limits);
        }
    }

    /// A delivery starts.
    public Charge<D> take(int recipients, long now) {
        if (lastStart != NEVER) {
            meanGap += (Math.min(now - lastStart, MOST_GAP_NANOS) - meanGap) / 8;
        }
        lastStart = now;
        if (spacing > 0) {
            notBefore = now + spacing;
        }
        for (Rates.Limit each : counted) {
            rates.get().take(key, each, amount(each, recipients), true);
        }
        return new Charge<>(this, counted);
    }

    /// It ended.
    ///
    /// @param happened false where it found nobody, and does not count
    public void ended(Charge<D> charge, int recipients, boolean happened) {
        for (Rates.Limit each : charge.limits()) {
            if (happened) {
                rates.get().keep(key, each, amount(each, recipients));
            } else {
                rates.get().giveBack(key, each, amount(each, recipients));
            }
        }
    }

    /// A place in the line of what is put back into the queue.
    ///
    /// @param due when to come again
    /// @param sure its turn is then; else that is only known within ten minutes of it, and who has
    ///   none yet comes before, as much may happen until then
    public record Place(long due, boolean sure) {}

    /// The next place in the line.
    public Place reserve(int recipients, long now) {
        if (!lined(now)) {
            sure = 0;
            unsure = 0;
        }
        long wait = turnAt(sure, recipients, now) - now;
        boolean known = wait < SURE_NANOS;
        if (known) {
            sure++;
        } else {
            long all = turnAt((long) sure + unsure, recipients, now) - now;
            unsure++;
            spread = (spread + GOLDEN) % 1;
            wait = Math.min(all / 2, (long) ((1 + spread) * FARTHEST_NANOS / 2));
        }
        long due = now + Math.max(1, wait);
        line = Math.max(line, due);
        return new Place(due, known);
    }

    /// One that was put back has come.
    public void comes(boolean wasSure) {
        if (wasSure) {
            sure = Math.max(0, sure - 1);
        } else {
            unsure = Math.max(0, unsure - 1);
        }
    }

    /// Others were put back, whose turn it is before what is new.
    public boolean lined(long now) {
        return line != NEVER && line - now > 0;
    }

    /// Who was put back is about to come at once.
    public void forgetLine() {
        line = NEVER;
        sure = 0;
        unsure = 0;
    }

    /// The spacing, and that of a destination that is slowed.
    private long spacing(long now) {
        if (speed == null) {
            return spacing;
        }
        speed.grow(now);
        return Math.max(spacing, speed.gap());
    }

    private long notBefore(long now) {
        return speed == null || lastStart == NEVER
                ? notBefore
                : Math.max(notBefore, lastStart + spacing(now));
    }

    // ---- speed

    /// The destination asked for less.
    ///
    /// @param started when the delivery did that heard it
    /// @param window deliveries at a time until now
    /// @return at which part of its speed it is now; null where that is no less
    public @Nullable String slower(long started, int window, long now) {
        Speed known = speed;
        if (known == null) {
            known = new Speed(Math.max(spacing, meanGap), window, started);
            speed = known;
        }
        return known.slower(started, now) ? known.text() : null;
    }

    /// The destination took a delivery.
    ///
    /// @return what is to be said of its speed; null for nothing
    public @Nullable String took(long started, long now) {
        Speed known = speed;
        if (known == null) {
            return null;
        }
        known.took(started, now);
        return better(known);
    }

    private @Nullable String better(Speed known) {
        String said = known.better();
        if (Speed.FULL.equals(said)) {
            speed = null;
        }
        return said;
    }

    /// Time has gone by.
    ///
    /// @return what is to be said of its speed; null for nothing
    public @Nullable String grown(long now) {
        Speed known = speed;
        if (known == null) {
            return null;
        }
        known.grow(now);
        return better(known);
    }

    /// The administrator wants it at full speed.
    ///
    /// @return false where it is
    public boolean fullSpeed() {
        boolean was = speed != null;
        speed = null;
        return was;
    }

    /// At which part of its speed it is, `1/4`; null for full speed.
    public @Nullable String slowed() {
        return speed == null ? null : speed.text();
    }

    /// The most deliveries at a time.
    public int widest() {
        return speed == null ? Integer.MAX_VALUE : speed.window();
    }

    // ---- who waits

    /// Destinations that have something to start and may not, in order.
    public ArrayDeque<D> blocked() {
        return blocked;
    }

    /// Destinations that it holds for.
    public Set<D> users() {
        return users;
    }

    /// One more delivery waits in memory, or one fewer.
    ///
    /// @param more 1 or -1
    public void waits(int more, int recipients) {
        waiting += more;
        waitingRecipients += more * recipients;
    }

    public int waiting() {
        return waiting;
    }

    /// Whether a timer is to be set for this time; one that is set for an earlier one does.
    public boolean arm(long at) {
        if (armed != NEVER && armed - at <= 0) {
            return false;
        }
        armed = at;
        return true;
    }

    /// A timer has come.
    ///
    /// @return false where it is not the one that counts
    public boolean disarm(long at) {
        if (armed != at) {
            return false;
        }
        armed = NEVER;
        return true;
    }

    /// When nothing of it need be remembered any more but what [Rates] has; not after now: at once.
    public long settledAt(long now) {
        long slow = speed == null ? now : speed.fullAt(now);
        long at = notBefore == NEVER ? slow : Math.max(slow, notBefore);
        return line != NEVER && line - at > 0 ? line : at;
    }
}
