package org.postrider.command.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.address.Address;
import org.postrider.command.Terminal;
import org.postrider.disk.RealDisk;
import org.postrider.message.MemoryContent;
import org.postrider.moving.ShownSubmission;
import org.postrider.queue.Envelope;
import org.postrider.queue.JournalQueue;
import org.postrider.queue.Mark;
import org.postrider.queue.Named;
import org.postrider.queue.NewMessage;
import org.postrider.queue.Queue;
import org.postrider.queue.QueueId;
import org.postrider.queue.Recipient;
import org.postrider.queue.Transaction;
import org.postrider.time.Clock;

/// What postcat shows of a message with the server down.
class PostcatTest {
    @TempDir Path directory;

    private QueueId queued(Path queue, Map<String, String> attributes) throws IOException {
        JournalQueue.Options options =
                new JournalQueue.Options(
                        65536,
                        4000,
                        1 << 20,
                        false,
                        JournalQueue.Limits.ofContents(1 << 20, 1 << 20));
        try (Queue spool =
                JournalQueue.open(new RealDisk(), queue, options, Clock.system(), _ -> {})) {
            QueueId id = spool.newId();
            List<Recipient> to =
                    List.of(
                            new Recipient(
                                    new Address("moved@there.example"),
                                    new Address("one@y.example"),
                                    0,
                                    null),
                            new Recipient(
                                    new Address("two@y.example"),
                                    null,
                                    Recipient.FAILURE,
                                    "rfc822;as+2Bsaid@y.example"),
                            Recipient.of(new Address("a b@y.example")));
            spool.commit(
                    Transaction.of(
                            new NewMessage(
                                    id,
                                    new Envelope(
                                            new Address("s@x.example"),
                                            to,
                                            1_790_000_000_000L,
                                            Named.of(attributes)),
                                    MemoryContent.of(
                                            "Subject: x\r\n".getBytes(StandardCharsets.US_ASCII),
                                            "\r\ny\r\n".getBytes(StandardCharsets.US_ASCII)),
                                    true)));
            spool.commit(Transaction.of(new Mark.Done(id, 1)));
            return id;
        }
    }

    private List<String> postcat(String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        String[] all = new String[args.length + 2];
        all[0] = "-c";
        all[1] = directory.toString();
        System.arraycopy(args, 0, all, 2, args.length);
        Terminal terminal =
                new Terminal(
                        new ByteArrayInputStream(new byte[0]),
                        new PrintStream(out, true, StandardCharsets.ISO_8859_1),
                        new PrintStream(err, true, StandardCharsets.ISO_8859_1),
                        null);
        int status = new Postcat(terminal).run(all);
        terminal.out().flush();
        assertEquals(0, status, err.toString(StandardCharsets.ISO_8859_1));
        return out.toString(StandardCharsets.ISO_8859_1).lines().toList();
    }

