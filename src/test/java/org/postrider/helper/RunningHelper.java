package org.postrider.helper;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.postrider.House;
import org.postrider.Until;
import org.postrider.io.Connector;
import org.postrider.io.Watchdog;
import org.postrider.rights.system.Watched;
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

    /// Calls to come that nobody hears.
    final AtomicInteger deaf = new AtomicInteger();

    volatile Process process;

    /// What starts it, with its command behind; nothing if this process does.
    volatile List<String> starter = List.of();

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
        // However busy the machine is: the server's side would wait ten seconds.
        Path socket = queue.resolve("private/helper");
        Until.seen("a helper", () -> !process.isAlive() || Files.exists(socket));
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
                if (deaf.getAndUpdate(n -> Math.max(0, n - 1)) == 0 && !process.isAlive()) {
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
                boolean calls = each.getKey().equals("org/postrider/rights/system/Posix");
                Files.write(file, calls ? watched(each.getValue()) : each.getValue());
            }
        }
        try (InputStream watched = Watched.class.getResourceAsStream("Watched.class")) {
            Files.write(
                    own.resolve("org/postrider/rights/system/Watched.class"),
                    watched.readAllBytes());
        }
        return own;
    }

    /// The system calls, each of which is looked at before it is made.
    private static byte[] watched(byte[] calls) {
        ClassDesc watched = ClassDesc.of(Watched.class.getName());
        CodeTransform looks =
                new CodeTransform() {
                    @Override
                    public void atStart(CodeBuilder code) {
                        code.invokestatic(watched, "check", MethodTypeDesc.ofDescriptor("()V"));
                    }

                    @Override
                    public void accept(CodeBuilder code, CodeElement element) {
                        code.with(element);
                    }
                };
        return ClassFile.of()
                .transformClass(
                        ClassFile.of().parse(calls),
                        ClassTransform.transformingMethodBodies(
                                method -> method.methodName().equalsString("call"), looks));
    }

    private Process start() throws IOException {
        List<String> words = new ArrayList<>(starter);
        words.addAll(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx24m",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        classes().toString(),
                        "org.postrider.rights.root.Helper",
                        place.resolve("etc").toString(),
                        Long.toString(ProcessHandle.current().pid())));
        return new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(place.resolve("said").toFile()))
                .start();
    }

    String said() throws IOException {
        return Files.readString(place.resolve("said"));
    }

    private String unchecked() {
        try {
            return said();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
        assertFalse(unchecked().contains(Watched.SAID), this::unchecked);
        watchdog.close();
        threads.close();
    }
}
