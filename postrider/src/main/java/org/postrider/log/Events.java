package org.postrider.log;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.postrider.time.Clock;

/// Hands everything that happens to all who subscribed. Any thread.
public final class Events implements MailLog, AutoCloseable {
    /// A subscriber, and how many events it has thrown at.
    private record Subscription(String name, Subscriber subscriber, AtomicLong failures) {}

    private final Clock clock;
    private final LogTag self;
    private volatile Subscription[] subscriptions = {};

    /// @param self who speaks when a subscriber is in trouble
    public Events(Clock clock, LogTag self) {
        this.clock = clock;
        this.self = self;
    }

    /// From now on it is handed everything; closed by [#close], the last first.
    ///
    /// @param name as in the log when it is in trouble
    public synchronized void subscribe(String name, Subscriber subscriber) {
        Subscription[] more = Arrays.copyOf(subscriptions, subscriptions.length + 1);
        more[more.length - 1] = new Subscription(name, subscriber, new AtomicLong());
        subscriptions = more;
    }

    @Override
    public void event(LogTag tag, Event event) {
        Occurrence occurrence = new Occurrence(clock.wallMillis(), tag, event);
        for (Subscription each : subscriptions) {
            Throwable thrown = taken(each, occurrence);
            if (thrown != null) {
                tell(each, thrown);
            }
        }
    }

    /// What became of a log: told to all, that log too.
    void trouble(Trouble trouble) {
        event(self, trouble);
    }

    private static @Nullable Throwable taken(Subscription to, Occurrence occurrence) {
        try {
            to.subscriber().take(occurrence);
            return null;
        } catch (Throwable e) {
            return e;
        }
    }

    /// To the others, at the 1st, 2nd, 4th, 8th, … failure: one that always throws does not fill
    /// the log.
    private void tell(Subscription failed, Throwable thrown) {
        long failures = failed.failures().incrementAndGet();
        if (Long.bitCount(failures) != 1) {
            return;
        }
        Occurrence told =
                new Occurrence(
                        clock.wallMillis(),
                        self,
                        new Trouble.SubscriberFailed(failed.name(), failures, thrown));
        boolean heard = false;
        for (Subscription each : subscriptions) {
            heard |= each != failed && taken(each, told) == null;
        }
        if (!heard) {
            System.err.println(told.event().line());
        }
    }

    /// Closes the subscribers, the last first, so that the mail log hears of the others' end.
    @Override
    public void close() {
        Subscription[] all = subscriptions;
        for (int i = all.length - 1; i >= 0; i--) {
            try {
                all[i].subscriber().close();
            } catch (Throwable e) {
                tell(all[i], e);
            }
            subscriptions = Arrays.copyOf(all, i);
        }
    }
}
