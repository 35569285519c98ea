package org.postrider.command.submit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.cleanup.Desk;
import org.postrider.command.Terminal;
import org.postrider.disk.RealDisk;
import org.postrider.log.LogTag;
import org.postrider.maps.TableDirectory;
import org.postrider.pickup.Pickup;
import org.postrider.queue.Named;
import org.postrider.queue.NewMessage;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// postdrop writes, pickup takes; and what local users may not say of themselves.
class PostdropTest {
    @TempDir Path directory;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private Desk desk;
    private Path maildrop;

    @BeforeEach
    void plain() throws IOException {
        desk = new Desk(directory, "queue_directory = " + directory.resolve("q"));
        maildrop = Files.createDirectories(directory.resolve("q/maildrop"));
    }

    private Pickup begin(String... more) throws IOException {
        String[] all = Arrays.copyOf(more, more.length + 1);
        all[more.length] = "queue_directory = " + directory.resolve("q");
        desk = new Desk(directory, all);
        return new Pickup(
                desk.settings,
                new TableDirectory(Clock.system(), "hash"),
                desk.cleanup,
                new Pickup.Means(
                        new RealDisk(),
                        desk.log,
                        new LogTag("postfix/pickup", 1),
                        Supervisor.alone(),
                        Clock.system()));
    }

    private Terminal terminal(byte[] input) {
        return new Terminal(
                new ByteArrayInputStream(input),
                new PrintStream(out, true, StandardCharsets.ISO_8859_1),
                new PrintStream(err, true, StandardCharsets.ISO_8859_1),
                directory.toString());
    }

    private int postdrop(byte[] input) {
        return new PostdropCommand(terminal(input)).run(new String[] {"-r"});
    }

    private int sendmail(String input, String... args) {
        return new Sendmail(terminal(input.getBytes(StandardCharsets.ISO_8859_1)))
                .run("sendmail", args, (name, rest) -> 99);
    }

    private static byte[] records(String... records) {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        for (String each : records) {
            int length = each.length() - 1;
            octets.write(each.charAt(0));
            if (length > 127) {
                octets.write((length & 127) | 128);
                length >>= 7;
            }
            octets.write(length);
            octets.writeBytes(each.substring(1).getBytes(StandardCharsets.ISO_8859_1));
        }
        return octets.toByteArray();
    }

    private static byte[] mail(String sender) {
        return records(
                "S" + sender,
                "Aenvelope_id=e1",
                "Anotify_flags=1",
                "Rj\u00e9r\u00ff@x.example",
                "M",
                "NSubject: x",
                "N",
                "L" + "a".repeat(2000),
                "Nrest",
                "X",
                "Rfound@x.example",
                "E");
    }

