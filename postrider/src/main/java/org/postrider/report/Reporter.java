package org.postrider.report;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.postrider.threads.Loop;
import org.postrider.time.Clock;

/// Counts results, asks each domain once a day whether it wants to know, and sends it a report of
/// each day, in the first hours of the next at a time that chance chooses (RFC 8460 4.1 speaks of
/// four). Where it does not go it is tried for 24 hours; then it is dropped with a line in the log.
/// Results are taken on any thread; [#step] is one loop's.
///
/// @param <R> a result
public final class Reporter<R> {
    static final long SAVE_NANOS = Duration.ofMinutes(1).toNanos();
    private static final long SOON_NANOS = Duration.ofSeconds(5).toNanos();
    private static final long SPREAD_MILLIS = Duration.ofHours(4).toMillis();
    private static final int MOST_ASKED = 8;
    private static final int MOST_SENT = 4;

    private final Ledger<R> ledger;
    private final LedgerFile<R> file;
    private final Kind<R> kind;
    private final Outside outside;
    private final Clock clock;
    private final List<Due<R>> waiting = new ArrayList<>();

    /// What tasks came to, for the loop.
    private final Queue<Runnable> inbox = new ConcurrentLinkedQueue<>();

    private volatile @Nullable Loop loop;

    // The loop's.
    private int asked;
    private int sent;
    private long saved;
    private boolean urgent;

    /// What it has of others.
    ///
    /// @param random for the time of a report and for its name
    public record Outside(Tasks tasks, RandomGenerator random, Says log) {}

    /// Runs each on a thread of its own.
    public interface Tasks {
        /// @param after once, whatever is thrown, and if there can be no thread
        void start(Runnable task, Runnable after);
    }

    /// The log.
    public record Says(Consumer<String> lines, Consumer<String> warnings) {}

    Reporter(LedgerFile<R> file, Kind<R> kind, long mostOctets, Outside outside, Clock clock) {
        this.file = file;
        this.kind = kind;
        this.outside = outside;
        this.clock = clock;
        ledger = new Ledger<>(kind, mostOctets);
    }

    /// A reload.
    void set(long mostOctets) {
        ledger.most(mostOctets);
    }

    /// Reads what was saved. Before the first step.
    ///
    /// @param by whose steps they are; null for a caller's own
    void begin(@Nullable Loop by) {
        loop = by;
        waiting.addAll(file.load(ledger));
        taken();
        saved = clock.nanos();
    }

    /// Counts a result for a domain. Any thread; returns at once, whatever becomes of it.
    public void took(String domain, R result) {
        if (ledger.took(domain, result)) {
            wake();
        }
    }

    private void wake() {
        Loop running = loop;
        if (running != null) {
            running.wake();
        }
    }

    private void task(Runnable what, Runnable failed) {
        AtomicBoolean done = new AtomicBoolean();
        outside.tasks()
                .start(
                        () -> {
                            what.run();
                            done.set(true);
                        },
                        () -> {
                            if (!done.get()) {
                                inbox.add(failed);
                            }
                            wake();
                        });
    }

    /// One round.
    ///
    /// @return nanoseconds until the next
    long step() {
        for (Runnable each = inbox.poll(); each != null; each = inbox.poll()) {
            each.run();
        }
        long now = clock.wallMillis();
        Ledger.Ended<R> ended = ledger.roll(Day.of(now));
        if (ended != null) {
            ended(ended);
        }
        ask();
        long next = send(now);
        long rest = urgent ? SOON_NANOS : SAVE_NANOS;
        if (clock.nanos() - saved >= rest && ledger.takeChanged()) {
            save();
        }
        return inbox.isEmpty() ? Math.min(rest, next) : 0;
    }

    void save() {
        urgent = false;
        saved = clock.nanos();
        if (!file.save(ledger, waiting)) {
            ledger.change();
        }
    }

