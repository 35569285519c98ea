package org.postrider.helper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.Until;
import org.postrider.io.Connector;
import org.postrider.io.Watchdog;
import org.postrider.rights.Answer;
import org.postrider.rights.Command;
import org.postrider.rights.Ended;
import org.postrider.rights.Identity;
import org.postrider.rights.Request;
import org.postrider.rights.Wire;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// How many connections to root's helper wait for the next request, beside a helper that does
/// nothing.
class KeptLinesTest {
    private static final Identity NORA = Identity.of("nora", 2000, 2000);
    private static final int KEPT = 64;
    private static final Duration LONG = Duration.ofSeconds(1_000);

    @TempDir Path queue;
    private final ExecutorService sessions = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicInteger made = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicInteger left = new AtomicInteger();
    private final ConcurrentLinkedQueue<String> warnings = new ConcurrentLinkedQueue<>();
    private final Supervisor threads = Supervisor.alone();
    private final Watchdog watchdog = new Watchdog(Clock.system(), threads);
    private volatile CountDownLatch answers = new CountDownLatch(0);

    /// Whether it hangs up on whoever comes, or on a request that has been made.
    private volatile boolean deaf;

    private volatile boolean dies;
    private ServerSocketChannel listener;
    private @Nullable HelperRights rights;

    @BeforeEach
    void start() throws IOException {
        listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        Path directory = Files.createDirectories(queue.resolve("private"));
        listener.bind(UnixDomainSocketAddress.of(directory.resolve("helper")), 200);
        sessions.submit(() -> {
            while (true) {
                SocketChannel channel = listener.accept();
                made.incrementAndGet();
                open.incrementAndGet();
                sessions.submit(() -> session(channel));
            }
        });
    }

    /// @param idle after which connections that nobody uses are ended
    private void begin(Duration idle) {
        HelperRights.Call nobody =
                new HelperRights.Call() {
                    @Override
                    public void helper() {}

                    @Override
                    public void close() {}
                };
        rights =
                new HelperRights(
                        new HelperRights.Way(queue, nobody),
                        Connector.sockets(watchdog),
                        threads,
                        Clock.system(),
                        idle,
                        warnings::add);
        Until.seen("the first connection", () -> made.get() == 1);
    }

    @AfterEach
    void end() throws IOException {
        answers.countDown();
        if (rights != null) {
            rights.close();
        }
        listener.close();
        sessions.shutdownNow();
        watchdog.close();
        threads.close();
    }

    /// Every request is done: of a command, once it may be.
    private Void session(SocketChannel channel) throws IOException, InterruptedException {
        try (channel) {
            DataInputStream in = new DataInputStream(Channels.newInputStream(channel));
            DataOutputStream out =
                    new DataOutputStream(
                            new BufferedOutputStream(Channels.newOutputStream(channel)));
            while (true) {
                Request request = Wire.request(in);
                Object done = "";
                if (deaf || dies && request instanceof Request.Serve) {
                    hangUp(channel);
                    return null;
                }
                if (request instanceof Request.Serve) {
                    asked.incrementAndGet();
                    answers.await();
                    done = new Ended(new Ended.How.Exit(0), "", true);
                }
                Wire.answer(out, Answer.done(done));
                out.flush();
            }
        } finally {
            open.decrementAndGet();
        }
    }

    /// Counts those who then hang up as well.
    private void hangUp(SocketChannel channel) throws IOException {
        channel.shutdownOutput();
        ByteBuffer rest = ByteBuffer.allocate(100);
        while (channel.read(rest) >= 0) {
            rest.clear();
        }
        left.incrementAndGet();
    }

    private HelperRights rights() {
        return Objects.requireNonNull(rights);
    }

    private Answer<Ended> serves() {
        Command command =
                new Command(
                        new Command.Line.Text("true", ""),
                        Map.of(),
                        Command.Place.ANY,
                        new Command.Limits(LONG, 1, 0));
        return rights().serve(NORA, command, 1);
    }

    /// Each is a thread of root's, and it leaves when the last is ended.
    @Test
    void notMoreWaitThanAreWorthIt() throws Exception {
        begin(LONG);
        answers = new CountDownLatch(1);
        int many = KEPT + 16;
        List<Future<Answer<Ended>>> all = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            all.add(sessions.submit(this::serves));
        }
        Until.seen("all are asked", () -> asked.get() == many);
        answers.countDown();
        for (Future<Answer<Ended>> each : all) {
            assertInstanceOf(Answer.Done.class, each.get(120, TimeUnit.SECONDS));
        }
        Until.seen(() -> open + " are open", () -> open.get() == KEPT);
        assertEquals(List.of(), List.copyOf(warnings));
    }

    /// A connection on which nobody answers any more is given back: as many as a server asks for
    /// while its helper ends at each would else stay open.
    @Test
    void oneThatTheHelperEndedIsGivenBack() {
        begin(LONG);
        assertInstanceOf(Answer.Done.class, serves());
        dies = true;
        for (int i = 1; i <= 3; i++) {
            assertInstanceOf(Answer.Refused.class, serves());
            int times = i;
            Until.seen(() -> left + " are given back", () -> left.get() == times);
        }
        dies = false;
        deaf = true;
        Thread asks = Thread.ofVirtual().start(() -> serves());
        Until.seen(() -> left + " are given back", () -> left.get() > 6);
        deaf = false;
        Until.seen("it is answered", () -> !asks.isAlive());
        Until.seen(() -> open + " are open", () -> open.get() == 1);
    }

    /// However many were: the next is kept as the first was.
    @Test
    void oneThatWasEndedIsCountedNoMore() {
        begin(Duration.ofMillis(1));
        for (int i = 0; i <= KEPT; i++) {
            Until.seen("nobody uses it", () -> open.get() == 0);
            assertInstanceOf(Answer.Done.class, serves());
        }
        Until.seen("nobody uses it", () -> open.get() == 0);
        rights().reload(LONG);
        // One may still be ended by the time that was.
        Until.seen(
                "one is kept",
                () -> {
                    assertInstanceOf(Answer.Done.class, serves());
                    int before = made.get();
                    assertInstanceOf(Answer.Done.class, serves());
                    return before == made.get();
                });
        assertEquals(List.of(), List.copyOf(warnings));
    }
}
