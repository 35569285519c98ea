package org.postrider.tlsrpt;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.disk.Disk;
import org.postrider.dns.Resolver;
import org.postrider.threads.Loop;
import org.postrider.time.Clock;

/// Counts what becomes of TLS, asks each domain once a day whether it wants to know, and sends it a
/// report of each day, in the first hours of the next at a time that chance chooses (RFC 8460 4.1
/// speaks of four). A report goes by mail once; over HTTPS it is tried for 24 hours; then it is
/// dropped with a line in the log. Results are taken on any thread; [#step] is one loop's.
final class Reporter implements TlsResults {
    static final long SAVE_NANOS = Duration.ofMinutes(1).toNanos();
    private static final long SOON_NANOS = Duration.ofSeconds(5).toNanos();
    private static final long SPREAD_MILLIS = Duration.ofHours(4).toMillis();
    private static final int MOST_ASKED = 8;
    private static final int MOST_SENT = 4;

    private final Ledger ledger;
    private final LedgerFile file;
    private final Outside outside;
    private final Clock clock;
    private final List<Due> waiting = new ArrayList<>();

    /// What tasks came to, for the loop.
    private final Queue<Runnable> inbox = new ConcurrentLinkedQueue<>();

    private volatile House house;
    private volatile @Nullable Loop loop;

    // The loop's.
    private int asked;
    private int sent;
    private long saved;
    private boolean urgent;

    /// Who reports.
    ///
    /// @param from the address in the header
    record House(String organization, String contact, String from) {
        String submitter() {
            return from.substring(from.lastIndexOf('@') + 1);
        }
    }

    /// Where reports go.
    interface Poster {
        /// Blocking, bounded in time.
        ///
        /// @return the status of the answer
        int post(URI to, byte[] zipped) throws IOException;
    }

    /// What it has of others.
    ///
    /// @param random for the time of a report and for its name
    record Outside(
            Resolver dns,
            Outbox outbox,
            Poster poster,
            Tasks tasks,
            RandomGenerator random,
            Says log) {}

    /// Runs each on a thread of its own.
    interface Tasks {
        /// @param after once, whatever is thrown, and if there can be no thread
        void start(Runnable task, Runnable after);
    }

    /// The log.
    record Says(Consumer<String> lines, Consumer<String> warnings) {}

    Reporter(
            Disk disk, Path directory, long mostOctets, House house, Outside outside, Clock clock) {
        this.house = house;
        this.outside = outside;
        this.clock = clock;
        ledger = new Ledger(mostOctets);
        file = new LedgerFile(disk, directory, outside.log().warnings());
    }

    /// A reload.
    void set(long mostOctets, House by) {
        ledger.most(mostOctets);
        house = by;
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

    @Override
    public boolean wanted() {
        return true;
    }

    @Override
    public void took(TlsResult result) {
        if (ledger.took(result)) {
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
        Ledger.Ended ended = ledger.roll(Math.floorDiv(now, Json.DAY_MILLIS));
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

    private void ended(Ledger.Ended ended) {
        long end = (ended.day() + 1) * Json.DAY_MILLIS;
        if (ended.lost() > 0) {
            outside.log()
                    .warnings()
                    .accept(
                            "reports on TLS: "
                                    + ended.lost()
                                    + " sessions were not counted: "
                                    + TlsrptParams.MEMORY.name()
                                    + " is reached");
        }
        ended.entries()
                .forEach((domain, entry) -> {
                    long at = end + outside.random().nextLong(SPREAD_MILLIS);
                    String id = ended.day() + "." + Long.toHexString(outside.random().nextLong());
                    boolean known = entry.state == Ledger.State.WANTED;
                    waiting.add(
                            new Due(
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
        ledger.due(waiting.stream().mapToLong(each -> each.tally.octets()).sum());
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
                        Wanted wanted = Wanted.of(domain, outside.dns());
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
        for (Due each : List.copyOf(waiting)) {
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

    private void away(Due due) {
        sent++;
        due.away = true;
        House by = house;
        List<String> places = due.places;
        task(
                () -> {
                    List<String> open = places;
                    if (open == null) {
                        switch (Wanted.of(due.domain, outside.dns())) {
                            case Wanted.Places(List<String> uris) -> open = uris;
                            case Wanted.Not _ -> open = List.of();
                            case Wanted.Unknown _ -> {
                                inbox.add(() -> back(due, null));
                                return;
                            }
                        }
                    }
                    List<String> left = sent(due, by, open);
                    inbox.add(() -> back(due, left));
                },
                () -> back(due, places));
    }

    /// @return where it did not go
    private List<String> sent(Due due, House by, List<String> places) {
        List<String> left = new ArrayList<>();
        if (places.isEmpty()) {
            return left;
        }
        Letter letter = Letter.of(due, by);
        for (String place : places) {
            String fault = one(letter, place);
            if (fault == null) {
                continue;
            }
            left.add(place);
            outside.log().lines().accept(named(due) + " not sent to " + place + ": " + fault);
        }
        return left;
    }

    /// @return why it did not go; null where it did
    private @Nullable String one(Letter letter, String place) {
        try {
            Address to = Wanted.address(place);
            if (to != null) {
                String id = outside.outbox().mail(letter, to);
                said(letter, "queued as " + id + " for " + to.text());
                return null;
            }
            URI uri = Wanted.https(place);
            int status = uri == null ? 0 : outside.poster().post(uri, letter.zipped());
            if (status / 100 == 2) {
                said(letter, "taken by " + place);
                return null;
            }
            return "answered " + status;
        } catch (IOException e) {
            String why = e.getMessage();
            return why == null ? "lost connection" : why;
        }
    }

    private void said(Letter letter, String what) {
        outside.log()
                .lines()
                .accept(
                        "report on TLS with "
                                + letter.domain()
                                + " of "
                                + Json.time(letter.day() * Json.DAY_MILLIS).substring(0, 10)
                                + ": "
                                + what);
    }

    private void back(Due due, @Nullable List<String> left) {
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

    private void drop(Due due, String why) {
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

    private static String named(Due due) {
        return "report on TLS with "
                + due.domain
                + " of "
                + Json.time(due.day * Json.DAY_MILLIS).substring(0, 10);
    }

    // ---- for tests

    int waiting() {
        return waiting.size();
    }

    long octets() {
        return ledger.octets();
    }
}
