package org.postrider.command.submit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postrider.Until;
import org.postrider.cleanup.CleanupService;
import org.postrider.cleanup.Desk;
import org.postrider.command.Terminal;
import org.postrider.disk.RealDisk;
import org.postrider.dsn.Status;
import org.postrider.log.LogTag;
import org.postrider.maps.TableDirectory;
import org.postrider.message.ContentWriter;
import org.postrider.pickup.Pickup;
import org.postrider.queue.Named;
import org.postrider.queue.NewMessage;
import org.postrider.queue.QueueId;
import org.postrider.queue.Recipient;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;
import org.postrider.wire.NotifyClass;

/// sendmail writes, pickup takes: the whole way of a local submission, and hostile files on it.
class SendmailTest {
    @TempDir Path directory;

    private Desk desk;
    private Pickup pickup;
    private Path maildrop;
    private final ByteArrayOutputStream errors = new ByteArrayOutputStream();

    @BeforeEach
    void begin() throws IOException {
        desk = new Desk(directory, "queue_directory = " + directory.resolve("q"));
        maildrop = Files.createDirectories(directory.resolve("q/maildrop"));
        pickup =
                new Pickup(
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

    private int sendmail(String input, String... args) {
        return sendmail((name, rest) -> 99, input, args);
    }

    private int sendmail(Sendmail.Other other, String input, String... args) {
        String[] all = new String[args.length + 2];
        all[0] = "-C";
        all[1] = directory.toString();
        System.arraycopy(args, 0, all, 2, args.length);
        PrintStream err = new PrintStream(errors, true, StandardCharsets.ISO_8859_1);
        return new Sendmail(
                        new Terminal(
                                new ByteArrayInputStream(
                                        input.getBytes(StandardCharsets.ISO_8859_1)),
                                err,
                                err,
                                null))
                .run("sendmail", all, other);
    }

    private NewMessage taken() {
        pickup.scan();
        assertEquals(List.of(), files());
        return desk.queue.messages.getLast();
    }

    private List<String> files() {
        try (Stream<Path> all = Files.list(maildrop)) {
            return all.map(p -> String.valueOf(p.getFileName())).toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String text(byte[] octets) {
        return new String(octets, StandardCharsets.ISO_8859_1);
    }

    private static List<String> to(NewMessage message) {
        return message.envelope().recipients().stream().map(r -> r.address().text()).toList();
    }

    @Test
    void aMessageGoesFromInputToQueue() throws IOException {
        assertEquals(
                0,
                sendmail(
                        "Subject: x\r\n\r\n..a\n.b\nlast",
                        "-i",
                        "-f",
                        "me@s.example",
                        "-FA Name",
                        "-Nsuccess,failure",
                        "-Rhdrs",
                        "-V",
                        "id1",
                        "a@x.example",
                        "b, \"c d\"@x.example"));
        assertEquals(
                "rw-------",
                PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(maildrop.resolve(files().getFirst()))));
        NewMessage m = taken();
        assertEquals("me@s.example", m.envelope().sender().text());
        assertEquals(List.of("a@x.example", "b@own.example", "c d@x.example"), to(m));
        assertEquals(
                Recipient.SUCCESS | Recipient.FAILURE,
                m.envelope().recipients().getFirst().dsnNotify());
        assertEquals("id1", Named.find(m.envelope(), "envelope_id"));
        assertEquals(
                "HDRS", Named.find(m.envelope(), "ret_flags"), "the queue's word, as from SMTP");
        assertEquals(null, m.envelope().recipients().getFirst().originalDsn());
        assertEquals("rfc822;b@own.example", m.envelope().recipients().get(1).originalDsn());
        assertEquals("local", Named.find(m.envelope(), "rewrite_context"));
        String header = text(m.content().header());
        assertTrue(header.startsWith("Received: by mx.own.example (Postfix, from userid "), header);
        assertTrue(header.contains("\r\nFrom: A Name <me@s.example>\r\n"), header);
        assertEquals("\r\n..a\r\n.b\r\nlast\r\n", text(m.content().body().readAllBytes()));
        assertTrue(desk.log.has("from=<me@s.example>"));
    }

    @Test
    void aLoneDotEndsUnlessToldOtherwise() throws IOException {
        sendmail("Subject: x\n\nb\n.\nmore\n", "a@x.example");
        assertEquals("\r\nb\r\n", text(taken().content().body().readAllBytes()));
        sendmail("Subject: x\n\nb\n.\nmore\n", "-oi", "a@x.example");
        assertEquals("\r\nb\r\n.\r\nmore\r\n", text(taken().content().body().readAllBytes()));
        sendmail("no header\n", "a@x.example");
        assertEquals("\r\nno header\r\n", text(taken().content().body().readAllBytes()));
    }

    @Test
    void recipientsComeFromTheHeader() {
        assertEquals(
                0,
                sendmail(
                        ">From x\nTo: a@x, B (c) <b@x>\nCc: d@x,\n e@x\nBcc: f@x\n\nTo: no@x\n",
                        "-t",
                        "g@x"));
        NewMessage m = taken();
        assertEquals(List.of("g@x", "a@x", "b@x", "d@x", "e@x", "f@x"), to(m));
        assertFalse(text(m.content().header()).contains("Bcc"));
        sendmail("To: a@x\nResent-To: r@x\n\n", "-t");
        assertEquals(List.of("r@x"), to(taken()));
    }

    /// A report without a delivery is asked for by the mail's envelope, from ours and from a real
    /// Postfix's sendmail alike; nothing of the standard input is read.
    @Test
    void aReportWithoutDeliveryIsAskedForByTheEnvelope() throws IOException {
        assertEquals(0, sendmail("Subject: x\n\nx\n", "-bv", "-f", "a@x.example", "b@x.example"));
        assertEquals(
                "Mail Delivery Status Report will be mailed to <a@x.example>.\n",
                errors.toString(StandardCharsets.ISO_8859_1).lines().findFirst().orElse("") + "\n");
        NewMessage m = taken();
        assertTrue(m.envelope().verifies());
        assertTrue(text(m.content().header()).contains("\r\nSubject: probe\r\n"));
        Path file = maildrop.resolve("ABC");
        Files.writeString(file, postdropped("trace_flags=512"), StandardCharsets.ISO_8859_1);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        assertTrue(taken().envelope().verifies());
        // What is not known might mean that nothing is to be delivered.
        Files.writeString(file, postdropped("trace_flags=2560"), StandardCharsets.ISO_8859_1);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        pickup.scan();
        assertEquals(2, desk.queue.messages.size());
        assertTrue(Files.exists(directory.resolve("q/corrupt/maildrop-ABC")));
    }

    private static String postdropped(String attribute) {
        return record('T', "1790000000 0")
                + record('S', "user@x.example")
                + record('A', attribute)
                + record('R', "a@x.example")
                + record('M', "")
                + record('N', "Subject: x")
                + record('X', "")
                + record('E', "");
    }

    @Test
    void aReportOfTheDeliveryIsAskedForByTheEnvelope() {
        assertEquals(0, sendmail("Subject: x\n\nx\n", "-v", "b@x.example"));
        NewMessage m = taken();
        assertFalse(m.envelope().verifies());
        assertEquals("1024", Named.find(m.envelope(), "trace_flags"));
        assertEquals(0, sendmail("Subject: x\n\nx\n", "-v", "-v", "b@x.example"));
        assertEquals(null, Named.find(taken().envelope(), "trace_flags"));
    }

    /// A short record of postdrop's.
    private static String record(char type, String value) {
        return type + String.valueOf((char) value.length()) + value;
    }

    @Test
    void wrongUseEndsAsPostfixEnds() {
        assertEquals(75, sendmail("x\n"));
        assertEquals(75, sendmail("x\n", "-t"));
        assertEquals(75, sendmail("x\n", "-Z", "a@x"));
        assertEquals(75, sendmail("x\n", "-B", "foo", "a@x"));
        String text = errors.toString(StandardCharsets.ISO_8859_1);
        assertTrue(
                text.contains(
                        "): Recipient addresses must be specified on the command line or via the -t"
                                + " option\n"),
                text);
        assertTrue(text.contains("): No recipient addresses found in message header\n"), text);
        assertTrue(text.contains("sendmail: invalid option -- 'Z'\n"), text);
        assertTrue(text.contains("sendmail: fatal: -B option needs 8BITMIME or 7BIT\n"), text);
        assertEquals(List.of(), files());
    }

    @Test
    void aMessageThatIsTooLargeLeavesNothing() {
        assertEquals(75, sendmail("S: x\n\n" + "x\n".repeat(6_000_000), "a@x"));
        assertTrue(errors.toString(StandardCharsets.ISO_8859_1).contains("message file too big"));
        assertEquals(List.of(), files());
    }

    /// As Postfix's, which works in the queue directory.
    @Test
    void aliasesWithARelativeNameAreThoseOfTheQueueDirectory() {
        List<String> asked = new ArrayList<>();
        Sendmail.Other postalias =
                (name, rest) -> {
                    asked.addAll(List.of(rest));
                    return 0;
                };
        for (String each : List.of("cdb:a", "b", "cdb:/c")) {
            assertEquals(0, sendmail(postalias, "", "-bi", "-oA" + each));
        }
        asked.removeAll(List.of("-c", directory.toString()));
        Path q = directory.resolve("q");
        assertEquals(List.of("cdb:" + q + "/a", q + "/b", "cdb:/c"), asked);
    }

    @Test
    void otherModesGoToTheirCommands() {
        assertEquals(99, sendmail("", "-bp"));
        assertEquals(99, sendmail("", "-q"));
        assertEquals(75, sendmail("", "-bp", "x"));
    }

    @Test
    void hostileFilesAreSetAsideAndOthersFlow() throws IOException {
        Files.writeString(maildrop.resolve("a-garbage"), "x".repeat(500));
        Files.writeString(maildrop.resolve("b-head"), "postrider maildrop 1\nsender x\n" + "y\n");
        Files.writeString(
                maildrop.resolve("c-length"),
                "postrider maildrop 1\nrecipient x@y\ncontent\nS: x\nend 00000000000000000999\n");
        Files.createDirectory(maildrop.resolve("d-directory"));
        Files.createSymbolicLink(maildrop.resolve("e-link"), Path.of("/etc/passwd"));
        Files.createSymbolicLink(maildrop.resolve("e-dangling"), Path.of("/nonexistent"));
        Files.writeString(maildrop.resolve("g-empty"), "");
        Files.writeString(
                maildrop.resolve("h-endless"),
                "postrider maildrop 1\n" + "z".repeat(200_000) + "\nend 00000000000000000999\n");
        for (String each : List.of("\r", "\0")) {
            String head = "recipient x@y" + each + "z\ncontent\n";
            Files.writeString(
                    maildrop.resolve("i-" + (int) each.charAt(0)),
                    "postrider maildrop 1\nsender a@b\n"
                            + head
                            + "S: x\nend 00000000000000000005\n");
        }
        sendmail("Subject: good\n\nx\n", "a@x.example");
        pickup.scan();
        assertEquals(1, desk.queue.messages.size());
        assertTrue(Files.exists(directory.resolve("q/corrupt/maildrop-i-13")));
        assertTrue(Files.exists(directory.resolve("q/corrupt/maildrop-i-0")));
        assertEquals(List.of("b-head", "g-empty"), files().stream().sorted().toList());
        assertTrue(Files.exists(directory.resolve("q/corrupt/maildrop-a-garbage")));
        assertTrue(Files.exists(directory.resolve("q/corrupt/maildrop-h-endless")));
        assertTrue(Files.exists(Path.of("/etc/passwd")));
    }

    /// Of what is larger than it may be no more is read: a hole of a terabyte costs its user
    /// nothing, and would keep everybody's mail.
    @Test
    void aFileOfAnySizeKeepsNobodyWaiting() throws IOException {
        String head = "postrider maildrop 1\nsender s@x.example\nrecipient r@x.example\ncontent\n";
        long content = 1L << 40;
        try (RandomAccessFile file =
                new RandomAccessFile(maildrop.resolve("a-hole").toFile(), "rw")) {
            file.writeBytes(head);
            file.seek(head.length() + content);
            file.writeBytes("end %020d\n".formatted(content));
        }
        sendmail("Subject: good\n\nx\n", "a@x.example");
        assertTimeoutPreemptively(Until.PATIENCE, () -> pickup.scan());
        assertEquals(2, desk.queue.messages.size());
        assertEquals(List.of(), files());
    }

    @Test
    void truncatedFilesAreNeverTaken() throws IOException {
        sendmail("Subject: good\n\nbody\n", "a@x.example");
        Path file = maildrop.resolve(files().getFirst());
        byte[] whole = Files.readAllBytes(file);
        for (int n = 0; n < whole.length; n++) {
            Files.write(file, java.util.Arrays.copyOf(whole, n));
            pickup.scan();
            assertTrue(desk.queue.messages.isEmpty(), "taken at " + n);
            Files.deleteIfExists(file);
        }
        Files.write(file, whole);
        assertEquals(List.of("a@x.example"), to(taken()));
    }

    /// Another user's link to it, where the system lets him make one: nothing is lost by that, and
    /// nothing is sent twice by his putting it back.
    @Test
    void aFileWithASecondNameWaitsUntilThatIsGone() throws IOException {
        sendmail("Subject: x\n\nbody\n", "a@x.example");
        Path file = maildrop.resolve(files().getFirst());
        Path other = Files.createLink(directory.resolve("other"), file);
        pickup.scan();
        assertTrue(desk.queue.messages.isEmpty());
        assertTrue(Files.exists(file), "it stays in maildrop");
        Files.delete(other);
        assertEquals(List.of("a@x.example"), to(taken()));
        assertFalse(Files.exists(file));
    }

    @Test
    void whatIsRefusedForGoodGoesBackByTheErrorTransport() throws IOException {
        Path checks = Files.writeString(directory.resolve("checks"), "/^Subject: bad/ REJECT no\n");
        desk =
                new Desk(
                        directory,
                        "queue_directory = " + directory.resolve("q"),
                        "header_checks = regexp:" + checks);
        pickup =
                new Pickup(
                        desk.settings,
                        new TableDirectory(Clock.system(), "hash"),
                        desk.cleanup,
                        new Pickup.Means(
                                new RealDisk(),
                                desk.log,
                                new LogTag("postfix/pickup", 1),
                                Supervisor.alone(),
                                Clock.system()));
        sendmail("Subject: bad\n\nx\n", "a@x.example");
        assertEquals("error:5.7.1 no", Named.find(taken().envelope(), "content_filter"));
    }

    /// The way back is refused as well: the file stays, and goes at a later look.
    @ParameterizedTest
    @ValueSource(ints = {451, 554})
    void whatIsRefusedTwiceStaysInMaildrop(int code) throws IOException {
        Path checks = Files.writeString(directory.resolve("checks"), "/^Subject: bad/ REJECT no\n");
        desk =
                new Desk(
                        directory,
                        "queue_directory = " + directory.resolve("q"),
                        "header_checks = regexp:" + checks);
        NoWayBack cleanup = new NoWayBack(desk.cleanup, code);
        pickup =
                new Pickup(
                        desk.settings,
                        new TableDirectory(Clock.system(), "hash"),
                        cleanup,
                        new Pickup.Means(
                                new RealDisk(),
                                desk.log,
                                new LogTag("postfix/pickup", 1),
                                Supervisor.alone(),
                                Clock.system()));
        sendmail("Subject: bad\n\nx\n", "a@x.example");
        pickup.scan();
        assertEquals(1, cleanup.refused);
        assertEquals(1, files().size(), "the mail is gone");
        assertEquals(List.of(), desk.queue.messages);
        cleanup.code = 0;
        assertEquals("error:5.7.1 no", Named.find(taken().envelope(), "content_filter"));
    }

    /// A real cleanup that refuses what is to go back, as long as it has a code for it.
    private static final class NoWayBack implements CleanupService {
        private final CleanupService real;
        private int code;
        private int refused;

        NoWayBack(CleanupService real, int code) {
            this.real = real;
            this.code = code;
        }

        @Override
        public QueueId newId() {
            return real.newId();
        }

        @Override
        public ContentWriter content() {
            return real.content();
        }

        @Override
        public Prepared prepare(Submission submission) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Result submit(Submission submission) {
            if (code == 0 || !submission.options().contains(Option.INTERNAL)) {
                return real.submit(submission);
            }
            refused++;
            return new Result.Rejected(
                    code, new Status(code / 100, 3, 0), "no", NotifyClass.POLICY);
        }
    }

    /// The file of a user who may not is kept, not delivered, and named.
    @Test
    void whomAuthorizedSubmitUsersDoesNotNameSubmitsNothing() throws IOException {
        assertEquals(0, sendmail("x\n", "c@d"));
        desk =
                new Desk(
                        directory,
                        "queue_directory = " + directory.resolve("q"),
                        "authorized_submit_users = nosuchuser");
        pickup =
                new Pickup(
                        desk.settings,
                        new TableDirectory(Clock.system(), "hash"),
                        desk.cleanup,
                        new Pickup.Means(
                                new RealDisk(),
                                desk.log,
                                new LogTag("postfix/pickup", 1),
                                Supervisor.alone(),
                                Clock.system()));
        pickup.scan();
        assertTrue(desk.log.has(") is not allowed to submit mail -- saving the file in corrupt"));
        try (var kept = Files.list(directory.resolve("q/corrupt"))) {
            assertEquals(1, kept.count());
        }
        assertEquals(75, sendmail("x\n", "c@d"));
    }

    @Test
    void whatAnOptionSaysIsWhatTheQueueHolds() throws IOException {
        assertEquals(0, sendmail("x\n", "-R", "full", "-XV", "-B8BITMIME", "-f", "a@b", "c@d"));
        NewMessage m = taken();
        assertEquals("FULL", Named.find(m.envelope(), "ret_flags"));
        assertEquals("+=", Named.find(m.envelope(), "verp_delims"));
        assertEquals("8bit", Named.find(m.envelope(), "encoding"));
    }

    @Test
    void aValueThatIsNoneStaysOutOfTheQueue() throws IOException {
        for (String line :
                List.of("ret_flags 3", "ret_flags HDRS", "encoding x\ry", "envelope_id a\rb")) {
            String head =
                    "postrider maildrop 1\nsender a@b\n" + line + "\nrecipient c@d\ncontent\n";
            Files.writeString(
                    maildrop.resolve("e"),
                    head + "x\nend 00000000000000000002\n",
                    StandardCharsets.ISO_8859_1);
            pickup.scan();
            assertEquals(List.of(), files(), line);
            assertEquals(List.of(), desk.queue.messages, line);
            assertTrue(Files.exists(directory.resolve("q/corrupt/maildrop-e")), line);
        }
    }

    @Test
    void whatPostfixRefusesIsRefusedWithItsWords() {
        String[][] all = {
            {"-n", "sendmail: fatal: -n option not supported\n"},
            {"-Xlog", "sendmail: fatal: unsupported: -Xl\n"},
            {"-XVab", "sendmail: fatal: -V requires two characters from -=+\n"},
            {"-oA", "sendmail: fatal: -oA requires pathname\n"},
            {"-bz", "sendmail: fatal: unsupported: -bz\n"},
            {"-qx", "sendmail: fatal: -qx is not implemented\n"},
            {"-qR", "sendmail: fatal: specify: -qRsitename\n"},
            {"-Bx", "sendmail: fatal: -B option needs 8BITMIME or 7BIT\n"},
            {
                "-Z",
                "sendmail: invalid option -- 'Z'\n".repeat(2)
                        + "sendmail: fatal: usage: sendmail [options]\n"
            }
        };
        for (String[] each : all) {
            errors.reset();
            assertEquals(75, sendmail("x\n", each[0], "a@b"), each[0]);
            assertEquals(each[1], errors.toString(StandardCharsets.ISO_8859_1));
        }
    }

    /// Whoever calls it chooses how much is said.
    @Test
    void theMailLogIsNotFilledWithWhatACallerIsTold() throws IOException {
        Path log = Files.createFile(directory.resolve("maillog"));
        Files.writeString(
                directory.resolve("main.cf"),
                "\nmaillog_file = "
                        + log
                        + "\nmaillog_file_prefixes = "
                        + directory
                        + "\nmessage_size_limit = 1000\n",
                StandardOpenOption.APPEND);
        String words = "x".repeat(3000) + ",y".repeat(499);
        assertEquals(75, sendmail("\n" + "x".repeat(2000), "-N" + words, "a@b"));
        List<String> said = errors.toString(StandardCharsets.ISO_8859_1).lines().toList();
        assertEquals(504, said.size());
        List<String> logged = Files.readAllLines(log);
        assertEquals(102, logged.size());
        assertTrue(logged.get(100).contains("sendmail[") && logged.get(100).contains(": fatal: "));
        assertTrue(
                logged.get(101).endsWith(": warning: 403 more lines were said, and are not here"),
                logged.get(101));
        assertTrue(logged.stream().allMatch(line -> line.length() < 2100));
    }

    @Test
    void whatTheCallerIsToldStandsInTheMailLogToo() throws IOException {
        Path log = Files.createFile(directory.resolve("maillog"));
        Files.writeString(
                directory.resolve("main.cf"),
                "\nmaillog_file = "
                        + log
                        + "\nmaillog_file_prefixes = "
                        + directory
                        + "\nmessage_size_limit = 1000\n",
                StandardOpenOption.APPEND);
        String[] options = {"-V+=", "-Noften", "-Rall", "-f", "a b\t", "a@b"};
        assertEquals(75, sendmail("\n" + "x".repeat(2000), options));
        String uid = Files.getAttribute(log, "unix:uid").toString();
        List<String> said =
                List.of(
                        "sendmail: warning: option -V+= is deprecated with Postfix 2.3; specify"
                                + " -XV+= instead",
                        "sendmail: warning: unknown DSN NOTIFY command value \"often\" in \"often\"",
                        "sendmail: warning: bad -N option value: 'often' -- ignored",
                        "sendmail: warning: bad -R option value -- ignored",
                        "sendmail: warning: -f option specified malformed sender: a b?",
                        "postdrop: warning: uid=" + uid + ": File too large",
                        "sendmail: warning: mail_stream_cleanup: close error",
                        "sendmail: fatal: a(" + uid + "): message file too big");
        assertEquals(said, errors.toString(StandardCharsets.ISO_8859_1).lines().toList());
        assertEquals(
                said,
                Files.readAllLines(log).stream()
                        .map(line -> line.replaceFirst(".* postfix/(\\w+)\\[[0-9]+]: ", "$1: "))
                        .toList());
    }

    @Test
    void aFullNameThatIsNotAsciiIsAnEncodedWord() throws IOException {
        assertEquals(0, sendmail("x\n", "-F", "J\u00c3\u00bcrgen Meyer", "-f", "a@b", "c@d"));
        String header = text(taken().content().header());
        assertTrue(header.contains("\r\nFrom: =?utf-8?Q?J=C3=BCrgen_Meyer?= <a@b>\r\n"), header);
    }

    @Test
    void beforeTheFirstStartAPlainSentenceSaysWhatIsMissing() throws IOException {
        Files.delete(maildrop);
        assertEquals(75, sendmail("x\n", "a@b"));
        String said = errors.toString(StandardCharsets.ISO_8859_1);
        assertTrue(
                said.contains(
                        "unable to write a mail to " + maildrop + ": No such file or directory"),
                said);
        assertFalse(said.contains("Exception"), said);
    }

    /// Who submits it is told: pickup would set it aside.
    @Test
    void anAddressOfTheHeaderWithANulIsRefused() {
        assertTrue(sendmail("To: \"a\0b\"@x.example\n\nx\n", "-t") != 0);
        assertTrue(errors.toString(StandardCharsets.ISO_8859_1).contains("NUL in RCPT record"));
        assertEquals(List.of(), files());
    }
}
