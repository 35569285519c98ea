package org.postrider.master;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.Needs;
import org.postrider.command.Terminal;
import org.postrider.command.queue.Postqueue;
import org.postrider.command.queue.Postsuper;
import org.postrider.command.queue.Qshape;
import org.postrider.control.ControlCodec;
import org.postrider.control.ControlRequest;
import org.postrider.showq.Filter;
import org.postrider.time.Clock;

/// `--where` of postqueue, postsuper and qshape: the same answers with the server running and
/// stopped.
class WhereTest {
    private static final List<String> FILTERS =
            List.of(
                    "to:slow.example",
                    "to:gone.example reply~refused",
                    "reply:\"connection refused\" not to:slow.example",
                    "from:a@client.example (to:slow.example or to:third.example)",
                    "client:127.0.0.0/8 age<1h size<1M",
                    "queue:hold",
                    "queue:maildrop",
                    "status:4.4 recipients>1",
                    "age>1d",
                    "id~. not queue:maildrop");

    @TempDir Path temp;

    private int status;
    private String typed = "";
    private Path conf = Path.of("");

    private interface Command {
        int run(Terminal terminal, String[] arguments);
    }

    private String said(Command command, String... arguments) {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(said, true, StandardCharsets.ISO_8859_1);
        List<String> all = new ArrayList<>(List.of("-c", conf.toString()));
        all.addAll(Arrays.asList(arguments));
        status =
                command.run(
                        new Terminal(
                                new ByteArrayInputStream(
                                        typed.getBytes(StandardCharsets.ISO_8859_1)),
                                out,
                                out,
                                null),
                        all.toArray(String[]::new));
        return said.toString(StandardCharsets.ISO_8859_1);
    }

    private String postqueue(String... arguments) {
        return said((t, args) -> new Postqueue("postqueue", t).run(args), arguments)
                .replaceFirst("postqueue: warning: Mail system is down.*\n", "");
    }

    private String postsuper(String... arguments) {
        return said((t, args) -> new Postsuper(t).run(args), arguments);
    }

    private List<String> answers() {
        List<String> out = new ArrayList<>();
        for (String filter : FILTERS) {
            out.add(filter + "\n" + postqueue("-p", "--where", filter));
            out.add(filter + "\n" + postqueue("--where=" + filter, "-j"));
            out.add(
                    said(
                                    (t, args) -> new Qshape(t, Clock.system()).run(args),
                                    "--where",
                                    filter,
                                    "deferred",
                                    "hold")
                            .replaceFirst("qshape: warning: Mail system is down.*\n", ""));
            out.add(postsuper("-d", "ALL", "--where", filter, "--dry-run"));
            out.add(postsuper("-h", "ALL", "deferred", "--where", filter, "--dry-run"));
        }
        return out;
    }

    private static long count(String text, String pattern) {
        return Pattern.compile(pattern).matcher(text).results().count();
    }

    private void fill(Trial trial) throws IOException {
        trial.mail("a@client.example", "b@slow.example");
        trial.mail("a@client.example", "b@gone.example");
        trial.mail("c@client.example", "b@third.example");
        trial.awaitedCount("status=deferred", 3);
        trial.deferred(3);
    }

    @Test
    void runningAndStoppedItIsTheSame() throws Exception {
        List<String> running;
        try (Trial trial = new Trial(temp, 1)) {
            trial.write(List.of("defer_transports ="), List.of());
            conf = trial.conf;
            trial.start();
            fill(trial);
            assertEquals(
                    "postsuper: Placed on hold: 1 message\n",
                    postsuper("-h", "ALL", "--where", "to:third.example"));
            running = answers();
        }
        assertTrue(running.get(0).contains("b@slow.example"), running.get(0));
        assertEquals(1, count(running.get(0), "@client.example"));
        assertTrue(running.get(1).contains("\"address\": \"b@slow.example\""), running.get(1));
        assertTrue(running.get(2).matches("(?s).* TOTAL +1 .*slow.example +1 .*"), running.get(2));
        assertEquals(
                "postsuper: Deleted: 1 message (dry run: nothing was changed)\n", running.get(3));
        assertTrue(running.get(5 * 5).contains("b@third.example"), running.get(5 * 5));
        assertEquals(FILTERS.get(6) + "\nMail queue is empty\n", running.get(6 * 5));
        List<String> stopped = answers();
        for (int i = 0; i < running.size(); i++) {
            assertEquals(running.get(i), stopped.get(i));
        }
    }