    /// A submission that no pickup has taken, as Postfix's postcat shows one that its postdrop
    /// wrote.
    @Test
    void aFileOfMaildropIsShownAsPostfixsPostdropWouldHaveWrittenIt() throws IOException {
        Path file = directory.resolve("submitted");
        String content = "Subject: x\n\nhello\nlast";
        Files.writeString(
                file,
                "postrider maildrop 1\nsender me@x.example\nfullname A B\nsmtputf8 yes\nnotify 1\n"
                        + "recipient r@y.example\ncontent\n"
                        + content
                        + "end 000000000000000000"
                        + content.length()
                        + "\n");
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_790_000_000_000L));
        Files.writeString(directory.resolve("main.cf"), "queue_directory = " + directory + "\n");
        List<String> shown =
                List.of(
                        "sender: me@x.example",
                        "sender_fullname: A B",
                        "named_attribute: smtputf8=yes",
                        "named_attribute: notify_flags=1",
                        "recipient: r@y.example",
                        "*** MESSAGE CONTENTS " + file + " ***",
                        "Subject: x",
                        "",
                        "hello",
                        "last",
                        "*** HEADER EXTRACTED " + file + " ***",
                        "*** MESSAGE FILE END " + file + " ***");
        List<String> all = postcat(file.toString());
        assertEquals("*** ENVELOPE RECORDS " + file + " ***", all.getFirst());
        assertTrue(all.get(1).startsWith("message_arrival_time: "), all.get(1));
        assertEquals(shown, all.subList(2, all.size()));
        // A link to it shows it as well, under its own name.
        Path link = Files.createSymbolicLink(directory.resolve("link"), file);
        assertEquals(
                shown.stream().map(line -> line.replace(file.toString(), link.toString())).toList(),
                postcat(link.toString()).subList(2, all.size()));
        // postqueue lists it by its name, which -q knows.
        String name = "9960243bdd028fe570bbd1c447c3f954";
        Files.move(file, Files.createDirectory(directory.resolve("maildrop")).resolve(name));
        assertEquals(
                all.stream()
                        .map(line -> line.replace(file.toString(), "maildrop/" + name))
                        .toList(),
                postcat("-q", name));
    }

    /// Any user wrote it.
    @Test
    void aFileOfMaildropThatPickupWouldRefuseIsShown() throws IOException {
        Path file = directory.resolve("submitted");
        Files.writeString(
                file,
                "postrider maildrop 1\nsender me@x.example\nnotify 1f0000000\nnotify never\n"
                        + "recipient r@y.example\ncontent\nend 0000000000000000000"
                        + "0\n");
        Files.writeString(directory.resolve("main.cf"), "queue_directory = " + directory + "\n");
        List<String> all = postcat("-e", file.toString());
        assertEquals(
                List.of(
                        "sender: me@x.example",
                        "named_attribute: notify=1f0000000",
                        "named_attribute: notify=never",
                        "recipient: r@y.example"),
                all.subList(2, 6));
    }

    /// What a killed one leaves behind is no mail: there is none in what still has a name.
    @Test
    void aFileOfMaildropIsShownFromOneThatHasNoName() throws IOException {
        Path file = directory.resolve("submitted");
        Files.writeString(
                file,
                "postrider maildrop 1\nsender me@x.example\nrecipient r@y.example\ncontent\n"
                        + "end 00000000000000000000\n");
        List<Path> before = temporary();
        try (ReadableByteChannel in = ShownSubmission.records(file)) {
            assertTrue(in.isOpen());
            assertEquals(before, temporary());
        }
        Files.writeString(file, "postrider maildrop 1\nsender me@x.example\n");
        assertThrows(IOException.class, () -> ShownSubmission.records(file).close());
        assertEquals(before, temporary());
    }

    private static List<Path> temporary() throws IOException {
        try (Stream<Path> all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return all.filter(each -> each.getFileName().toString().startsWith("postcat"))
                    .sorted()
                    .toList();
        }
    }

    /// The attributes that came with 3.x: where it was received, and each recipient as its sender
    /// named it, who did so or not.
    @Test
    void theEnvelopeSaysWhereItCameInAndWhomTheSenderNamed() throws IOException {
        Path queue = Files.createDirectories(directory.resolve("q"));
        Files.writeString(directory.resolve("main.cf"), "queue_directory = " + queue + "\n");
        Map<String, String> attributes = new LinkedHashMap<>();
        attributes.put("rewrite_context", "remote");
        attributes.put("server_address", "192.0.2.25");
        attributes.put("server_port", "25");
        QueueId id = queued(queue, attributes);
        List<String> shown = postcat("-q", "-e", id.text());
        int sender = shown.indexOf("sender: s@x.example");
        assertEquals(
                List.of(
                        "named_attribute: log_ident=" + id,
                        "named_attribute: rewrite_context=remote",
                        "sender: s@x.example",
                        "named_attribute: server_address=192.0.2.25",
                        "named_attribute: server_port=25",
                        "named_attribute: dsn_orig_rcpt=rfc822;one@y.example",
                        "original_recipient: one@y.example",
                        "recipient: moved@there.example",
                        "named_attribute: dsn_orig_rcpt=rfc822;as+2Bsaid@y.example",
                        "named_attribute: notify_flags=4",
                        "original_recipient: two@y.example",
                        "done_recipient: two@y.example",
                        "named_attribute: dsn_orig_rcpt=rfc822;\"a b\"@y.example",
                        "original_recipient: a b@y.example",
                        "recipient: a b@y.example"),
                shown.subList(sender - 2, sender + 13),
                shown::toString);
    }

    /// What the last start found damaged lies in corrupt, and can be looked at.
    @Test
    void whatIsSetAsideIsShownAsCorrupt() throws IOException {
        Path queue = directory.resolve("queue");
        QueueId id = queued(queue, Map.of());
        Files.write(
                directory.resolve("main.cf"),
                List.of("compatibility_level = 3.11", "queue_directory = " + queue));
        Files.delete(queue.resolve("journal/checkpoint"));
        try (var segments = Files.newDirectoryStream(queue.resolve("journal"), "*.seg")) {
            for (Path segment : segments) {
                byte[] octets = Files.readAllBytes(segment);
                String text = new String(octets, StandardCharsets.ISO_8859_1);
                int at = text.indexOf("Subject: x");
                if (at >= 0) {
                    octets[at + 9] = 'z';
                    Files.write(segment, octets);
                }
            }
        }
        queued(queue, Map.of());
        List<String> shown = postcat("-q", id.text());
        assertEquals("*** ENVELOPE RECORDS corrupt/" + id + " ***", shown.getFirst());
        assertTrue(shown.contains("Subject: z"), shown::toString);
    }
}
