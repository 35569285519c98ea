package org.postrider.disk;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.Descriptors;
import org.postrider.Needs;
import org.postrider.Until;
import org.postrider.threads.Family;
import org.postrider.threads.Row;
import org.postrider.threads.Steps;
import org.postrider.threads.Supervisor;
import org.postrider.threads.Work;
import org.postrider.time.Clock;

/// A file that settings name is read whole or refused in the system's words, and nobody hangs.
class ReadingTest {
    @TempDir Path temp;
    private Path file;

    @BeforeEach
    void name() {
        file = temp.resolve("file");
    }

    private static String refusal(Path file, long most) {
        return assertTimeoutPreemptively(
                Until.PATIENCE,
                () -> {
                    FileSystemException whole =
                            assertThrows(
                                    FileSystemException.class, () -> Reading.octets(file, most));
                    FileSystemException lines =
                            assertThrows(
                                    FileSystemException.class,
                                    () -> Reading.each(file, most, line -> true));
                    assertEquals(whole.getClass(), lines.getClass());
                    assertEquals(whole.getReason(), lines.getReason());
                    assertEquals(file.toString(), whole.getFile());
                    return String.valueOf(whole.getReason());
                });
    }

    @Test
    void aRegularFileIsReadAndSoIsOneBehindALink() throws Exception {
        Files.write(file, "a\nb\374\r\nc".getBytes(ISO_8859_1));
        Path link = Files.createSymbolicLink(temp.resolve("link"), file);
        for (Path each : List.of(file, link)) {
            assertEquals("a\nb\374\r\nc", Reading.text(each, 8));
            assertEquals(List.of("a", "b\374", "c"), Reading.lines(each, 8));
            List<String> seen = new ArrayList<>();
            Reading.each(each, 8, line -> seen.add(line) && !line.equals("b\374"));
            assertEquals(List.of("a", "b\374"), seen);
        }
        assertArrayEquals(new byte[0], Reading.octets(Path.of("/dev/null"), 0));
    }

    @Test
    void whatIsNoRegularFileIsRefused() throws Exception {
        Needs.program("mkfifo");
        assertEquals(0, new ProcessBuilder("mkfifo", file.toString()).start().waitFor());
        assertEquals("Not a regular file", refusal(file, 10));
        assertEquals("Not a regular file", refusal(Path.of("/dev/zero"), 10));
        assertEquals("Is a directory", refusal(temp, 10));
        Path link = Files.createSymbolicLink(temp.resolve("link"), file);
        assertEquals("Not a regular file", refusal(link, 10));
        Path loop = temp.resolve("loop");
        Files.createSymbolicLink(loop, loop);
        assertTrue(refusal(loop, 10).startsWith("Too many levels of symbolic links"));
    }

    /// Nor waited for: the other end of the FIFO may never come.
    @Test
    void aChannelIsOfARegularFileToo() throws Exception {
        Needs.program("mkfifo");
        assertEquals(0, new ProcessBuilder("mkfifo", file.toString()).start().waitFor());
        for (Path each : List.of(file, Path.of("/dev/zero"), temp)) {
            FileSystemException refused =
                    assertTimeoutPreemptively(
                            Until.PATIENCE,
                            () ->
                                    assertThrows(
                                            FileSystemException.class,
                                            () -> Reading.channel(each).close()));
            assertEquals(
                    each == temp ? "Is a directory" : "Not a regular file", refused.getReason());
        }
    }

    /// `postcat <(zcat file.gz)`: its other end is there.
    @Test
    void aChannelIsOfAPipeThatIsNamedByItsNumber() throws Exception {
        Needs.program("mkfifo");
        assertEquals(0, new ProcessBuilder("mkfifo", file.toString()).start().waitFor());
        // Open for both, it waits for nobody.
        try (FileChannel both =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            assertEquals(1, both.write(ByteBuffer.wrap(new byte[] {'x'})));
            try (FileChannel again = Reading.channel(descriptor(file))) {
                ByteBuffer one = ByteBuffer.allocate(1);
                assertEquals(1, again.read(one));
                assertEquals('x', one.get(0));
            }
        }
    }

