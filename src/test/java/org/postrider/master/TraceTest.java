package org.postrider.master;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.Until;
import org.postrider.command.Terminal;
import org.postrider.command.queue.Postsuper;
import org.postrider.command.queue.Posttrace;
import org.postrider.log.Json;

/// `posttrace`: a message's story while it waits, after it is gone, and with the server stopped.
class TraceTest {
    @TempDir Path temp;

    private int status;
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
                        new Terminal(new ByteArrayInputStream(new byte[0]), out, out, null),
                        all.toArray(String[]::new));
        return said.toString(StandardCharsets.ISO_8859_1);
    }

    private String posttrace(String... arguments) {
        return said((t, args) -> new Posttrace(t).run(args), arguments);
    }

    private static String id(String line) {
        return line.replaceFirst(".*\\]: ([0-9A-F]+): .*", "$1");
    }

    /// The story as it was when the server had written it: a look later it may be another.
    private String awaited(String what, String... arguments) {
        String[] story = {""};
        Until.seen(
                () -> what + " in " + story[0],
                () -> {
                    story[0] = posttrace(arguments);
                    return story[0].contains(what);
                });
        return story[0];
    }

    private static void has(String said, String... lines) {
        for (String each : lines) {
            assertTrue(said.lines().anyMatch(l -> l.matches(each)), each + " in\n" + said);
        }
    }

    @Test
    void theWholeStoryOfAMessageThatIsGone() throws Exception {
        String id;
        String running;
        try (NextHop hop = new NextHop();
                Trial trial = new Trial(temp, hop.port())) {
            trial.write(List.of(), List.of());
            conf = trial.conf;
            trial.start();
            trial.mail("Ann@a.example", "joe@b.example");
            id = id(trial.awaited("gone", l -> l.endsWith(": removed")));
            running = awaited("removed", id);
        }
        String stamp = "  \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{3}  ";
        has(
                running,
                id + ":",
                stamp
                        + "smtpd    came from \\S+\\[127\\.0\\.0\\.1\\], helo client\\.example,"
                        + " ESMTP",
                stamp + "cleanup  message-id=<1@a\\.example>",
                stamp + "qmgr     from=<Ann@a\\.example>, size=\\d+, nrcpt=1 \\(queue active\\)",
                stamp
                        + "smtp     to=<joe@b\\.example>, relay=127\\.0\\.0\\.1\\S*, delay=.*,"
                        + " delays=[0-9./]+, tls=may:none, dsn=2\\.0\\.0, status=sent \\(250 .*\\)",
                stamp + "qmgr     removed",
                "  joe@b\\.example: sent 2\\.0\\.0 at .*: 250 .*",
                "  now: gone");
        assertEquals(running, posttrace(id));
        assertEquals(0, status);
        has(posttrace("joe@B.example"), ".*  " + id + "  to=<joe@b\\.example> sent");
        has(posttrace("ann@a.example"), ".*  " + id + "  from=<ann@a\\.example>");
        has(posttrace("<1@a.example>"), ".*  " + id + "  message-id=<1@a\\.example>");
        List<String> json = posttrace("-j", id).lines().toList();
        for (String each : json) {
            Json.parse(each);
        }
        assertEquals("client", Json.parse(json.getFirst()).get("event"));
        assertEquals("ESMTP", Json.parse(json.getFirst()).get("protocol_name"));
        assertEquals("story", Json.parse(json.getLast()).get("event"));
        assertTrue(
                posttrace("3FFFFFFFFFFF").contains("no trace of it (what is older than 168 hours"));
        assertEquals(1, status);
        assertTrue(posttrace("no id").contains("fatal: invalid mail queue id"));
        assertTrue(posttrace("nobody@b.example").contains("warning: nobody@b.example: no trace"));
        Path data = temp.resolve("data/trace");
        assertEquals("rwx------", mode(data));
        try (var files = Files.list(data)) {
            assertEquals(List.of("rw-------"), files.map(TraceTest::mode).distinct().toList());
        }
    }

    private static String mode(Path file) {
        try {
            return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
        } catch (java.io.IOException e) {
            return e.toString();
        }
    }

    @Test
    void whatWaitsWhatIsReturnedAndWhatIsDeleted() throws Exception {
        String waits;
        String bounced;
        try (Trial trial = new Trial(temp, 1)) {
            trial.write(List.of("transport_maps = inline:{bad.example=error:gone}"), List.of());
            conf = trial.conf;
            trial.start();
            trial.mail("a@client.example", "x@slow.example");
            waits = id(trial.awaited("waits", l -> l.contains("status=deferred")));
            trial.submit("b@client.example", "y@bad.example");
            trial.control("flush");
            bounced = id(trial.awaited("bounced", l -> l.contains("status=bounced")));
            has(
                    awaited("deferred, owed to 1", waits),
                    "  x@slow\\.example: deferred 4\\.4\\.1 (at|after 2 attempts, at) .*refused.*",
                    "  now: in the queue deferred, owed to 1, next attempt \\d{4}-.*");
            String story = awaited("now: gone", bounced);
            String notice =
                    story.replaceFirst(
                            "(?s).* sender non-delivery notification: ([0-9A-F]+)\n.*", "$1");
            has(story, "  see " + notice + ": sender non-delivery notification of this");
            has(
                    awaited("from=<>", notice),
                    "  see " + bounced + ": this is the sender non-delivery notification of it");
            assertTrue(posttrace("-r", bounced).contains("\n" + notice + ":\n"));
            String before = waits;
            said((t, args) -> new Postsuper(t).run(args), "-r", before);
            story = awaited("requeued as", before);
            has(story, "  now: gone");
            waits =
                    story.replaceFirst(
                            "(?s).*  see ([0-9A-F]+): what this was requeued as.*", "$1");
            said((t, args) -> new Postsuper(t).run(args), "-d", waits);
            has(awaited("postsuper", waits), ".*  postsuper removed", "  now: gone");
        }
        has(posttrace(waits), "  now: gone");
        has(posttrace(bounced), ".* status=bounced \\(gone\\)");
    }

    @Test
    void noneIsKeptWhereThatIsSaid() throws Exception {
        try (NextHop hop = new NextHop();
                Trial trial = new Trial(temp, hop.port())) {
            trial.write(List.of("postrider_trace_size_limit = 0"), List.of());
            conf = trial.conf;
            trial.start();
            trial.mail("a@a.example", "joe@b.example");
            String id = id(trial.awaited("gone", l -> l.endsWith(": removed")));
            assertTrue(posttrace(id).contains("none is kept (postrider_trace_size_limit = 0)"));
            assertFalse(Files.exists(temp.resolve("data/trace")));
        }
    }
}
