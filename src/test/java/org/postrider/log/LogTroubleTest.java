package org.postrider.log;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.Until;
import org.postrider.log.file.LineBuffer;
import org.postrider.log.file.LineSink;
import org.postrider.threads.Supervisor;
import org.postrider.threads.Work;
import org.postrider.time.Clock;

/// A log whose disk is full, that hangs, or a subscriber that throws: mail goes on, and what is
/// lost is counted and told of (docs/decisions/0024).
@Tag("alone")
class LogTroubleTest {
    private static final LogTag TAG = new LogTag("postfix/smtpd", 42);
    private static final Work WORK = Work.of("log under test", "writes");
    private static final long PATIENCE_NANOS = 1_000_000_000L;

    @TempDir Path directory;

    /// A file on a disk that has so much room.
    private static final class Disk implements LineSink {
        private final StringBuilder written = new StringBuilder();
        private int room;
        private boolean hangs;
        private int writes;

        Disk(int room) {
            this.room = room;
        }

        @Override
        public synchronized int write(byte[] octets, int from, int to) throws IOException {
            while (hangs && writes == 0) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
            writes = 0;
            int n = Math.min(to - from, room);
            if (n == 0) {
                throw new IOException("No space left on device");
            }
            room -= n;
            written.append(new String(octets, from, n, ISO_8859_1));
            return n;
        }

        synchronized void room(int more) {
            room = more;
        }

        /// One write goes through, then it hangs again.
        synchronized void once() {
            writes = 1;
            notifyAll();
        }

        synchronized void hangs(boolean now) {
            hangs = now;
            notifyAll();
        }

        synchronized List<String> lines() {
            return written.toString().lines().toList();
        }

        @Override
        public void look() {}

        @Override
        public void close() {}
    }

    /// Renders into a buffer before a disk of the test's.
    private record Lines(LineBuffer buffer) implements Subscriber {
        @Override
        public void take(Occurrence occurrence) {
            byte[] line = (occurrence.event().line() + "\n").getBytes(ISO_8859_1);
            buffer.append(line, line.length);
        }

        @Override
        public void close() {
            buffer.close();
        }
    }

    /// Keeps what it is handed.
    private static final class Kept implements Subscriber {
        private final List<Event> events = new ArrayList<>();

        @Override
        public synchronized void take(Occurrence occurrence) {
            events.add(occurrence.event());
        }

        synchronized <E extends Event> List<E> of(Class<E> kind) {
            return events.stream().filter(kind::isInstance).map(kind::cast).toList();
        }

        <E extends Event> E awaited(Class<E> kind) {
            Until.seen(kind.getSimpleName(), () -> !of(kind).isEmpty());
            return of(kind).getFirst();
        }
    }

    private static Events events() {
        return new Events(Clock.system(), new LogTag("postfix/master", 1));
    }

    private static void subscribe(Events events, Disk disk) {
        Logging logging = new Logging(Supervisor.alone(), Clock.system(), events, PATIENCE_NANOS);
        events.subscribe("tried", new Lines(logging.buffer(WORK, "tried", disk, false)));
    }

    @Test
    void aFullDiskLosesNothingThatStillFitsTheBufferAndBreaksNoLine() {
        Disk disk = new Disk(1005);
        Kept kept = new Kept();
        try (Events events = events()) {
            events.subscribe("kept", kept);
            subscribe(events, disk);
            for (int i = 1000; i < 3000; i++) {
                events.info(TAG, "line " + i);
            }
            assertEquals(
                    new Trouble.LogStopped("tried", "No space left on device"),
                    kept.awaited(Trouble.LogStopped.class));
            disk.room(Integer.MAX_VALUE);
            assertEquals(new Trouble.LogGoesOn("tried", 0), kept.awaited(Trouble.LogGoesOn.class));
        }
        List<String> lines = disk.lines();
        List<String> numbered = lines.stream().filter(l -> l.startsWith("line ")).toList();
        List<String> wanted = new ArrayList<>();
        for (int i = 1000; i < 3000; i++) {
            wanted.add("line " + i);
        }
        assertEquals(wanted, numbered);
        assertEquals(2002, lines.size());
        assertEquals(1, kept.of(Trouble.LogStopped.class).size());
    }

    @Test
    void whatAHangingDiskLosesIsCountedAndMailWaitsOnce() {
        Disk disk = new Disk(Integer.MAX_VALUE);
        Kept kept = new Kept();
        String text = "x".repeat(10_000);
        int told = 1_000;
        long nanos;
        try (Events events = events()) {
            events.subscribe("kept", kept);
            subscribe(events, disk);
            disk.hangs(true);
            long from = System.nanoTime();
            for (int i = 0; i < told; i++) {
                events.info(TAG, text);
            }
            nanos = System.nanoTime() - from;
            assertEquals(
                    "nothing could be written in time",
                    kept.awaited(Trouble.LogStopped.class).reason());
            disk.hangs(false);
            kept.awaited(Trouble.LogGoesOn.class);
        }
        assertTrue(nanos > PATIENCE_NANOS, "waited " + nanos);
        assertTrue(nanos < 60 * PATIENCE_NANOS, "waited " + nanos);
        List<Trouble.LogGoesOn> ends = kept.of(Trouble.LogGoesOn.class);
        long lost = ends.stream().mapToLong(Trouble.LogGoesOn::lost).sum();
        assertTrue(lost > 0);
        // All that was told to it, this trouble too, was written or counted.
        assertEquals(told + 1L + ends.size(), disk.lines().size() + lost);
    }

