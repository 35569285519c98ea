package org.postrider.moving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.postrider.disk.Disk;
import org.postrider.disk.RealDisk;
import org.postrider.message.MemoryContent;
import org.postrider.pickup.MaildropWriter;
import org.postrider.queue.Queue;
import org.postrider.queue.Recipient;

/// What others wrote into the queues and beside them: none of it makes a move do harm, or ends it.
class HostileMoveTest extends Moves {
    private static void ledger(Path ours, Path theirs, String... lines) throws IOException {
        Files.writeString(
                ours.resolve("moving"),
                "postrider moving 1\n" + theirs + "\n" + String.join("\n", lines));
    }

    /// What names no file below a queue, or was written by another, is not acted on.
    @Test
    void aForgedLedgerIsRefused() throws IOException {
        Path ours = directory.resolve("ours");
        Path theirs = theirs(directory);
        Path victim = Files.writeString(directory.resolve("victim"), "of somebody's");
        String id;
        try (Queue queue = open(new RealDisk(), ours)) {
            fill(queue);
            id = queue.ids("hold").getFirst().text();
        }
        for (String line :
                List.of(
                        "IN " + id + " rwx------ ../victim",
                        "IN " + id + " rwx------ incoming/../../victim",
                        "IN " + id + " rwx------ " + victim,
                        "MAILDROP_IN ../../victim rwxr--r-- incoming/ABCDEF",
                        "OUT NONE rwsr-xr-x incoming/ABCDEF",
                        "IN " + id + " rwx------ hold/ABCDEF")) {
            ledger(ours, theirs, line);
            assertThrows(IOException.class, () -> importAll(new RealDisk(), ours, theirs), line);
            assertTrue(Files.exists(ours.resolve("moving")), line);
        }
        assertEquals("of somebody's", Files.readString(victim));
        ledger(ours, theirs);
        Path ledger = ours.resolve("moving");
        Path other = ours.resolve("other-name");
        Files.createLink(other, ledger);
        assertThrows(IOException.class, () -> importAll(new RealDisk(), ours, theirs));
        Files.delete(other);
        if (System.getProperty("user.name").equals("root")) {
            Files.setAttribute(ledger, "unix:uid", 65_534);
            assertThrows(IOException.class, () -> importAll(new RealDisk(), ours, theirs));
            Files.setAttribute(ledger, "unix:uid", 0);
        }
        importAll(new RealDisk(), ours, theirs);
        assertFalse(Files.exists(ledger));
    }

