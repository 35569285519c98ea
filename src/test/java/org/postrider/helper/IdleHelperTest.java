package org.postrider.helper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postrider.Needs;
import org.postrider.Until;
import org.postrider.rights.Account;
import org.postrider.rights.Answer;
import org.postrider.rights.Command;
import org.postrider.rights.Command.Limits;
import org.postrider.rights.Command.Line;
import org.postrider.rights.Command.Place;
import org.postrider.rights.Content;
import org.postrider.rights.Ended;
import org.postrider.rights.Request;
import org.postrider.rights.Wire;

/// Root's helper leaves when nobody has asked it for max_idle, and comes again when it is called:
/// nobody who asks sees anything of it.
class IdleHelperTest {
    private static final int NOT_NEEDED = 79;
    private static final long PATIENCE_SECONDS = 120;
    private static final Limits LIMITS = new Limits(Duration.ofSeconds(100), 4096, 0);

    private Users users;
    private RunningHelper helper;
    private Account nora;

    @BeforeEach
    void start() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "not root");
        Needs.program("useradd");
        Needs.program("setpriv");
        Needs.account("postfix");
        users = new Users();
        nora = users.add("prt-nora");
        helper = new RunningHelper(users.place, "", Duration.ofMillis(100));
    }

    @AfterEach
    void end() throws IOException {
        if (helper != null) {
            helper.close();
        }
        if (users != null) {
            users.close();
        }
    }

    private void asks() {
        assertInstanceOf(Answer.Done.class, helper.rights.look(nora.identity(), nora.home(), true));
    }

    /// A connection that it has answered: as long as it is open the helper stays.
    private SocketChannel connected() throws IOException {
        Path socket = users.place.resolve("queue/private/helper");
        SocketChannel[] out = new SocketChannel[1];
        // It leaves a second after it was asked, and on a busy machine that is soon.
        Until.seen(
                "a connection",
                () -> {
                    asks();
                    SocketChannel channel;
                    try {
                        channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
                    } catch (IOException e) {
                        return false;
                    }
                    if (heard(channel)) {
                        out[0] = channel;
                        return true;
                    }
                    channel.close();
                    return false;
                });
        return out[0];
    }

    private static void left(Process process) throws InterruptedException {
        assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), "it stays");
        assertEquals(NOT_NEEDED, process.exitValue());
    }

    /// Also one that was never asked: the server hears it when it starts.
    @Test
    void oneThatNobodyAsksLeavesAndComesWhenItIsCalled() throws Exception {
        Process first = helper.process;
        left(first);
        asks();
        Process second = helper.process;
        assertNotSame(first, second);
        left(second);
        asks();
        assertNotSame(second, helper.process);
        assertEquals(List.of(), helper.warnings);
        assertEquals("", helper.said());
    }

    /// A call is lost that comes just before it is waited for.
    @Test
    void oneIsCalledUntilItComes() throws Exception {
        left(helper.process);
        helper.deaf.set(2);
        asks();
    }

    /// A command goes on for longer than the helper waits for.
    @Test
    void oneThatRunsACommandStays() throws Exception {
        Command command =
                new Command(
                        new Line.Text("echo >begun; sleep 3; id -un", ""),
                        Map.of(),
                        Place.in(nora.home()),
                        LIMITS);
        CompletableFuture<Answer<Ended>> answer =
                CompletableFuture.supplyAsync(
                        () -> helper.rights.run(nora.identity(), command, Content.of(new byte[1])));
        Path begun = Path.of(nora.home(), "begun");
        Until.seen("it has begun", () -> Files.exists(begun));
        Process process = helper.process;
        Ended ended =
                (Ended)
                        assertInstanceOf(
                                        Answer.Done.class,
                                        answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS))
                                .value();
        assertEquals(nora.name() + "\n", ended.output());
        assertSame(process, helper.process);
        left(process);
    }

    /// It has closed its socket and not yet ended: what has connected is ended without a word.
    @Test
    void whoConnectsWhileItLeavesIsAnsweredByTheNext() throws Exception {
        asks();
        left(helper.process);
        Path socket = users.place.resolve("queue/private/helper");
        Files.delete(socket);
        CompletableFuture<Void> asked;
        int calls = helper.calls.get();
        try (ServerSocketChannel leaving = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            leaving.bind(UnixDomainSocketAddress.of(socket));
            Users.run("chown", "postfix", socket.toString());
            asked = CompletableFuture.runAsync(this::asks);
            leaving.accept().close();
        }
        asked.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertTrue(helper.calls.get() > calls);
    }

    /// Though nothing is asked there, and all others have ended theirs.
    @Test
    void oneThatHasAConnectionStays() throws Exception {
        Process process;
        try (SocketChannel channel = connected()) {
            process = helper.process;
            assertFalse(process.waitFor(2_500, TimeUnit.MILLISECONDS), "it has left");
            assertTrue(heard(channel));
            asks();
            assertSame(process, helper.process);
        }
        left(process);
    }

    private static boolean heard(SocketChannel channel) {
        DataInputStream in = new DataInputStream(Channels.newInputStream(channel));
        OutputStream out = Channels.newOutputStream(channel);
        try {
            Request said = new Request.Said();
            DataOutputStream whole = new DataOutputStream(new BufferedOutputStream(out));
            Wire.request(whole, said);
            whole.flush();
            return Wire.answer(in, said) instanceof Answer.Done<?>;
        } catch (IOException e) {
            return false;
        }
    }

    /// Asked just when it goes, again and again.
    @Test
    void nobodyIsRefusedWhileItLeaves() throws Exception {
        for (int i = 0; i < 3; i++) {
            Process process = helper.process;
            asks();
            // A connection of 100 ms and a second without one: it closes about now.
            process.waitFor(1_080 + 20 * i, TimeUnit.MILLISECONDS);
            asks();
        }
        assertEquals(List.of(), helper.warnings);
    }

    /// Nobody would start it again.
    @Test
    void oneWhoseStarterIsGoneStays() throws Exception {
        left(helper.process);
        helper.starter = List.of("sh", "-c", "\"$@\"; exit", "sh");
        ProcessHandle orphan;
        try (SocketChannel stays = connected()) {
            assertTrue(stays.isConnected());
            orphan = helper.process.children().findFirst().orElseThrow();
            helper.kill();
        }
        try {
            asks();
            assertThrows(TimeoutException.class, () -> orphan.onExit().get(3, TimeUnit.SECONDS));
            int calls = helper.calls.get();
            asks();
            assertTrue(orphan.isAlive());
            assertEquals(calls, helper.calls.get());
        } finally {
            orphan.destroyForcibly();
        }
    }
}