    /// A log that hangs again and again takes of mail what it may take once.
    @Test
    void severalHangsTakeOnePatienceTogetherUntilAllIsWritten() {
        Disk disk = new Disk(Integer.MAX_VALUE);
        String text = "x".repeat(10_000);
        try (Events events = events()) {
            subscribe(events, disk);
            long waited = 0;
            for (int hang = 0; hang < 6; hang++) {
                disk.hangs(true);
                long from = System.nanoTime();
                for (int i = 0; i < 300; i++) {
                    events.info(TAG, text);
                }
                waited += System.nanoTime() - from;
                int before = disk.lines().size();
                disk.once();
                Until.seen("one more line", () -> disk.lines().size() > before);
            }
            disk.hangs(false);
            assertTrue(waited > PATIENCE_NANOS, "waited " + waited);
            assertTrue(waited < 5 * PATIENCE_NANOS, "waited " + waited);
        }
    }

    /// While lines are lost nothing goes on: it is told once that it stops and once that it goes
    /// on.
    @Test
    void aHangIsToldOnceThoughLinesComeWhileItEnds() {
        Disk disk = new Disk(Integer.MAX_VALUE);
        Kept kept = new Kept();
        String text = "x".repeat(10_000);
        CountDownLatch over = new CountDownLatch(1);
        try (Events events = events()) {
            // Told of an end, it speaks itself: its line finds the buffer as the writer left it.
            events.subscribe("kept", kept);
            subscribe(events, disk);
            disk.hangs(true);
            events.subscribe(
                    "speaker",
                    o -> {
                        if (o.event() instanceof Trouble.LogGoesOn) {
                            Thread.ofPlatform()
                                    .start(() -> {
                                        events.info(TAG, text);
                                        over.countDown();
                                    });
                            awaited(over);
                        }
                    });
            for (int i = 0; i < 400; i++) {
                events.info(TAG, text);
            }
            kept.awaited(Trouble.LogStopped.class);
            disk.hangs(false);
            kept.awaited(Trouble.LogGoesOn.class);
            awaited(over);
        }
        assertEquals(1, kept.of(Trouble.LogStopped.class).size());
        assertEquals(1, kept.of(Trouble.LogGoesOn.class).size());
    }

    private static void awaited(CountDownLatch latch) {
        try {
            assertTrue(latch.await(120, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatIsLeftAtTheEndIsCounted() {
        Disk disk = new Disk(30);
        Kept kept = new Kept();
        try (Events events = events()) {
            events.subscribe("kept", kept);
            subscribe(events, disk);
            for (int i = 10; i < 20; i++) {
                events.info(TAG, "line " + i);
            }
            kept.awaited(Trouble.LogStopped.class);
        }
        // Three lines and a half were written; what it said of itself is the eleventh.
        assertEquals(List.of(new Trouble.LogEnded("tried", 8)), kept.of(Trouble.LogEnded.class));
    }

    @Test
    void aSubscriberThatThrowsIsNamedToTheOthersAndCostsMailNothing() {
        Kept kept = new Kept();
        try (Events events = events()) {
            events.subscribe(
                    "thrower",
                    o -> {
                        throw new LinkageError("expected by the test");
                    });
            events.subscribe("kept", kept);
            for (int i = 0; i < 100; i++) {
                events.info(TAG, "line");
            }
        }
        assertEquals(100, kept.of(Event.Text.class).size());
        assertEquals(
                List.of(1L, 2L, 4L, 8L, 16L, 32L, 64L),
                kept.of(Trouble.SubscriberFailed.class).stream()
                        .map(Trouble.SubscriberFailed::events)
                        .toList());
    }

    @Test
    void callersThatWaitGoOnInTheirOrder() throws InterruptedException {
        Disk disk = new Disk(Integer.MAX_VALUE);
        int threads = 4;
        int each = 3_000;
        try (Events events = events()) {
            subscribe(events, disk);
            CountDownLatch done = new CountDownLatch(threads);
            for (int t = 0; t < threads; t++) {
                String name = "thread " + t;
                Thread.ofVirtual()
                        .start(() -> {
                            for (int i = 0; i < each; i++) {
                                events.info(TAG, name + " " + i + " " + "x".repeat(300));
                            }
                            done.countDown();
                        });
            }
            done.await();
        }
        List<String> lines = disk.lines();
        assertEquals(threads * each, lines.size());
        int[] next = new int[threads];
        for (String line : lines) {
            String[] words = line.split(" ", -1);
            assertEquals(next[Integer.parseInt(words[1])]++, Integer.parseInt(words[2]));
        }
    }
}