    private static final String ASK =
            """
            import os, socket, sys
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
            s = socket.socket(socket.AF_UNIX)
            s.connect(sys.argv[1])
            s.sendall(bytes.fromhex(sys.argv[2]))
            while True:
                b = s.recv(4096)
                if not b:
                    break
                sys.stdout.buffer.write(b)
            """;

    /// What the server answers a user without rights.
    private String asked(Path socket, String filter) throws Exception {
        byte[] request = ControlCodec.encode(new ControlRequest.Listed(Filter.parse(filter)));
        Process p =
                new ProcessBuilder(
                                "python3",
                                "-c",
                                ASK,
                                socket.toString(),
                                HexFormat.of().formatHex(request))
                        .redirectErrorStream(true)
                        .start();
        return new String(p.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    /// Anybody may list the queue; who brought a message, and by which login, is in no listing.
    @Test
    void aFilterTellsNobodyMoreThanAListingDoes() throws Exception {
        Assumptions.assumeTrue(System.getProperty("user.name").equals("root"), "not root");
        Needs.program("python3");
        Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (Trial trial = new Trial(temp, 1)) {
            trial.write(List.of(), List.of());
            conf = trial.conf;
            trial.start();
            fill(trial);
            Path socket = temp.resolve("queue/public/qmgr");
            assertEquals(3, count(asked(socket, "from:client.example"), "queue_id"));
            for (String filter :
                    List.of(
                            "client:127.0.0.0/8",
                            "login:ann or to:slow.example",
                            "to:slow.example not (to:a or not login:ann)")) {
                String said = asked(socket, filter);
                assertEquals(0, count(said, "queue_id"), said);
                assertTrue(said.startsWith("=\t"), said);
                trial.awaited(
                        "refused",
                        l -> l.contains("User nobody is not allowed to ask for clients"));
            }
            assertEquals(3, count(postqueue("-p", "--where", "client:127.0.0.0/8"), "@client"));
        }
    }

    @Test
    void onlyWhatIsFoundIsChangedAndAWrongFilterChangesNothing() throws Exception {
        try (Trial trial = new Trial(temp, 1)) {
            trial.write(List.of(), List.of());
            conf = trial.conf;
            trial.start();
            fill(trial);
            for (String wrong : List.of("to:slow.example colour:red", "(to:a", "")) {
                String said = postsuper("-d", "ALL", "--where", wrong);
                assertEquals(1, status, said);
                assertTrue(said.startsWith("postsuper: fatal: --where: "), said);
            }
            assertTrue(
                    postqueue("-p", "--where", "to:slow.example colour:red")
                            .contains(
                                    "at character 17\n    to:slow.example colour:red\n"
                                            + " ".repeat(20)
                                            + "^\n"));
            assertEquals(69, status);
            for (String[] wrong :
                    new String[][] {
                        {"-d", "3ABC", "--where", "to:a"},
                        {"-d", "-", "--where", "to:a"},
                        {"-d", "ALL", "--dry-run"},
                        {"--where", "to:a"},
                        {"-d", "ALL", "--where"},
                        {"-d", "ALL", "--where", "to:a", "--where", "to:b"}
                    }) {
                String said = postsuper(wrong);
                assertEquals(1, status, said);
                assertTrue(said.startsWith("postsuper: fatal: "), said);
            }
            assertTrue(postqueue("-f", "--where", "to:a").contains("usage: "));
            trial.deferred(3);
            // As Postfix's does: a line is an id, with its blanks.
            typed = "\n  3ABC\n";
            assertEquals(
                    "postsuper: warning: invalid mail queue id: \n"
                            + "postsuper: warning: invalid mail queue id:   3ABC\n"
                            + "postsuper: Deleted: 0 messages\n",
                    postsuper("-d", "-"));
            assertEquals(
                    "postsuper: Force-expired: 0 messages\npostsuper: Placed on hold: 2 messages\n",
                    postsuper(
                            "-h",
                            "ALL",
                            "-e",
                            "ALL",
                            "deferred",
                            "--where",
                            "not to:third.example"));
            assertEquals(
                    "postsuper: Released from hold: 1 message\n",
                    postsuper("-H", "ALL", "--where", "to:gone.example"));
            assertEquals(
                    "postsuper: Deleted: 1 message\n",
                    postsuper("-d", "ALL", "hold", "--where", "to:example"));
            String left = postqueue("-p");
            assertEquals(0, count(left, "slow.example"), left);
            assertEquals(2, count(left, "@client.example"), left);
        }
        assertEquals(
                "postsuper: Deleted: 1 message\n",
                postsuper("-d", "ALL", "--where", "from:c@client.example"));
        assertEquals(1, count(postqueue("-p"), "@client.example"));
    }
}
