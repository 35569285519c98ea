package org.postrider.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.Until;
import org.postrider.address.Address;
import org.postrider.disk.RealDisk;
import org.postrider.message.Content;
import org.postrider.message.ContentWriter;
import org.postrider.message.Facts;
import org.postrider.queue.Attributes;
import org.postrider.queue.Envelope;
import org.postrider.queue.JournalQueue;
import org.postrider.queue.NewMessage;
import org.postrider.queue.Queue;
import org.postrider.queue.QueueException;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Recipient;
import org.postrider.queue.Transaction;
import org.postrider.queue.Writers;
import org.postrider.time.Clock;

/// TORTURE's cases about disk, descriptors, damage, kills and floods.
class DiskTortureTest {
    private static final JournalQueue.Options OPTIONS =
            new JournalQueue.Options(
                    65536, 4000, 1 << 20, false, JournalQueue.Limits.ofContents(1 << 20, 1 << 20));

    @TempDir Path temp;

    private static void command(String... words) throws Exception {
        Process p = new ProcessBuilder(words).redirectErrorStream(true).start();
        String out = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, p.waitFor(), out);
    }

    private static void rootOnly(String what) {
        if (!"root".equals(System.getProperty("user.name"))) {
            System.out.println("torture: skipped, not root: " + what);
            assumeTrue(false, "not root");
        }
    }

    private static String sent(Place p, int octets) throws IOException {
        try (Client c = new Client(p.port())) {
            c.hear();
            c.say("EHLO c.example");
            String mail = c.say("MAIL FROM:<a@c.example>");
            if (!mail.startsWith("250")) {
                return mail;
            }
            c.say("RCPT TO:<r@n.example>");
            Client.expect("354", c.say("DATA"));
            return c.say(
                    "Subject: x\r\n\r\n" + ("y".repeat(70) + "\r\n").repeat(octets / 72) + ".");
        }
    }

    /// Case 114: a real filesystem of 40 MB, filled to its last block, three times.
    @Test
    void aFullDiskRefusesAndComesBackByItself() throws Exception {
        rootOnly("disk full");
        Path disk = Files.createDirectories(temp.resolve("disk"));
        Process mounting =
                new ProcessBuilder(
                                "mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", disk.toString())
                        .start();
        if (mounting.waitFor() != 0) {
            System.out.println("torture: skipped, no right to mount: disk full");
            assumeTrue(false, "no right to mount");
        }
        try (Sink sink = new Sink()) {
            Place p =
                    Place.at(
                            temp,
                            sink.port(),
                            "queue_directory = " + disk + "/queue",
                            "postrider_segment_size = 1048576",
                            "notify_classes =",
                            "message_size_limit = 5000000");
            Process server = p.start("256m", "exec \"$@\"");
            int acked = 0;
            int refused = 0;
            try {
                for (int cycle = 0; cycle < 3; cycle++) {
                    Client.expect("250", sent(p, 10_000));
                    acked++;
                    Path ballast = disk.resolve("ballast");
                    fill(ballast);
                    for (int i = 0; i < 20; i++) {
                        String reply = sent(p, 400_000);
                        assertTrue(reply.matches("(250|45[12]) .*"), reply);
                        acked += reply.startsWith("250") ? 1 : 0;
                        refused += reply.startsWith("45") ? 1 : 0;
                    }
                    Files.delete(ballast);
                    Until.seen("mail is taken again", () -> sent(p, 400_000).startsWith("250"));
                    acked++;
                }
                int wanted = acked;
                Place.await("all delivered", () -> sink.taken.get() >= wanted);
                assertTrue(refused > 0, "the disk was never full");
                assertEquals(wanted, sink.taken.get());
                p.noPanic();
            } finally {
                server.destroy();
                server.waitFor();
            }
        } finally {
            command("umount", disk.toString());
        }
    }

    private static void fill(Path ballast) throws IOException {
        byte[] zeros = new byte[1 << 20];
        try (var out = Files.newOutputStream(ballast)) {
            for (int size = zeros.length; size > 512; size /= 2) {
                try {
                    while (true) {
                        out.write(zeros, 0, size);
                    }
                } catch (IOException e) {
                    // no block of this size is left
                }
            }
        }
    }

    /// Case 116.
    @Test
    void whenDescriptorsRunOutSessionsGoOnAndItRecovers() throws Exception {
        try (Sink sink = new Sink()) {
            Place p = Place.at(temp, sink.port());
            Process server = p.start("128m", "ulimit -n 150; exec \"$@\"");
            List<Client> many = new ArrayList<>();
            try (Client first = new Client(p.port())) {
                Client.expect("220", first.hear());
                for (int i = 0; i < 300; i++) {
                    many.add(new Client(p.port()));
                }
                Client.expect("250", first.say("EHLO c.example"));
                Client.expect("250", first.say("MAIL FROM:<a@c.example>"));
                Client.expect("250", first.say("RCPT TO:<r@n.example>"));
                Client.expect("354", first.say("DATA"));
                Client.expect("250", first.say("Subject: x\r\n\r\nx\r\n."));
                for (Client c : many) {
                    c.close();
                }
                p.greets();
                // It may have been tried while no socket could be made: deferred, not lost.
                Sink.Mail first250 = null;
                for (int i = 0; i < 60 && first250 == null; i++) {
                    command("bin/postqueue", "-c", p.conf().toString(), "-f");
                    first250 = sink.next(2);
                }
                assertNotNull(first250, "not delivered:\n" + p.log());
                Client.expect("250", sent(p, 1000));
                assertNotNull(sink.next(300), "not delivered afterwards");
                assertTrue(server.isAlive());
                p.noPanic();
            } finally {
                for (Client c : many) {
                    c.close();
                }
                server.destroy();
                server.waitFor();
            }
        }
    }

    /// Case 122 over processes; ServerTest has it within one.
    @Test
    void aSecondProcessOnTheSameQueueIsRefused() throws Exception {
        try (Sink sink = new Sink()) {
            Place p = Place.at(temp, sink.port());
            Process server = p.start("64m", "exec \"$@\"");
            try {
                QueueException e =
                        assertThrows(
                                QueueException.class,
                                () ->
                                        JournalQueue.open(
                                                        new RealDisk(),
                                                        p.queue(),
                                                        OPTIONS,
                                                        Clock.system(),
                                                        w -> {})
                                                .close());
                assertTrue(String.valueOf(e.getMessage()).contains("in use by another process"));
                p.greets();
            } finally {
                server.destroy();
                server.waitFor();
            }
        }
    }

    /// Case 123: a process killed in the middle of it all is back, with all that was promised.
    @Test
    void aKilledServerIsBackWithAllItPromised() throws Exception {
        try (Sink sink = new Sink()) {
            Place p = Place.at(temp, sink.port(), "defer_transports = smtp");
            int acked = 0;
            for (int round = 0; round < 3; round++) {
                Process server = p.start("128m", "exec \"$@\"");
                for (int i = 0; i < 20; i++) {
                    Client.expect("250", sent(p, 1000 + i * 30_000));
                    acked++;
                }
                server.destroyForcibly();
                server.waitFor();
            }
            Path main = p.conf().resolve("main.cf");
            Files.writeString(main, Files.readString(main).replace("defer_transports = smtp", ""));
            Process server = p.start("128m", "exec \"$@\"");
            try {
                int wanted = acked;
                command("bin/postqueue", "-c", p.conf().toString(), "-f");
                Place.await("all delivered", () -> sink.taken.get() >= wanted);
                assertEquals(60, sink.taken.get());
                p.noPanic();
            } finally {
                server.destroy();
                server.waitFor();
            }
        }
    }

    /// Case 120.
    @Test
    void aFloodedMaildropHoldsNobodyUp() throws Exception {
        int flood = Integer.getInteger("postrider.torture.maildrop", 3000);
        try (Sink sink = new Sink()) {
            Place p = Place.at(temp, sink.port());
            Process server = p.start("128m", "exec \"$@\"");
            try {
                Path maildrop = p.queue().resolve("maildrop");
                for (int i = 0; i < flood; i++) {
                    Path bad = maildrop.resolve("bad" + i);
                    switch (i % 4) {
                        case 0 -> Files.writeString(bad, "garbage");
                        case 1 -> Files.createSymbolicLink(bad, p.conf().resolve("main.cf"));
                        case 2 -> Files.createDirectory(bad);
                        default -> Files.write(bad, new byte[0]);
                    }
                }
                Client.expect("250", sent(p, 1000));
                assertNotNull(sink.next(300));
                Process mail =
                        new ProcessBuilder("bin/sendmail", "-C", p.conf().toString(), "r@n.example")
                                .start();
                mail.getOutputStream()
                        .write("Subject: local\n\nx\n".getBytes(StandardCharsets.US_ASCII));
                mail.getOutputStream().close();
                assertEquals(0, mail.waitFor());
                Sink.Mail m = sink.next(300);
                assertNotNull(m, "local mail does not flow");
                assertTrue(m.content().contains("Subject: local"));
                p.greets();
                p.noPanic();
            } finally {
                server.destroy();
                server.waitFor();
            }
        }
    }

    /// Case 121: truncations and flipped bits in every file of the queue. What is not hit is there
    /// as it was; what is hit is set aside and said, never another's mail, and the start succeeds.
    @Test
    void damagedFilesOfTheQueueHurtOnlyTheirOwnMail() throws Exception {
        Path spool = temp.resolve("spool");
        Map<String, String> accepted = new HashMap<>();
        try (Queue queue = open(spool);
                Writers writers = new Writers()) {
            for (int i = 0; i < 40; i++) {
                QueueId id = queue.newId();
                String body = "mail " + id + " " + "z".repeat(i * 200) + "\r\n";
                Content content = body(writers.of(queue), body);
                queue.commit(Transaction.of(new NewMessage(id, envelope(id), content, true)));
                accepted.put(id.text(), body);
            }
        }
        Path copy = temp.resolve("copy");
        Random random = new Random(121);
        int whole = 0;
        int lost = 0;
        int tries = Integer.getInteger("postrider.torture.damage", 1200);
        for (int i = 0; i < tries; i++) {
            removeTree(copy);
            copyTree(spool, copy);
            damage(copy, random, i);
            try (Queue queue = open(copy)) {
                for (Map.Entry<String, String> e : accepted.entrySet()) {
                    QueuedMessage m = queue.find(new QueueId(e.getKey()));
                    if (m == null) {
                        lost++;
                        continue;
                    }
                    assertEquals(
                            "r." + e.getKey() + "@example.net",
                            m.envelope().recipients().getFirst().address().text());
                    String body = text(m);
                    if (body != null && m.content().inlineBody() != null) {
                        assertEquals(e.getValue(), body);
                    }
                    whole++;
                }
            }
        }
        System.out.println(
                "damage: "
                        + tries
                        + " damaged queues, "
                        + whole
                        + " mails whole, "
                        + lost
                        + " set aside");
        assertTrue(whole > tries * 38L, "far more is lost than was hit");
        assertNotEquals(0, lost);
    }

    private static @org.jspecify.annotations.Nullable String text(QueuedMessage m) {
        try (InputStream in = m.content().body()) {
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (IOException | QueueException e) {
            return null;
        }
    }

    private static void removeTree(Path tree) throws IOException {
        if (Files.exists(tree)) {
            try (var all = Files.walk(tree)) {
                for (Path each : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                    Files.delete(each);
                }
            }
        }
    }

    private static void copyTree(Path from, Path to) throws IOException {
        try (var all = Files.walk(from)) {
            for (Path each : (Iterable<Path>) all::iterator) {
                Path target = to.resolve(from.relativize(each).toString());
                if (Files.isDirectory(each)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(each, target);
                }
            }
        }
    }

    /// One flipped bit, or a file cut short, or gone, or of zeros.
    private static void damage(Path spool, Random random, int n) throws IOException {
        List<Path> files = new ArrayList<>();
        for (String name : List.of("journal", "body")) {
            try (var all = Files.list(spool.resolve(name))) {
                all.sorted().forEach(files::add);
            }
        }
        Path file = files.get(random.nextInt(files.size()));
        byte[] octets = Files.readAllBytes(file);
        if (octets.length == 0) {
            return;
        }
        switch (n % 6) {
            case 0 -> octets = java.util.Arrays.copyOf(octets, random.nextInt(octets.length));
            case 1 ->
                    java.util.Arrays.fill(
                            octets, random.nextInt(octets.length), octets.length, (byte) 0);
            default -> octets[random.nextInt(octets.length)] ^= (byte) (1 << random.nextInt(8));
        }
        Files.write(file, octets);
    }

    private static Queue open(Path at) {
        return JournalQueue.open(new RealDisk(), at, OPTIONS, Clock.system(), w -> {});
    }

    private static Envelope envelope(QueueId id) {
        return new Envelope(
                new Address("s@example.com"),
                List.of(Recipient.of(new Address("r." + id + "@example.net"))),
                1,
                Attributes.NONE);
    }

    private static Content body(ContentWriter w, String body) throws IOException {
        byte[] octets = body.getBytes(StandardCharsets.ISO_8859_1);
        byte[] header = "Subject: x\r\n".getBytes(StandardCharsets.ISO_8859_1);
        w.header(header, 0, header.length);
        w.body(octets, 0, octets.length);
        return w.finish(new Facts(octets.length, octets.length, 70, false, false, false, false, 0));
    }
}
