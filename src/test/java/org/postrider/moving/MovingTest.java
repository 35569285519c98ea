package org.postrider.moving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.postrider.disk.Disk;
import org.postrider.disk.RealDisk;
import org.postrider.queue.JournalQueue;
import org.postrider.queue.Queue;
import org.postrider.queue.QueueException;
import org.postrider.queue.QueueId;
import org.postrider.time.Clock;

/// Mail moves between Postfix's queue files and ours, whole and once.
class MovingTest extends Moves {
    private static final int BEYOND = 1 << 20;

    /// Calls of the disk from one end of the process to the next. 1 walks all of them in a minute.
    private static final int STEP = Integer.getInteger("postrider.moving.step", 4);

    /// The disk of a process that is killed before its n-th call.
    ///
    /// @param rest how many calls are left
    private static Disk dying(int[] rest) {
        RealDisk real = new RealDisk();
        return (Disk)
                Proxy.newProxyInstance(
                        Disk.class.getClassLoader(),
                        new Class<?>[] {Disk.class},
                        (_, method, args) -> dying(real, rest, method, args));
    }

    private static Object dying(
            Object real, int[] rest, java.lang.reflect.Method method, Object[] args)
            throws Throwable {
        boolean closes = method.getName().equals("close");
        if (!closes && rest[0]-- <= 0) {
            throw new IOException("killed");
        }
        try {
            Object made = method.invoke(real, args);
            return made instanceof Disk.File file
                    ? Proxy.newProxyInstance(
                            Disk.class.getClassLoader(),
                            new Class<?>[] {Disk.File.class},
                            (_, m, a) -> dying(file, rest, m, a))
                    : made;
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    @Test
    void whatGoesComesBackAsItWas() throws IOException {
        Path ours = directory.resolve("ours");
        Path theirs = theirs(directory);
        TreeMap<String, String> before;
        try (Queue queue = open(new RealDisk(), ours)) {
            fill(queue);
            before = contents(queue);
        }
        exportAll(new RealDisk(), ours, theirs);
        assertEquals(MESSAGES + 3, files(theirs).size(), () -> "messages and reasons of three");
        try (Queue queue = open(new RealDisk(), ours)) {
            assertEquals(0, queue.size());
        }
        importAll(new RealDisk(), ours, theirs);
        assertEquals(List.of(), files(theirs));
        try (Queue queue = open(new RealDisk(), ours)) {
            assertEquals(before, contents(queue));
            assertEquals(3, queue.ids("deferred").size());
            for (QueueId id : queue.ids("deferred")) {
                assertEquals(DUE, queue.dueMillis(id));
            }
        }
        assertEquals(List.of(), left);
    }

    /// A process that ends before any of its calls: both queues together have each message once,
    /// ours does not start meanwhile if they might not, and the next run makes an end of it.
    @Test
    void noEndOfTheProcessLosesOrDoublesMail() throws IOException {
        for (boolean in : new boolean[] {true, false}) {
            // The queue is opened and the first files are read before; then a batch is moved.
            int all = BEYOND - walk(in, BEYOND);
            assertTrue(all > 40, "calls: " + all);
            for (int calls = STEP == 1 ? 0 : all - 36; calls < all; calls += STEP) {
                walk(in, calls);
            }
        }
    }

    /// @return how many calls it had left
    private int walk(boolean in, int calls) throws IOException {
        Path at = directory.resolve((in ? "in" : "out") + calls);
        Path ours = at.resolve("ours");
        Path theirs = theirs(at);
        TreeMap<String, String> before;
        try (Queue queue = open(new RealDisk(), ours)) {
            fill(queue);
            before = contents(queue);
        }
        if (in) {
            exportAll(new RealDisk(), ours, theirs);
        }
        int[] rest = {calls};
        try {
            if (in) {
                importAll(dying(rest), ours, theirs);
            } else {
                exportAll(dying(rest), ours, theirs);
            }
        } catch (IOException | QueueException | UncheckedIOException e) {
            // killed
        }
        // What the dead process took for damage.
        left.clear();
        String when = (in ? "import " : "export ") + calls;
        if (in) {
            importAll(new RealDisk(), ours, theirs);
        } else {
            exportAll(new RealDisk(), ours, theirs);
        }
        assertFalse(Files.exists(ours.resolve("moving")), when);
        if (!in) {
            try (Queue queue = open(new RealDisk(), ours)) {
                assertEquals(0, queue.size(), when);
            }
            importAll(new RealDisk(), ours, theirs);
        }
        assertEquals(List.of(), files(theirs), when);
        try (Queue queue = open(new RealDisk(), ours)) {
            assertEquals(before, contents(queue), when);
        }
        assertEquals(List.of(), left, when);
        return rest[0];
    }

    /// A file of Postfix's under the very name that ours would get is not ours to write over, nor
    /// to delete by the run after.
    @Test
    void aFileThatIsThereAlreadyStays() throws IOException {
        Path ours = directory.resolve("ours");
        Path theirs = theirs(directory);
        Path there;
        try (Queue queue = openLong(ours)) {
            fill(queue);
            String id = queue.ids("hold").getFirst().text();
            there = theirs.resolve("hold/" + id);
        }
        Files.createDirectories(theirs.resolve("hold"));
        Files.writeString(there, "another message");
        for (int run = 0; run < 2; run++) {
            left.clear();
            Disk disk = new RealDisk();
            Ledger ledger = new Ledger(disk, ours);
            try (Queue queue = openLong(ours)) {
                Unfinished.end(queue, ours, ledger, d -> postfix(disk, d));
                new Export(queue, postfix(disk, theirs), ledger, new Export.Options(true, 0), told)
                        .messages();
                assertEquals(1, queue.size());
            }
            assertEquals("another message", Files.readString(there));
            assertEquals(1, left.size(), left.toString());
            assertTrue(left.getFirst().endsWith(" is there already"), left.toString());
        }
    }

    /// With enable_long_queue_ids.
    private static Queue openLong(Path ours) {
        JournalQueue.Limits limits = JournalQueue.Limits.ofContents(1 << 20, 1 << 20);
        JournalQueue.Options options = new JournalQueue.Options(1 << 16, 2000, 0, true, limits);
        return JournalQueue.open(new RealDisk(), ours, options, Clock.system(), _ -> {});
    }

    /// A disk that knows what a loss of power would take: files that were written and directories
    /// whose names changed since they were forced.
    private static final class Unforced {
        final Set<Path> all = new TreeSet<>();

        /// What there was of it whenever a file of this name was deleted.
        final List<String> before = new ArrayList<>();

        private final String name;

        Unforced(String name) {
            this.name = name;
        }

        private final RealDisk real = new RealDisk();

        Disk disk() {
            return (Disk)
                    Proxy.newProxyInstance(
                            Disk.class.getClassLoader(),
                            new Class<?>[] {Disk.class},
                            (_, method, args) -> call(real, null, method, args));
        }

        private Object call(
                Object on, @Nullable Path file, java.lang.reflect.Method method, Object[] args)
                throws Throwable {
            Object made;
            if (method.getName().equals("delete") && ((Path) args[0]).endsWith(name)) {
                before.add(all.toString());
            }
            try {
                made = method.invoke(on, args);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
            switch (method.getName()) {
                case "write" -> all.add(Objects.requireNonNull(file));
                case "force" -> all.remove(file);
                case "create", "makeDirectory" -> changed((Path) args[0]);
                case "delete" -> {
                    if (Boolean.TRUE.equals(made)) {
                        changed((Path) args[0]);
                        all.remove((Path) args[0]);
                    }
                }
                case "rename" -> {
                    changed((Path) args[0]);
                    changed((Path) args[1]);
                    if (all.remove((Path) args[0])) {
                        all.add((Path) args[1]);
                    }
                }
                case "forceDirectory" -> all.remove((Path) args[0]);
                default -> {}
            }
            return made instanceof Disk.File opened
                    ? Proxy.newProxyInstance(
                            Disk.class.getClassLoader(),
                            new Class<?>[] {Disk.File.class},
                            (_, m, a) -> call(opened, (Path) args[0], m, a))
                    : made;
        }

        private void changed(Path path) {
            all.add(Objects.requireNonNull(path.getParent()));
        }
    }

    /// @param commits runs before each
    private static Queue watched(Queue queue, Runnable commits) {
        return (Queue)
                Proxy.newProxyInstance(
                        Queue.class.getClassLoader(),
                        new Class<?>[] {Queue.class},
                        (_, method, args) -> {
                            if (method.getName().equals("commit")) {
                                commits.run();
                            }
                            try {
                                return method.invoke(queue, args);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }

    /// A Postfix that is started in between finds none of the files to be its mail, and before the
    /// list of them goes, their names have, durably.
    @Test
    void whatIsTakenIsNobodysTwice() throws IOException {
        Path ours = directory.resolve("ours");
        Path theirs = theirs(directory);
        try (Queue queue = open(new RealDisk(), ours)) {
            fill(queue);
        }
        exportAll(new RealDisk(), ours, theirs);
        Unforced unforced = new Unforced("moving");
        List<String> ready = new ArrayList<>();
        int[] commits = {0};
        try (Queue queue = open(new RealDisk(), ours)) {
            Queue watched =
                    watched(
                            queue,
                            () -> {
                                commits[0]++;
                                ready.addAll(executable(theirs));
                            });
            Disk disk = unforced.disk();
            assertEquals(MESSAGES, executable(theirs).size());
            new Import(postfix(disk, theirs), watched, new Ledger(disk, ours), false, told)
                    .messages();
        }
        assertEquals(1, commits[0]);
        assertEquals(List.of(), ready);
        assertEquals(List.of("[]"), unforced.before);
        assertEquals(Set.of(), unforced.all);
    }

    private static List<String> executable(Path theirs) {
        try (Stream<Path> all = Files.walk(theirs)) {
            List<String> out = new ArrayList<>();
            for (Path each : all.filter(Files::isRegularFile).toList()) {
                if (PosixFilePermissions.toString(Files.getPosixFilePermissions(each))
                        .contains("x")) {
                    out.add(each.toString());
                }
            }
            return out;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// No loss of power takes mail: before ours is told that a message has gone, its file, what is
    /// said of it and their names are on the disk, and so is the list of what is being moved.
    @Test
    void whatIsGivenIsDurableBeforeItIsGoneHere() throws IOException {
        Path ours = directory.resolve("ours");
        Path theirs = theirs(directory);
        Unforced unforced = new Unforced("moving");
        List<String> commits = new ArrayList<>();
        try (Queue queue = open(new RealDisk(), ours)) {
            fill(queue);
            Queue watched = watched(queue, () -> commits.add(unforced.all.toString()));
            Disk disk = unforced.disk();
            new Export(
                            watched,
                            postfix(disk, theirs),
                            new Ledger(disk, ours),
                            new Export.Options(false, 0),
                            told)
                    .messages();
        }
        assertEquals(List.of("[]"), commits);
        assertEquals(MESSAGES, files(theirs).stream().filter(f -> !f.startsWith("defer/")).count());
    }
}
