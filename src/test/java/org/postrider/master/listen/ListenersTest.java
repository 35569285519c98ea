package org.postrider.master.listen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.Until;
import org.postrider.disk.RealDisk;
import org.postrider.dns.SystemResolver;
import org.postrider.dnsbl.DnsLists;
import org.postrider.helper.OwnRights;
import org.postrider.io.Connection;
import org.postrider.io.Connector;
import org.postrider.io.Listener;
import org.postrider.io.Watchdog;
import org.postrider.log.Event;
import org.postrider.log.LogTag;
import org.postrider.log.MailLog;
import org.postrider.master.Configuration;
import org.postrider.master.Machine;
import org.postrider.master.Programs;
import org.postrider.master.Service;
import org.postrider.rights.Accounts;
import org.postrider.sts.StsPolicies;
import org.postrider.threads.Row;
import org.postrider.threads.Supervisor;
import org.postrider.threads.Work;
import org.postrider.time.Clock;

/// What listeners hold is given back, whatever ends them.
class ListenersTest {
    private static final LogTag TAG = new LogTag("postfix/master", 1);

    @TempDir Path directory;

    private final Clock clock = Clock.system();
    private final Supervisor threads = Supervisor.alone();
    private final Watchdog watchdog = new Watchdog(clock, threads);
    private final ExecutorService pool = Executors.newSingleThreadExecutor();

    private Machine machine() throws IOException {
        return new Machine(
                clock,
                threads,
                new NoLog(),
                world(),
                new Machine.Host(
                        pool,
                        Accounts.system(),
                        OwnRights.ofThisProcess(
                                Accounts.system(),
                                pool,
                                new OwnRights.Served(Path.of(""), pool),
                                directory,
                                text -> {})));
    }

    private Machine.World world() {
        SystemResolver dns = new SystemResolver(Path.of("/etc/resolv.conf"), 53, clock);
        Connector connector = Connector.sockets(watchdog);
        return new Machine.World(
                dns,
                new DnsLists(dns, threads, clock),
                connector,
                new StsPolicies(
                        new StsPolicies.Means(dns, connector, new RealDisk(), directory),
                        threads,
                        clock,
                        new NoLog(),
                        TAG));
    }

    private static final class NoLog implements MailLog {
        @Override
        public void event(LogTag tag, Event event) {
            // nobody reads it
        }
    }

    @BeforeEach
    void configuration() throws IOException {
        Files.createDirectories(directory.resolve("private"));
        Files.write(
                directory.resolve("main.cf"),
                List.of("compatibility_level = 3.11", "queue_directory = " + directory));
        Files.write(directory.resolve("master.cf"), List.of("2525 inet n - n - - smtpd"));
    }

    @AfterEach
    void end() {
        pool.shutdownNow();
        watchdog.close();
        threads.close();
    }

    private List<String> listening() {
        return threads.table().stream()
                .filter(row -> row.threads() > 0)
                .map(Row::work)
                .map(work -> work.name())
                .filter(name -> name.startsWith("listen"))
                .toList();
    }

    @Test
    void aSocketThatCannotBeOpenedToEverybodyIsGivenBack() throws IOException {
        Listeners listeners =
                new Listeners(
                        machine(),
                        watchdog,
                        directory,
                        TAG,
                        path -> {
                            throw new IOException("Operation not permitted");
                        });
        IOException e =
                assertThrows(IOException.class, () -> listeners.listen("private/x", 1, _ -> {}));
        assertEquals("bind private/x: Operation not permitted", e.getMessage());
        assertFalse(Files.exists(directory.resolve("private/x")), "the socket's file is left");
        // Its loop ends by itself.
        Until.seen(() -> "none of " + listening(), () -> listening().isEmpty());
    }

    /// A start that fails after its listeners were open closes them like this.
    @Test
    void closingEndsTheSessionsAndLetsNoneIn() throws Exception {
        Listeners listeners = new Listeners(machine(), watchdog, directory, TAG);
        Service smtpd = Configuration.read(directory, Programs.standard()).services().getFirst();
        CompletableFuture<Connection> accepted = new CompletableFuture<>();
        CompletableFuture<Object> ended = new CompletableFuture<>();
        try (Listener door =
                Listener.open(
                        new InetSocketAddress("127.0.0.1", 0),
                        "test",
                        watchdog,
                        new Listener.Service(
                                threads.family(Work.of("session", "a test's")),
                                0,
                                new Semaphore(9),
                                c ->
                                        listeners.sessions.serve(
                                                smtpd,
                                                (connection, as, stressed) -> {
                                                    connection.idle(true);
                                                    accepted.complete(connection);
                                                    ended.complete(outcome(connection));
                                                },
                                                c),
                                _ -> {}))) {
            InetSocketAddress at = (InetSocketAddress) door.address();
            try (var client = new Socket(at.getAddress(), at.getPort())) {
                Connection one = accepted.get(120, TimeUnit.SECONDS);
                listeners.close();
                Object how = ended.get(120, TimeUnit.SECONDS);
                assertInstanceOf(IOException.class, how);
                AtomicBoolean served = new AtomicBoolean();
                listeners.sessions.serve(smtpd, (c, as, stressed) -> served.set(true), one);
                assertFalse(served.get(), "a session began after the end");
                assertTrue(client.isConnected());
            }
        }
    }

    private static Object outcome(Connection connection) {
        try {
            return connection.read(new byte[1], 0, 1);
        } catch (IOException e) {
            return e;
        }
    }
}
