package org.postrider.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.Until;
import org.postrider.time.Clock;

/// What is kept of messages stays within its bound, is found again, and survives whatever ends it.
class TraceLogTest {
    private static final LogTag TAG = new LogTag("postfix/qmgr", 1);
    private static final long DAY_MILLIS = 86_400_000;
    private static final long SEED = 20_261_132;

    @TempDir Path data;

    private static final class HandClock implements Clock {
        long millis = 1_790_000_000_000L;

        @Override
        public long wallMillis() {
            return millis;
        }

        @Override
        public long nanos() {
            return System.nanoTime();
        }
    }

    private static Event removed(int number) {
        return new QueueEvent.Removed("3A%08X".formatted(number));
    }

    private List<String> found(String text) throws IOException {
        List<String> out = new ArrayList<>();
        TraceLog.find(data, text, out::add);
        return out;
    }

    private long octets() throws IOException {
        long sum = 0;
        for (Path each : files()) {
            sum += Files.size(each);
        }
        return sum;
    }

    private List<Path> files() throws IOException {
        if (!Files.exists(data.resolve("trace"))) {
            return List.of();
        }
        try (var all = Files.list(data.resolve("trace"))) {
            return all.sorted().toList();
        }
    }

    private Events events(Clock clock, long limit) {
        Logging logging = LogFiles.logging(clock);
        TraceLog.server(logging, data, limit, DAY_MILLIS);
        return logging.events();
    }

    @Test
    void theLatestIsThereAndAllTogetherStaysWithinTheBound() throws IOException {
        long limit = 100_000;
        int many = 5000;
        try (Events events = events(Clock.system(), limit)) {
            for (int i = 0; i < many; i++) {
                events.event(TAG, removed(i));
            }
        }
        assertTrue(octets() <= limit, octets() + " octets");
        assertTrue(octets() > limit / 2, octets() + " octets");
        assertEquals(1, found("3A%08X".formatted(many - 1)).size());
        assertEquals(0, found("3A00000000").size());
        List<String> all = found("removed");
        for (int i = 0; i < all.size(); i++) {
            assertEquals(
                    "3A%08X".formatted(many - all.size() + i),
                    Json.parse(all.get(i)).get("queue_id"));
        }
    }

    @Test
    void whatIsOlderThanItsTimeIsDeleted() throws IOException {
        HandClock clock = new HandClock();
        clock.millis = System.currentTimeMillis();
        try (Events events = events(clock, 1 << 20)) {
            events.event(TAG, removed(1));
        }
        assertEquals(1, found("3A00000001").size());
        clock.millis += DAY_MILLIS + 60_000;
        try (Events events = events(clock, 1 << 20)) {
            events.event(TAG, removed(2));
        }
        assertEquals(0, found("3A00000001").size());
        assertEquals(1, found("3A00000002").size());
        assertEquals(1, files().size());
    }

    @Test
    void onlyWhatBelongsToAMessageIsKept() throws IOException {
        int of = 0;
        try (Events events = events(Clock.system(), 1 << 20)) {
            for (EventCases.Group group : EventCases.all()) {
                for (Event each : group.events()) {
                    events.event(TAG, each);
                    String line = each.line().replaceFirst("^warning: ", "");
                    of += line.matches("(?s)[0-9A-Z]{6}: .*") ? 1 : 0;
                }
            }
            events.event(TAG, new Event.Text(Severity.INFO, "3A00000001: anything"));
            events.event(TAG, new Event.Text(Severity.INFO, "nothing: anything"));
        }
        assertEquals(of + 1, found("\"event\"").size());
        assertEquals(1, found("3A00000001: anything").size());
    }