    /// The user whose submission it is may put anything in its place as soon as it is his.
    @Test
    void aLinkInMaildropLeadsNowhere() throws IOException {
        Path ours = directory.resolve("ours");
        Path theirs = theirs(directory);
        Path victim = Files.writeString(directory.resolve("victim"), "of somebody's");
        Files.setPosixFilePermissions(victim, PosixFilePermissions.fromString("rw-------"));
        open(new RealDisk(), ours).close();
        Files.createDirectories(theirs.resolve("maildrop"));
        Path there = Files.createDirectories(ours.resolve("maildrop")).resolve("ABCDEF");
        for (boolean hard : new boolean[] {false, true}) {
            if (hard) {
                Files.createLink(there, victim);
            } else {
                Files.createSymbolicLink(there, victim);
            }
            ledger(ours, theirs, "MAILDROP_IN ABCDEF rwxr--r-- maildrop/ABCDEF");
            assertThrows(IOException.class, () -> importAll(new RealDisk(), ours, theirs));
            Files.delete(there);
        }
        assertEquals(
                "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(victim)));
    }

    /// No name or line that a user wrote there ends the run, or becomes a line of the ledger.
    @Test
    void aHostileSubmissionIsNamedAndLeft() throws IOException {
        Path ours = directory.resolve("ours");
        Path theirs = theirs(directory);
        Files.createDirectories(theirs.resolve("maildrop"));
        Path maildrop = Files.createDirectories(ours.resolve("maildrop"));
        Path bad = maildrop.resolve("ABCDEF");
        try (MaildropWriter out =
                MaildropWriter.create(new RealDisk(), maildrop, "ABCDEF", "rw-------")) {
            out.line("sender", "a@x.example");
            out.line("notify", "zz");
            out.line("recipient", "b@x.example");
            out.beginContent();
            out.commit();
        }
        Files.copy(bad, maildrop.resolve("A\nOUT ABCDEF rwx------ incoming"));
        Files.copy(bad, maildrop.resolve("BCDEF0"));
        Files.createLink(maildrop.resolve("BCDEF1"), maildrop.resolve("BCDEF0"));
        Disk disk = new RealDisk();
        new Submissions(postfix(disk, theirs), ours, new Ledger(disk, ours), false, told).give();
        assertEquals(4, left.size(), left.toString());
        assertTrue(left.get(0).startsWith("maildrop/A?OUT?ABCDEF"), left.toString());
        assertTrue(left.get(1).contains("notify zz"), left.toString());
        assertTrue(left.get(2).endsWith("has 2 names"), left.toString());
        assertEquals(List.of(), files(theirs));
    }

    /// What is nobody's message is named, left as it is, and waited for by nobody.
    @Test
    void linksFifosAndFilesOfOthersAreLeft() throws Exception {
        Path ours = directory.resolve("ours");
        Path theirs = theirs(directory);
        try (Queue queue = open(new RealDisk(), ours)) {
            fill(queue);
        }
        exportAll(new RealDisk(), ours, theirs);
        Path held;
        try (Stream<Path> all = Files.list(theirs.resolve("hold"))) {
            held = all.findFirst().orElseThrow();
        }
        Path incoming = theirs.resolve("incoming");
        Files.createLink(incoming.resolve("ABCDEF1"), held);
        Files.createSymbolicLink(incoming.resolve("ABCDEF2"), held);
        String fifo = incoming.resolve("ABCDEF3").toString();
        assertEquals(0, new ProcessBuilder("mkfifo", fifo).start().waitFor());
        int many = 4;
        if (System.getProperty("user.name").equals("root")) {
            Path other = Files.copy(held, incoming.resolve("ABCDEF4"));
            Files.setPosixFilePermissions(other, PosixFilePermissions.fromString("rwx------"));
            Files.setAttribute(other, "unix:uid", 65_534);
            many++;
        }
        importAll(new RealDisk(), ours, theirs);
        assertEquals(many, left.size(), left.toString());
        assertEquals(2, left.stream().filter(l -> l.endsWith(": has 2 names")).count());
        assertEquals(2, left.stream().filter(l -> l.endsWith(": not a regular file")).count());
        assertEquals(many - 4, left.stream().filter(l -> l.contains(": belongs to ")).count());
        try (Queue queue = open(new RealDisk(), ours)) {
            assertEquals(MESSAGES - 1, queue.size());
        }
    }

    /// Whatever stands in a file, reading it comes to an end: a message, or what is wrong.
    @Test
    void filesOfAnyOctetsAreReadOrNamed() throws IOException {
        Path ours = directory.resolve("ours");
        Path theirs = theirs(directory);
        try (Queue queue = open(new RealDisk(), ours)) {
            fill(queue);
        }
        exportAll(new RealDisk(), ours, theirs);
        List<byte[]> whole = new ArrayList<>();
        for (String each : files(theirs)) {
            if (!each.startsWith("defer/")) {
                whole.add(Files.readAllBytes(theirs.resolve(each)));
            }
        }
        Random random = new Random(16);
        int read = 0;
        int named = 0;
        for (int round = 0; round < 6_000; round++) {
            byte[] octets = changed(whole.get(random.nextInt(whole.size())).clone(), random);
            try {
                parse(octets);
                read++;
            } catch (Records.DamagedException e) {
                named++;
            }
        }
        assertTrue(read > 100 && named > 1000, read + " read, " + named + " named");
    }

    private static byte[] changed(byte[] octets, Random random) {
        byte[] out = octets;
        if (random.nextInt(4) == 0) {
            out = Arrays.copyOf(out, random.nextInt(out.length));
        }
        for (int i = random.nextInt(6); i >= 0 && out.length > 0; i--) {
            int at = random.nextInt(Math.min(out.length, random.nextBoolean() ? 400 : out.length));
            out[at] =
                    (byte)
                            (random.nextBoolean()
                                    ? "pwRDNLMXE".charAt(random.nextInt(9))
                                    : random.nextInt(256));
        }
        return out;
    }

    private static void parse(byte[] octets) throws IOException {
        Disk.File file = new Octets(octets);
        Recipient.Writer to = Recipient.Writer.inMemory(_ -> true);
        PostfixFile read = new PostfixFile(file, "ABCDEF", to, _ -> {});
        read.envelope(to.all());
        read.content(new MemoryContent.Unkept());
    }

    /// A file in memory.
    private record Octets(byte[] octets) implements Disk.File {
        @Override
        public void write(ByteBuffer from, long position) {
            throw new AssertionError("written to");
        }

        @Override
        public int read(ByteBuffer into, long position) {
            if (position >= octets.length) {
                return -1;
            }
            int n = (int) Math.min(into.remaining(), octets.length - position);
            into.put(octets, (int) position, n);
            return n;
        }

        @Override
        public void force() {}

        @Override
        public long size() {
            return octets.length;
        }

        @Override
        public void close() {}
    }
}