    private void ended(Ledger.Ended<R> ended) {
        long end = (ended.day() + 1) * Day.MILLIS;
        if (ended.lost() > 0) {
            outside.log()
                    .warnings()
                    .accept(
                            kind.names().all()
                                    + ": "
                                    + ended.lost()
                                    + " "
                                    + kind.names().results()
                                    + " were not counted: "
                                    + kind.names().limit()
                                    + " is reached");
        }
        ended.entries()
                .forEach((domain, entry) -> {
                    long at = end + outside.random().nextLong(SPREAD_MILLIS);
                    String id = ended.day() + "." + Long.toHexString(outside.random().nextLong());
                    boolean known = entry.state == Ledger.State.WANTED;
                    waiting.add(
                            new Due<>(
                                    ended.day(),
                                    domain,
                                    id,
                                    entry.tally,
                                    known ? entry.places : null,
                                    at));
                });
        taken();
        urgent = true;
    }

    private void taken() {
        ledger.due(waiting.stream().mapToLong(Due::octets).sum());
    }

    // ---- asking

    private void ask() {
        while (asked < MOST_ASKED) {
            String domain = ledger.ask();
            if (domain == null) {
                return;
            }
            long day = ledger.day();
            asked++;
            task(
                    () -> {
                        Wanted wanted = kind.wanted(domain);
                        inbox.add(() -> answered(domain, day, wanted));
                    },
                    () -> answered(domain, day, new Wanted.Unknown()));
        }
    }

    private void answered(String domain, long day, Wanted wanted) {
        asked--;
        ledger.answered(domain, day, wanted);
    }

    // ---- sending

    /// @return nanoseconds until the next is due
    private long send(long now) {
        long next = Long.MAX_VALUE / 4;
        for (Due<R> each : List.copyOf(waiting)) {
            if (each.away) {
                continue;
            }
            if (now - each.firstMillis > Due.MOST_MILLIS) {
                // Left over from a time in which nothing was sent.
                drop(each, "too late");
            } else if (each.nextMillis > now) {
                next = Math.min(next, (each.nextMillis - now) * 1_000_000);
            } else if (sent < MOST_SENT) {
                away(each);
            }
        }
        return next;
    }

    private void away(Due<R> due) {
        sent++;
        due.away = true;
        // What has gone is not sent again, whatever ends the task then.
        AtomicReference<@Nullable List<String>> left = new AtomicReference<>(due.places);
        task(
                () -> {
                    List<String> open = left.get();
                    if (open == null) {
                        switch (kind.wanted(due.domain())) {
                            case Wanted.Places(List<String> uris) -> open = uris;
                            case Wanted.Not _ -> open = List.of();
                            case Wanted.Unknown _ -> {
                                inbox.add(() -> back(due, null));
                                return;
                            }
                        }
                    }
                    left.set(List.copyOf(open));
                    send(due, open, left);
                    inbox.add(() -> back(due, left.get()));
                },
                () -> back(due, left.get()));
    }

    /// @param left where it still has to go
    private void send(
            Due<R> due, List<String> places, AtomicReference<@Nullable List<String>> left) {
        if (places.isEmpty()) {
            return;
        }
        Report report = kind.report(due);
        List<String> not = new ArrayList<>(places);
        for (String place : places) {
            try {
                String done = report.send(place);
                not.remove(place);
                left.set(List.copyOf(not));
                outside.log().lines().accept(named(due) + ": " + done);
            } catch (IOException e) {
                String why = e.getMessage();
                outside.log()
                        .lines()
                        .accept(
                                named(due)
                                        + " not sent to "
                                        + place
                                        + ": "
                                        + (why == null ? "lost connection" : why));
            }
        }
    }

    private void back(Due<R> due, @Nullable List<String> left) {
        sent--;
        due.away = false;
        due.places = left;
        urgent = true;
        ledger.change();
        if (left != null && left.isEmpty()) {
            waiting.remove(due);
            taken();
        } else if (!due.again(clock.wallMillis())) {
            drop(due, left == null ? "the DNS did not say where" : "not taken in 24 hours");
        }
    }

    private void drop(Due<R> due, String why) {
        waiting.remove(due);
        taken();
        outside.log()
                .warnings()
                .accept(
                        named(due)
                                + " dropped: "
                                + why
                                + (due.places == null
                                        ? ""
                                        : " (" + String.join(", ", due.places) + ")"));
    }

    private String named(Due<R> due) {
        return kind.names().one() + " " + due.domain() + " of " + Day.date(due.day());
    }

    // ---- for tests

    int waiting() {
        return waiting.size();
    }

    long octets() {
        return ledger.octets();
    }
}