    /// A line that was cut off, octets that are none, and what follows them.
    @Test
    void damageCostsThatLine() throws IOException {
        try (Events events = events(Clock.system(), 1 << 20)) {
            for (int i = 0; i < 5; i++) {
                events.event(TAG, removed(i));
            }
        }
        Path file = files().getFirst();
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, new byte[4096], StandardOpenOption.APPEND);
        Files.write(file, java.util.Arrays.copyOf(whole, 50), StandardOpenOption.APPEND);
        Logging logging = LogFiles.logging(Clock.system());
        TraceLog.command(logging, data);
        try (Events events = logging.events()) {
            events.event(TAG, removed(7));
        }
        try (Events events = events(Clock.system(), 1 << 20)) {
            events.event(TAG, removed(8));
        }
        assertEquals(7, found("removed").size());
        for (int i : new int[] {0, 4, 7, 8}) {
            assertEquals(1, found("3A%08X".formatted(i)).size(), i + "");
        }
    }

    /// A command's line, and the server's before and after it, in one file.
    @Test
    void aCommandsLineStaysWhileTheServerGoesOn() throws IOException {
        try (Events events = events(Clock.system(), 1 << 20)) {
            events.event(TAG, removed(1));
            Until.seen("its line", () -> !found("3A00000001").isEmpty());
            Logging logging = LogFiles.logging(Clock.system());
            TraceLog.command(logging, data);
            try (Events command = logging.events()) {
                command.event(TAG, new Event.Text(Severity.INFO, "3A00000002: placed on hold"));
            }
            events.event(TAG, removed(3));
        }
        assertEquals(1, files().size());
        for (int i = 1; i <= 3; i++) {
            assertEquals(1, found("3A%08X".formatted(i)).size(), i + "");
        }
    }

    /// What another put there under such a name: nothing is written, and nobody waited for.
    @Test
    void aFifoOrALinkIsNoFileOfOurs() throws Exception {
        Path trace = Files.createDirectories(data.resolve("trace"));
        Path other = Files.writeString(data.resolve("other"), "{\"queue_id\":\"3A00000009\"}\n");
        Path newest = trace.resolve("00000009.trace");
        assertEquals(0, new ProcessBuilder("mkfifo", newest.toString()).start().waitFor());
        for (int kind = 0; kind < 3; kind++) {
            if (kind > 0) {
                Files.delete(newest);
            }
            if (kind == 1) {
                Files.createSymbolicLink(newest, other);
            } else if (kind == 2) {
                Files.createLink(newest, other);
            }
            Logging logging = LogFiles.logging(Clock.system());
            TraceLog.command(logging, data);
            try (Events command = logging.events()) {
                command.event(TAG, removed(9));
            }
            if (kind < 2) {
                assertThrows(IOException.class, () -> found("3A00000009"));
            }
        }
        assertEquals(1, Files.readAllLines(other).size());
    }

    @Test
    void aDirectoryThatTakesNothingIsSaidOnceAndHoldsNobodyUp() throws IOException {
        Files.writeString(data.resolve("trace"), "a file is here");
        Path log = data.resolve("log");
        Logging logging = LogFiles.logging(Clock.system(), 600_000_000_000L);
        PostfixLog.file(logging, log, "0600", "mx");
        TraceLog.server(logging, data, 1 << 20, DAY_MILLIS);
        long began = System.nanoTime();
        try (Events events = logging.events()) {
            for (int i = 0; i < 30_000; i++) {
                events.event(TAG, removed(i));
            }
        }
        assertTrue(System.nanoTime() - began < 300_000_000_000L);
        List<String> said = Files.readAllLines(log, StandardCharsets.ISO_8859_1);
        assertEquals(1, said.stream().filter(l -> l.contains("no lines can be written")).count());
        assertTrue(
                said.stream().anyMatch(l -> l.contains("warning: postrider_trace_size_limit: ")));
        assertEquals(30_000, said.stream().filter(l -> l.endsWith(": removed")).count());
    }

    /// Tells of messages for ever; what is whole on its standard output was told before.
    static final class Writing {
        private Writing() {}

        public static void main(String[] args) {
            Logging logging = LogFiles.logging(Clock.system());
            TraceLog.server(logging, Path.of(args[0]), 1 << 20, DAY_MILLIS);
            int number = Integer.parseInt(args[1]);
            while (true) {
                logging.events().event(TAG, removed(number));
                System.out.println(number);
                System.out.flush();
                number++;
                LockSupport.parkNanos(100_000);
            }
        }
    }

    @Test
    void aKillCutsOffTheLastLineAtMost() throws Exception {
        Random random = new Random(SEED);
        int number = 0;
        for (int round = 0; round < 4; round++) {
            Process writing =
                    new ProcessBuilder(
                                    Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                    "-XX:+UseSerialGC",
                                    "-XX:TieredStopAtLevel=1",
                                    "-cp",
                                    System.getProperty("java.class.path"),
                                    Writing.class.getName(),
                                    data.toString(),
                                    Integer.toString(number))
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
            int first = number;
            int last = first;
            try (BufferedReader in =
                    new BufferedReader(new InputStreamReader(writing.getInputStream()))) {
                int wanted = first + 200 + random.nextInt(300);
                // What was told within the last moment may be missing; how long a moment is, is the
                // machine's to say.
                boolean written = false;
                while (last < wanted || !written) {
                    last = Integer.parseInt(String.valueOf(in.readLine()));
                    if (last % 50 == 0) {
                        written = found("removed").size() > first + 100;
                    }
                }
                writing.destroyForcibly().waitFor();
            }
            List<Integer> there = new ArrayList<>();
            for (String each : found("removed")) {
                String id = String.valueOf(Json.parse(each).get("queue_id"));
                there.add(Integer.parseInt(id.substring(2), 16));
            }
            for (int i = 0; i < there.size(); i++) {
                assertEquals(i, there.get(i));
            }
            // What is in the file before a kill is there after it.
            assertTrue(there.size() > first + 100, there.size() + " of " + last);
            number = there.size();
        }
        assertEquals(4, files().size());
    }
}