    private static Path descriptor(Path file) throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            for (Path each : all.toList()) {
                if (Files.isSymbolicLink(each) && Files.readSymbolicLink(each).equals(file)) {
                    return each;
                }
            }
        }
        throw new IOException(file + " is not open");
    }

    /// The superuser may read everything.
    @Test
    void whatMayNotBeReadIsDenied() throws Exception {
        Files.write(file, new byte[1]);
        Files.setPosixFilePermissions(file, Set.of());
        assumeFalse(Files.isReadable(file), "needs a user who is not the superuser");
        assertThrows(AccessDeniedException.class, () -> Reading.octets(file, 10));
    }

    @Test
    void aLimitIsALimitWhateverTheSizeSays() throws Exception {
        Files.write(file, new byte[10]);
        assertEquals(10, Reading.octets(file, 10).length);
        assertEquals("File too large", refusal(file, 9));
        // Its size is 0, and it has octets.
        Path proc = Path.of("/proc/self/status");
        assertEquals(0, Files.size(proc));
        assertEquals("File too large", refusal(proc, 20));
        assertEquals("Name:", Reading.text(proc, Reading.SHORT).substring(0, 5));
    }

    /// The writer is as fast as the reader: only the limit ends it.
    @Test
    void aFileThatGrowsWhileItIsReadEndsAtTheLimit() throws Exception {
        Files.write(file, "x\n".getBytes(ISO_8859_1));
        FileSystemException e =
                assertThrows(
                        FileSystemException.class,
                        () ->
                                Reading.each(
                                        file,
                                        16_384,
                                        line -> {
                                            append("x\n");
                                            return true;
                                        }));
        assertEquals("File too large", e.getReason());
    }

    private void append(String text) {
        try {
            Files.write(file, text.getBytes(ISO_8859_1), StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatIsNotThereOrVanishesIsNotThere() throws Exception {
        assertThrows(NoSuchFileException.class, () -> Reading.text(file, 10));
        Files.write(file, "a\nb\n".getBytes(ISO_8859_1));
        List<String> seen = new ArrayList<>();
        Reading.each(
                file,
                10,
                line -> {
                    seen.add(line);
                    return file.toFile().delete() || !Files.exists(file);
                });
        assertEquals(List.of("a", "b"), seen, "an open file stays whole");
        assertThrows(NoSuchFileException.class, () -> Reading.lines(file, 10));
    }

    @Test
    void whatThrowsInBetweenLeavesNothingOpen() throws Exception {
        Files.write(file, "a\n".getBytes(ISO_8859_1));
        assertThrows(
                IllegalStateException.class,
                () ->
                        Reading.each(
                                file,
                                10,
                                line -> {
                                    throw new IllegalStateException();
                                }));
        assertThrows(FileSystemException.class, () -> Reading.octets(file, 1));
        assertEquals(0, Descriptors.to(file.toRealPath()), "left open");
    }

    /// What is thrown, and what is read, comes back to the virtual thread; a thread of the system
    /// reads by itself.
    @Test
    void aVirtualThreadHoldsNoCarrier() throws Exception {
        Files.write(file, "a".getBytes(ISO_8859_1));
        List<String> begun = new ArrayList<>();
        try (Supervisor threads =
                new Supervisor(
                        Clock.system(),
                        name -> {
                            synchronized (begun) {
                                begun.add(name);
                            }
                        })) {
            assertEquals(List.of("a", "Is a directory"), heard(threads, Work.of("one", "reads")));
            assertEquals(List.of("one", "files", "files"), begun);
            begun.clear();
            Work platform = Work.of("two", "reads").onPlatform();
            assertEquals(List.of("a", "Is a directory"), heard(threads, platform));
            assertEquals(List.of("two"), begun);
        }
    }

    /// As many as there are threads, and more, each with a read inside: none waits for another.
    @Test
    void aReadInsideAReadIsOnTheSameThread() throws Exception {
        Files.write(file, "a".getBytes(ISO_8859_1));
        int many = 16;
        List<String> heard = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch all = new CountDownLatch(many);
        try (Supervisor threads = new Supervisor(Clock.system(), Steps.NONE)) {
            Family readers = threads.family(Work.of("reader", "reads"));
            for (int i = 0; i < many; i++) {
                readers.start(
                        () -> heard.add(Reading.aside(() -> Reading.aside(this::text))),
                        all::countDown);
            }
            assertTrue(all.await(120, TimeUnit.SECONDS), "they wait for each other");
        }
        assertEquals(Collections.nCopies(many, "a"), heard);
    }

    private String text() {
        try {
            return Reading.text(file, 1);
        } catch (IOException e) {
            return e.toString();
        }
    }

    /// Whoever is left then reads by himself.
    @Test
    void afterTheEndNoThreadIsLeftAndOneCanStillRead() throws Exception {
        Files.write(file, "a".getBytes(ISO_8859_1));
        Supervisor threads = new Supervisor(Clock.system(), Steps.NONE);
        CountDownLatch closed = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        List<String> heard = Collections.synchronizedList(new ArrayList<>());
        threads.family(Work.of("reader", "reads"))
                .start(
                        () -> {
                            heard.add(text());
                            try {
                                closed.await();
                            } catch (InterruptedException e) {
                                heard.add(e.toString());
                            }
                            heard.add(text());
                        },
                        done::countDown);
        Until.seen("it is heard", () -> !heard.isEmpty());
        threads.close();
        Until.seen("its files are let go", () -> files(threads) == 0);
        closed.countDown();
        assertTrue(done.await(Until.PATIENCE.toSeconds(), TimeUnit.SECONDS));
        assertEquals(List.of("a", "a"), heard);
    }

    private static int files(Supervisor threads) {
        return threads.table().stream()
                .filter(row -> row.work().name().equals("files"))
                .mapToInt(Row::threads)
                .sum();
    }

    private List<String> heard(Supervisor threads, Work work) throws InterruptedException {
        AtomicReference<List<String>> out = new AtomicReference<>(List.of());
        CountDownLatch done = new CountDownLatch(1);
        threads.family(work)
                .start(
                        () -> {
                            try {
                                String read = Reading.text(file, 1);
                                out.set(List.of(read, refusal()));
                            } catch (IOException e) {
                                out.set(List.of(e.toString()));
                            }
                        },
                        done::countDown);
        done.await();
        return out.get();
    }

    private String refusal() {
        return String.valueOf(
                assertThrows(FileSystemException.class, () -> Reading.octets(temp, 1)).getReason());
    }
}
