package org.postrider.helper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.Test;
import org.postrider.Until;
import org.postrider.rights.Account;
import org.postrider.rights.Accounts;
import org.postrider.rights.Answer;
import org.postrider.rights.Command;
import org.postrider.rights.Command.Limits;
import org.postrider.rights.Command.Line;
import org.postrider.rights.Command.Place;
import org.postrider.rights.Content;
import org.postrider.rights.Ended;
import org.postrider.rights.Ended.How;
import org.postrider.rights.FileText;
import org.postrider.rights.Identity;
import org.postrider.rights.ReadRules;
import org.postrider.rights.Rights;
import org.postrider.rights.Trouble;

/// The commands that the root helper starts for real users: what they have, and what ends them.
class HelperCommandsTest extends HelperHouse {
    /// Connected to by mail_owner, whose directory it is, and given to a user's command.
    @Test
    void aCommandsStreamsAreAConnectionToTheMailSystem() throws Exception {
        Path socket = users.place.resolve("queue").resolve(Rights.SERVED);
        Command command =
                new Command(
                        new Command.Line.Text("id -un; read x; echo $x >&2; exit 7", ""),
                        Map.of(),
                        Command.Place.ANY,
                        new Command.Limits(Duration.ofSeconds(20), 0, 0));
        Account postfix = Accounts.system().named("postfix");
        assertNotNull(postfix);
        for (Identity who : List.of(Identity.of("root", 0, 0), postfix.identity())) {
            Trouble trouble = trouble(rights.serve(who, command, 1));
            assertEquals(Trouble.Kind.FORBIDDEN, trouble.kind(), trouble.text());
        }
        Trouble none = trouble(rights.serve(anna.identity(), command, 1));
        assertEquals("connect to " + socket + ": No such file or directory", none.text());
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(UnixDomainSocketAddress.of(socket));
            Users.run("chmod", "666", socket.toString());
            CompletableFuture<Answer<Ended>> ended =
                    CompletableFuture.supplyAsync(
                            () -> rights.serve(anna.identity(), command, 0x0102030405060708L));
            try (SocketChannel channel = listener.accept()) {
                assertEquals(
                        "postfix",
                        channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user().getName());
                channel.write(ByteBuffer.wrap("hello\n".getBytes(StandardCharsets.US_ASCII)));
                byte[] all = Channels.newInputStream(channel).readAllBytes();
                assertEquals(
                        "\1\2\3\4\5\6\7\10" + anna.name() + "\nhello\n",
                        new String(all, StandardCharsets.US_ASCII));
            }
            Ended end = done(ended.get(120, TimeUnit.SECONDS));
            assertEquals(new Ended.How.Exit(7), end.how());
            assertTrue(Integer.parseInt(end.output()) > 1, end.output());
        } finally {
            Files.deleteIfExists(socket);
        }
    }

    @Test
    void aCommandHasNothingOfRootLeft() throws IOException {
        Ended ended =
                run(anna, "cat; id; umask; grep -E '^(Uid|Gid|Groups|Cap)' /proc/self/status");
        assertEquals(new How.Exit(0), ended.how());
        String uid = "\t" + anna.uid();
        String gid = "\t" + anna.gid();
        String none = "\t0000000000000000\n";
        assertTrue(
                ended.output().startsWith("in\nuid=" + anna.uid() + "(" + anna.name() + ") gid="));
        assertTrue(ended.output().contains("\n0077\n"), ended.output());
        assertTrue(ended.output().contains("Uid:" + uid.repeat(4) + "\n"), ended.output());
        assertTrue(ended.output().contains("Gid:" + gid.repeat(4) + "\n"), ended.output());
        assertTrue(ended.output().contains("Groups:" + gid + " \n"), ended.output());
        for (String set : List.of("CapInh:", "CapPrm:", "CapEff:", "CapAmb:")) {
            assertTrue(ended.output().contains(set + none), ended.output());
        }
    }

    @Test
    void theEnvironmentIsTheCommandsAndNotRoots() throws IOException {
        Path library = users.place.resolve("evil.so");
        Path mark = users.place.resolve("mark");
        Map<String, String> environment =
                Map.of(
                        "LD_PRELOAD",
                        library.toString(),
                        "LD_DEBUG",
                        "libs",
                        "LD_DEBUG_OUTPUT",
                        mark.toString(),
                        "X",
                        "a b=c");
        Ended ended =
                done(
                        rights.run(
                                anna.identity(),
                                new Command(
                                        new Line.Text("echo \"$X $LD_PRELOAD\"", ""),
                                        environment,
                                        Place.in(anna.home()),
                                        LIMITS),
                                Content.none()));
        assertTrue(ended.output().contains("a b=c " + library), ended.output());
        // The linker of a program that root starts would have written its account there.
        try (var all = Files.list(users.place)) {
            assertFalse(all.anyMatch(p -> p.getFileName().toString().startsWith("mark")));
        }
        assertEquals(
                "HOME=/x\nPATH=/usr/bin:/bin\n",
                done(rights.run(
                                anna.identity(),
                                new Command(
                                        new Line.Words(List.of("env")),
                                        Map.of("HOME", "/x"),
                                        Place.ANY,
                                        LIMITS),
                                Content.none()))
                        .output()
                        .lines()
                        .sorted()
                        .map(l -> l + "\n")
                        .reduce("", String::concat));
    }

    @Test
    void aCommandThatDoesNotEndIsEnded() throws IOException {
        Path begun = home(ben, "begun");
        // On a busy machine it may take seconds until it has begun; it has when more was said than
        // a pipe holds.
        for (int i = 0; i < 7 && Files.notExists(begun); i++) {
            Command endless =
                    new Command(
                            new Line.Text(
                                    "trap '' TERM; (sleep 1000 & echo $! >stays); i=0; while :; do"
                                            + " echo x; i=$((i+1)); [ $i = 40000 ] && : >begun;"
                                            + " done",
                                    ""),
                            Map.of(),
                            Place.in(ben.home()),
                            new Limits(Duration.ofMillis(800 << i), 100, 0));
            Ended ended = done(rights.run(ben.identity(), endless, Content.of(new byte[200_000])));
            assertEquals(new How.TimedOut(), ended.how());
            if (Files.exists(begun)) {
                assertEquals(100, ended.output().length());
            }
        }
        long stays = Long.parseLong(Files.readString(home(ben, "stays")).strip());
        ProcessHandle.of(stays).ifPresent(p -> p.onExit().join());
        Command large =
                new Command(
                        new Line.Text("head -c 100000 /dev/zero >large", ""),
                        Map.of(),
                        Place.in(ben.home()),
                        new Limits(Duration.ofSeconds(20), 100, 10_000));
        done(rights.run(ben.identity(), large, Content.none()));
        assertEquals(10_000, Files.size(home(ben, "large")));
    }

    @Test
    void belowAnotherRootACommandHasNothingOfRootLeftEither() {
        Command below =
                new Command(
                        new Line.Words(
                                List.of(
                                        "sh",
                                        "-c",
                                        "pwd; grep -E '^(Uid|CapPrm)' /proc/self/status")),
                        Map.of(),
                        new Place("/", "/usr"),
                        LIMITS);
        Ended ended = done(rights.run(anna.identity(), below, Content.none()));
        assertEquals(
                "/usr\nUid:" + ("\t" + anna.uid()).repeat(4) + "\nCapPrm:\t0000000000000000\n",
                ended.output());
        Command none = new Command(below.line(), Map.of(), new Place("/no/such", null), LIMITS);
        assertEquals(
                "chroot(/no/such): No such file or directory",
                trouble(rights.run(anna.identity(), none, Content.none())).text());
    }

    /// A thread that was the user's, even for a moment, would take the helper with it: kill(2)
    /// takes the number of any thread.
    @Test
    void aUserCannotEndTheHelperWhileItStartsHisCommands() throws Exception {
        long helpers = helper.process.pid();
        Process kills =
                new ProcessBuilder(
                                "setpriv",
                                "--reuid=" + anna.uid(),
                                "--regid=" + anna.gid(),
                                "--clear-groups",
                                "/bin/sh",
                                "-c",
                                "while :; do for t in /proc/"
                                        + helpers
                                        + "/task/*; do kill -9 ${t##*/} 2>/dev/null; done; done")
                        .start();
        try {
            Command below =
                    new Command(
                            new Line.Words(List.of("true")),
                            Map.of(),
                            new Place("/", null),
                            LIMITS);
            for (int i = 0; i < 60; i++) {
                assertEquals(
                        new How.Exit(0),
                        done(rights.run(anna.identity(), below, Content.none())).how());
                assertEquals(new How.Exit(0), run(anna, "true").how());
            }
        } finally {
            kills.destroyForcibly();
            kills.onExit().join();
        }
        assertTrue(helper.process.isAlive());
        assertEquals(helpers, helper.process.pid());
    }

    @Test
    void aCommandHasThreeDescriptorsAndASessionOfItsOwn() throws IOException {
        String seen = run(anna, "ls -l /proc/$$/fd; ps -o sid= -o pgid= $$; echo $$").output();
        List<String> fds =
                seen.lines()
                        .filter(l -> l.contains(" -> "))
                        .map(l -> l.replaceAll(".* ([0-9]+) -> .*", "$1"))
                        .toList();
        assertEquals(List.of("0", "1", "2"), fds, seen);
        List<String> lines = seen.strip().lines().toList();
        String self = lines.getLast();
        assertEquals(self + " " + self, lines.get(lines.size() - 2).strip().replaceAll(" +", " "));
    }

    @Test
    void whatIsNoProgramIsTheShellsAndWhatCannotBeOneIsSaid() throws IOException {
        Users.as(anna, "echo 'echo by a shell: $1' >plain; chmod +x plain");
        assertEquals("by a shell: x\n", run(anna, home(anna, "plain") + " x").output());
        Users.as(anna, "echo '#!/no/such/shell' >odd-one; chmod +x odd-one");
        Trouble none =
                trouble(
                        rights.run(
                                anna.identity(),
                                new Command(
                                        new Line.Text(home(anna, "odd-one") + "", ""),
                                        Map.of(),
                                        Place.ANY,
                                        LIMITS),
                                Content.none()));
        assertEquals(
                "execvp " + home(anna, "odd-one") + ": No such file or directory", none.text());
    }

    /// A reload reads keys, and others' mail asks for files, whatever users' commands wait for.
    @Test
    void commandsThatWaitKeepNobodyFromReading() throws Exception {
        Users.as(anna, "mkfifo hold; echo ben >.wanted; : >begun");
        List<Thread> all = new ArrayList<>();
        AtomicInteger done = new AtomicInteger();
        for (int i = 0; i < 100; i++) {
            all.add(
                    Thread.ofVirtual()
                            .start(() -> {
                                if (run(anna, "echo x >>begun; read y <hold").how()
                                        instanceof How.Exit) {
                                    done.incrementAndGet();
                                }
                            }));
        }
        Path begun = home(anna, "begun");
        Until.seen("all have begun", () -> Files.size(begun) >= 200);
        String path = home(anna, ".wanted").toString();
        Answer<FileText> read =
                java.util.concurrent.CompletableFuture.supplyAsync(
                                () -> rights.read(anna.identity(), path, ReadRules.forward(1000)))
                        .orTimeout(120, java.util.concurrent.TimeUnit.SECONDS)
                        .handle((answer, late) -> answer)
                        .join();
        Users.as(anna, ": >hold");
        for (Thread each : all) {
            each.join();
        }
        assertEquals("ben\n", read == null ? "too late" : done(read).octets());
        assertEquals(100, done.get());
    }
}
