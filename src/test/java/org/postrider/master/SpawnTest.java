package org.postrider.master;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.Needs;
import org.postrider.Ports;
import org.postrider.Until;

/// spawn(8): a command for each connection, over TCP and UNIX sockets. Log lines are those of real
/// Postfix, which had the same master.cf.
class SpawnTest {
    private static final boolean ROOT = System.getProperty("user.name").equals("root");

    /// Root's server acts for others, another's for its own user.
    private static final String USER =
            "user=" + (ROOT ? "nobody" : System.getProperty("user.name"));

    private static final String POLICY =
            """
            while read line; do
                case $line in
                    sender=*) sender=${line#sender=} ;;
                    "") printf 'action=REJECT %s of %s\\n\\n' "$sender" "$(id -un)" ;;
                esac
            done
            """;

    @TempDir Path temp;

    /// Root acts for a mail_owner only.
    @BeforeEach
    void owner() {
        if ("root".equals(System.getProperty("user.name"))) {
            Needs.account("postfix");
        }
    }

    private Path script(String name, String text) throws IOException {
        Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path file = temp.resolve(name);
        Files.writeString(file, "#!/bin/sh\n" + text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return file;
    }

    private Trial trial(List<String> main, String... lines) throws IOException {
        Trial trial = new Trial(temp.resolve("t"), 1);
        trial.write(main, List.of(lines));
        trial.start();
        return trial;
    }

    private SocketChannel unix(String name) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(temp.resolve("t/queue/private/" + name)));
        return channel;
    }

    private static void write(SocketChannel channel, String text) throws IOException {
        channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
    }

    /// What is said until the connection's end.
    private static String rest(SocketChannel channel) throws IOException {
        byte[] all = Channels.newInputStream(channel).readAllBytes();
        return new String(all, StandardCharsets.ISO_8859_1);
    }

    @Test
    void aPolicyServerAnswersOverBothKindsOfSockets() throws Exception {
        Path policy = script("policy", POLICY);
        int port = Ports.free();
        try (Trial trial =
                        trial(
                                List.of(),
                                "policy unix - n n - 0 spawn " + USER + " argv=" + policy,
                                "127.0.0.1:"
                                        + port
                                        + " inet n n n - 0 spawn "
                                        + USER
                                        + " argv="
                                        + policy);
                SocketChannel unix = unix("policy");
                Socket inet = new Socket(InetAddress.getLoopbackAddress(), port)) {
            String who = " of " + USER.substring(5) + "\n\n";
            for (String sender : List.of("a@x.example", "b@y.example")) {
                write(unix, "request=smtpd_access_policy\nsender=" + sender + "\n\n");
                String wanted = "action=REJECT " + sender + who;
                ByteBuffer got = ByteBuffer.allocate(wanted.length());
                while (got.hasRemaining() && unix.read(got) >= 0) {
                    // until all of it is there
                }
                assertEquals(wanted, new String(got.array(), StandardCharsets.ISO_8859_1));
            }
            inet.getOutputStream().write("sender=c\n\n".getBytes(StandardCharsets.US_ASCII));
            inet.shutdownOutput();
            String all =
                    new String(inet.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertEquals("action=REJECT c" + who, all, "the command may answer after the end");
            assertEquals(List.of(), spawned(trial));
        }
    }

    private static List<String> spawned(Trial trial) throws IOException {
        return trial.said().stream()
                .filter(l -> l.contains("/spawn["))
                .map(l -> l.replaceFirst(".*/spawn\\[\\d+]: ", ""))
                .toList();
    }

    /// The one of the distribution, if it is installed.
    @Test
    void theDistributionsPolicyServerAnswers() throws Exception {
        Path program = Needs.program("policyd-spf");
        try (Trial trial =
                        trial(
                                List.of("policy_time_limit = 3600"),
                                "policy unix - n n - 0 spawn " + USER + " argv=" + program);
                SocketChannel unix = unix("policy")) {
            write(
                    unix,
                    "request=smtpd_access_policy\nprotocol_state=RCPT\nprotocol_name=ESMTP\n"
                            + "helo_name=client.example\nsender=a@client.example\n"
                            + "recipient=b@here.example\nclient_address=127.0.0.1\n"
                            + "client_name=localhost\ninstance=1\n\n");
            unix.shutdownOutput();
            String said = rest(unix);
            assertTrue(said.startsWith("action=") && said.endsWith("\n\n"), said);
            assertEquals(List.of(), spawned(trial));
        }
    }

    @Test
    void itsEndIsLoggedInPostfixsWords() throws Exception {
        String sh = " argv=/bin/sh -c ";
        try (Trial trial =
                trial(
                        List.of("slow_time_limit = 1s"),
                        "three unix - n n - - spawn " + USER + sh + "{echo no >&2; exit 3}",
                        "signal unix - n n - - spawn " + USER + sh + "{kill -15 $$}",
                        "slow unix - n n - - spawn " + USER + sh + "{sleep 600 & exec sleep 600}",
                        "gone unix - n n - - spawn " + USER + " argv=/no/such x")) {
            assertEquals("no\n", ended("three"));
            said(trial, "warning: command /bin/sh exit status 3");
            assertEquals("", ended("signal"));
            said(trial, "warning: command /bin/sh killed by signal 15");
            assertEquals("", ended("slow"));
            said(trial, "warning: command /bin/sh killed by signal 9");
            assertTrue(
                    trial.awaited("time", l -> l.contains(": command time limit exceeded"))
                            .matches(".*/spawn\\[\\d+]: warning: /bin/sh: process id \\d+: .*"));
            assertEquals("", ended("gone"));
            said(trial, "fatal: spawn_comand: execvp /no/such: No such file or directory");
            said(trial, "warning: command /no/such exit status 1");
        }
    }

    private String ended(String service) throws IOException {
        try (SocketChannel channel = unix(service)) {
            return rest(channel);
        }
    }

    private static void said(Trial trial, String text) throws IOException {
        trial.awaited(text, l -> l.contains("/spawn[") && l.endsWith("]: " + text));
    }

    @Test
    void nothingRunsAsRootOrTheMailSystem() throws Exception {
        String run = " argv=/bin/echo it runs";
        List<String> users =
                List.of(
                        "user=root",
                        "user=nosuchuser",
                        "user=nobody:nosuchgroup",
                        "user=nobody:root",
                        "user=postfix",
                        "directory=/tmp " + USER);
        List<String> wanted =
                List.of(
                        "request to deliver as root",
                        "unknown user name: nosuchuser",
                        "unknown group name: nosuchgroup",
                        "request to use privileged group id 0",
                        "request to deliver as mail system owner",
                        "unknown attribute name: directory=/tmp");
        String[] lines = new String[users.size() + 2];
        for (int i = 0; i < users.size(); i++) {
            lines[i] = "s" + i + " unix - n n - - spawn " + users.get(i) + run;
        }
        lines[users.size()] = "none unix - n n - - spawn" + run;
        lines[users.size() + 1] = "argless unix - n n - - spawn " + USER;
        Needs.program("postfix");
        try (Trial trial = trial(List.of("mail_owner = postfix"), lines)) {
            List<String> checked = Server.check(trial.conf);
            for (int i = 0; i < users.size(); i++) {
                String text = wanted.get(i);
                refused("s" + i);
                said(trial, "fatal: " + text);
                assertEquals(1, checked.stream().filter(l -> l.contains(text)).count(), text);
            }
            refused("none");
            said(trial, "fatal: missing user= attribute");
            refused("argless");
            said(trial, "fatal: missing argv= attribute");
        }
    }

    private void refused(String service) throws IOException {
        assertEquals("", ended(service), service);
    }

    @Test
    void clientsBeyondTheLimitWaitForTheirTurn() throws Exception {
        try (Trial trial =
                        trial(
                                List.of(),
                                "one unix - n n - 1 spawn "
                                        + USER
                                        + " argv=/bin/sh -c {echo here; cat}");
                SocketChannel first = unix("one");
                SocketChannel second = unix("one")) {
            assertEquals('h', read(first));
            second.configureBlocking(false);
            LockSupport.parkNanos(300_000_000);
            assertEquals(0, second.read(ByteBuffer.allocate(1)), "the second is served as well");
            first.close();
            second.configureBlocking(true);
            assertEquals('h', read(second));
            second.shutdownOutput();
            assertEquals("ere\n", rest(second));
            assertEquals(
                    List.of(), spawned(trial).stream().filter(l -> l.contains("status")).toList());
        }
    }

    private static int read(SocketChannel channel) throws IOException {
        ByteBuffer one = ByteBuffer.allocate(1);
        return channel.read(one) < 0 ? -1 : one.get(0);
    }

    /// More than any buffer on the way holds, from both sides at once.
    @Test
    void everyOctetComesThroughBothWays() throws Exception {
        byte[] much = new byte[3 << 20];
        new Random(1).nextBytes(much);
        try (Trial trial = trial(List.of(), "cat unix - n n - - spawn " + USER + " argv=/bin/cat");
                SocketChannel channel = unix("cat")) {
            CompletableFuture<Void> sent =
                    CompletableFuture.runAsync(() -> {
                        try {
                            ByteBuffer left = ByteBuffer.wrap(much);
                            while (left.hasRemaining()) {
                                channel.write(left);
                            }
                            channel.shutdownOutput();
                        } catch (IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    });
            byte[] back = Channels.newInputStream(channel).readAllBytes();
            sent.get(120, TimeUnit.SECONDS);
            assertArrayEquals(much, back);
            assertEquals(List.of(), spawned(trial));
        }
    }

    /// It has ended before anybody looked at its connection.
    @Test
    void whatAHastyCommandSaysIsHeard() throws Exception {
        String echo = "echo unix - n n - - spawn " + USER + " argv=/bin/echo it is said";
        try (Trial trial = trial(List.of(), echo)) {
            for (int i = 0; i < 50; i++) {
                assertEquals("it is said\n", ended("echo"));
            }
            assertEquals(List.of(), spawned(trial));
        }
    }

    /// A client that hangs up is the end of the command's input, and the end of the server is one.
    @Test
    void theCommandSeesWhenItsClientIsGone() throws Exception {
        Path ended = Files.createDirectory(temp.resolve("ended"));
        Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(ended, PosixFilePermissions.fromString("rwxrwxrwx"));
        String line = "s unix - n n - - spawn " + USER + " argv=/bin/sh -c ";
        try (Trial trial =
                trial(List.of(), line + "{echo here; cat >/dev/null; >" + ended + "/$$}")) {
            try (SocketChannel channel = unix("s")) {
                assertEquals('h', read(channel));
            }
            files(ended, 1);
            SocketChannel staying = unix("s");
            assertEquals('h', read(staying));
            long from = System.nanoTime();
            trial.close();
            assertTrue(System.nanoTime() - from < 60_000_000_000L, "the server does not end");
            files(ended, 2);
            staying.close();
        }
    }

    private static void files(Path directory, int count) throws IOException {
        Until.seen(
                count + " commands have ended",
                () -> {
                    try (var all = Files.list(directory)) {
                        return all.count() >= count;
                    }
                });
    }
}
