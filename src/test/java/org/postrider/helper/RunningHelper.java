package org.postrider.helper;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.postrider.House;
import org.postrider.io.Connector;
import org.postrider.io.Watchdog;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// The root helper as bin/supervise starts it, with nothing but its own classes, and the server's
/// side of it.
final class RunningHelper implements AutoCloseable {
    private final Path place;
    private final Supervisor threads = Supervisor.alone();
    private final Watchdog watchdog = new Watchdog(Clock.system(), threads);
    final HelperRights rights;

    /// What the server's side was told.
    final List<String> warnings = new CopyOnWriteArrayList<>();

    /// How often a helper was called.
    final AtomicInteger calls = new AtomicInteger();

    volatile Process process;

    /// @param place root's, mode 755; gets `etc` and `queue`
    /// @param main lines of main.cf besides the directories
    RunningHelper(Path place, String main) throws IOException {
        this(place, main, Duration.ofSeconds(100));
    }

    /// @param idle after which connections that nobody uses are ended
    RunningHelper(Path place, String main, Duration idle) throws IOException {
        this.place = place;
        Path queue = place.resolve("queue");
        Files.createDirectories(place.resolve("etc"));
        Files.createDirectories(queue.resolve("private"));
        Path data = Files.createDirectories(place.resolve("data"));
        Users.run("chmod", "755", place.resolve("etc").toString(), queue.toString());
        Users.run("chmod", "700", queue.resolve("private").toString());
        String secret = queue.resolve("private").toString();
        Users.run("chown", "postfix", queue.toString(), secret, data.toString());
        configure(main);
        process = start();
        rights =
                new HelperRights(
                        new HelperRights.Way(queue, call()),
                        Connector.sockets(watchdog),
                        threads,
                        Clock.system(),
                        idle,
                        warnings::add);
    }

    /// As bin/supervise: one that has left is started again.
    private HelperRights.Call call() {
        return new HelperRights.Call() {
            @Override
            public void helper() throws IOException {
                calls.incrementAndGet();
                if (!process.isAlive()) {
                    again();
                }
            }

            @Override
            public void close() {}
        };
    }

    void configure(String main) throws IOException {
        Path file = place.resolve("etc/main.cf");
        Files.writeString(
                file,
                "queue_directory = "
                        + place.resolve("queue")
                        + "\ndata_directory = "
                        + place.resolve("data")
                        + "\n"
                        + main);
        Files.writeString(place.resolve("etc/master.cf"), "");
        Users.run("chmod", "644", file.toString(), place.resolve("etc/master.cf").toString());
    }

    /// The directory of the helper's classes alone, whichever way they were compiled.
    private Path classes() throws IOException {
        Path own = Files.createDirectories(place.resolve("classes"));
        for (var each : House.classes().entrySet()) {
            if (each.getKey().startsWith("org/postrider/rights/")) {
                Path file = own.resolve(each.getKey() + ".class");
                Files.createDirectories(file.getParent());
                Files.write(file, each.getValue());
            }
        }
        return own;
    }

    private Process start() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx24m",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        classes().toString(),
                        "org.postrider.rights.root.Helper",
                        place.resolve("etc").toString(),
                        Long.toString(ProcessHandle.current().pid()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(place.resolve("said").toFile()))
                .start();
    }

    String said() throws IOException {
        return Files.readString(place.resolve("said"));
    }

    /// As the kernel's out-of-memory killer would.
    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    void again() throws IOException {
        process = start();
    }

    @Override
    public void close() {
        rights.close();
        process.destroy();
        assertTrue(process.onExit().join() != null);
        watchdog.close();
        threads.close();
    }
}