    private List<String> files() {
        try (Stream<Path> all = Files.list(maildrop)) {
            return all.map(p -> String.valueOf(p.getFileName())).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void whatPostfixsSendmailHandsOverBecomesAMail() throws IOException {
        Pickup pickup = begin();
        assertEquals(0, postdrop(mail("me@x.example")));
        String name = files().getFirst();
        assertEquals(
                "protocol\0postdrop_protocol\0queue_id\0"
                        + name
                        + "\0\0status\0"
                        + "0\0reason\0\0\0",
                out.toString(StandardCharsets.ISO_8859_1));
        pickup.scan();
        NewMessage m = desk.queue.messages.getLast();
        assertEquals("me@x.example", m.envelope().sender().text());
        assertEquals(
                List.of("j\u00e9r\u00ff@x.example", "found@x.example"),
                m.envelope().recipients().stream().map(r -> r.address().text()).toList());
        assertEquals(1, m.envelope().recipients().getFirst().dsnNotify());
        assertEquals("e1", Named.find(m.envelope(), "envelope_id"));
        assertEquals(
                "\r\n" + "a".repeat(2000) + "rest\r\n",
                new String(m.content().body().readAllBytes(), StandardCharsets.ISO_8859_1));
        assertEquals(List.of(), files());
    }

    /// Whoever feeds postdrop may end at any octet: only a whole mail stays.
    @Test
    void halfAMailLeavesNothing() throws IOException {
        begin();
        byte[] whole = mail("me@x.example");
        for (int n = 0; n < whole.length; n++) {
            postdrop(Arrays.copyOf(whole, n));
            assertEquals(List.of(), files(), "after " + n + " octets");
        }
    }

    /// The file as postdrop writes it, cut anywhere as by a crash, is not taken.
    @Test
    void aFileThatWasNotWrittenToItsEndIsNotTaken() throws IOException {
        Pickup pickup = begin();
        postdrop(mail("me@x.example"));
        Path file = maildrop.resolve(files().getFirst());
        byte[] whole = Files.readAllBytes(file);
        for (int n = 0; n < whole.length; n++) {
            Files.write(file, Arrays.copyOf(whole, n));
            pickup.scan();
            assertEquals(List.of(), desk.queue.messages, "after " + n + " octets");
            assertTrue(Files.exists(file), "set aside after " + n + " octets");
        }
    }

    @Test
    void whatIsNoMailIsRefusedInPostfixsWords() throws IOException {
        Path log = Files.createFile(directory.resolve("maillog"));
        begin(
                "message_size_limit = 1000",
                "maillog_file = " + log,
                "maillog_file_prefixes = " + directory);
        assertEquals(1, postdrop("Subject: x\n\nx\n".getBytes(StandardCharsets.ISO_8859_1)));
        assertEquals(1, postdrop(records("T1 2", "Sme", "Ra")));
        assertEquals(4, postdrop(mail("me@x.example")));
        String said = err.toString(StandardCharsets.ISO_8859_1);
        assertTrue(said.contains(": malformed input\n"), said);
        assertTrue(said.contains(": unexpected record type: 84\n"), said);
        assertTrue(said.contains(": File too large\n"), said);
        assertEquals(
                said.lines().toList(),
                Files.readAllLines(log).stream()
                        .map(line -> line.replaceFirst(".* postfix/(\\w+)\\[[0-9]+]: ", "$1: "))
                        .toList());
        assertEquals(List.of(), files());
    }

    /// The tables are asked by sendmail, by postdrop, and by pickup of a file that a user wrote
    /// himself.
    @Test
    void aSenderThatTheTablesDoNotGiveIsNotTaken() throws IOException {
        String self = Submitter.own().name();
        Pickup pickup = begin("local_login_sender_maps = inline:{{" + self + "=a@x.example}}");
        assertEquals(75, sendmail("x\n", "-f", "b@x.example", "r@x.example"));
        assertEquals(0, postdrop(mail("b@x.example")));
        assertEquals(List.of(), files());
        String refused = "not authorized to use sender='b@x.example'";
        assertTrue(err.toString(StandardCharsets.ISO_8859_1).contains(refused));
        assertTrue(out.toString(StandardCharsets.ISO_8859_1).contains("\0reason\0" + refused));
        assertEquals(0, sendmail("x\n", "-f", "A@X.example", "r@x.example"));
        pickup.scan();
        assertEquals(1, desk.queue.messages.size());
        String content = "Subject: x\n";
        Files.writeString(
                maildrop.resolve("forged"),
                "postrider maildrop 1\nsender b@x.example\nrecipient r@x.example\ncontent\n"
                        + content
                        + "end "
                        + "0".repeat(18)
                        + content.length()
                        + "\n");
        pickup.scan();
        assertEquals(1, desk.queue.messages.size());
        assertTrue(Files.exists(directory.resolve("q/corrupt/maildrop-forged")));
        assertTrue(desk.log.has(refused), desk.log.lines::toString);
    }

    /// A session on standard input is no way around it, and what was asked of next hops stays with
    /// the mail.
    @Test
    void aSessionAsksTheTablesToo() throws IOException {
        String self = Submitter.own().name();
        Pickup pickup = begin("local_login_sender_maps = inline:{{" + self + "=a@x.example}}");
        String mail = "RCPT TO:<r@x.example> ORCPT=rfc822;o@x.example\r\nDATA\r\n\r\nx\r\n.\r\n";
        sendmail(
                "EHLO me\r\nMAIL FROM:<b@x.example>\r\n"
                        + mail
                        + "MAIL FROM:<a@x.example>\r\n"
                        + mail
                        + "QUIT\r\n",
                "-bs");
        String said = out.toString(StandardCharsets.ISO_8859_1);
        assertTrue(said.contains("\r\n451 4.3.0 Error: internal error 512\r\n"), said);
        pickup.scan();
        assertEquals(1, desk.queue.messages.size());
        NewMessage m = desk.queue.messages.getLast();
        assertEquals("a@x.example", m.envelope().sender().text());
        assertEquals("rfc822;o@x.example", m.envelope().recipients().getFirst().originalDsn());
    }

    /// A table that cannot say lets nobody pass, and no mail that is there already is lost.
    @Test
    void aTableThatCannotSayKeepsTheMailInMaildrop() throws IOException {
        begin();
        assertEquals(0, sendmail("x\n", "-f", "b@x.example", "r@x.example"));
        Pickup pickup = begin("local_login_sender_maps = hash:" + directory.resolve("nosuch"));
        assertEquals(75, sendmail("x\n", "-f", "b@x.example", "r@x.example"));
        pickup.scan();
        assertEquals(List.of(), desk.queue.messages);
        assertEquals(1, files().size());
    }

    @Test
    void mailThatIsPassedOnIsNotCompleted() throws IOException {
        Pickup pickup = begin();
        assertEquals(0, sendmail("To: bob\n\nx\n", "-G", "-f", "a@x.example", "r@x.example"));
        pickup.scan();
        NewMessage m = desk.queue.messages.getLast();
        String header = new String(m.content().header(), StandardCharsets.ISO_8859_1);
        assertTrue(header.contains("\r\nTo: bob\r\n"), header);
        assertFalse(header.contains("Message-Id:"), header);
        assertEquals("remote", Named.find(m.envelope(), "rewrite_context"));
    }

    @Test
    void aHundredAtOnceAreAHundredMails() throws Exception {
        Pickup pickup = begin();
        List<Thread> all = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            String to = "r" + i + "@x.example";
            all.add(Thread.ofVirtual().start(() -> sendmail("Subject: " + to + "\n\nx\n", to)));
        }
        for (Thread each : all) {
            each.join();
        }
        pickup.scan();
        assertEquals(
                100,
                desk.queue.messages.stream()
                        .map(m -> m.envelope().recipients().getFirst().address().text())
                        .distinct()
                        .count());
        assertEquals(List.of(), files());
    }
}
