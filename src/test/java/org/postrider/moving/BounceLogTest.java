package org.postrider.moving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.postrider.address.Address;
import org.postrider.disk.RealDisk;
import org.postrider.queue.Mark;
import org.postrider.queue.Queue;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Recipient;

/// Recipients that have failed and whose sender is not told of it yet stand in a bounce log alone.
class BounceLogTest extends Moves {
    /// Ours in Postfix's queue, the one on hold with a bounce log.
    ///
    /// @return the file of that one
    private Path bounced(Path ours, Path theirs) throws IOException {
        try (Queue queue = open(new RealDisk(), ours)) {
            fill(queue);
        }
        exportAll(new RealDisk(), ours, theirs);
        Files.createDirectories(theirs.resolve("bounce"));
        try (Stream<Path> all = Files.list(theirs.resolve("hold"))) {
            return all.findFirst().orElseThrow();
        }
    }

    /// Who has failed and is not told of yet stands in the bounce log alone: in the queue file he
    /// is done. He fails once more here, so that the sender is told.
    @Test
    void whoHasFailedAndIsNotToldOfYetIsOwedAgain() throws IOException {
        Path ours = directory.resolve("ours");
        Path theirs = theirs(directory);
        Path held = bounced(ours, theirs);
        Path log = theirs.resolve("bounce").resolve(String.valueOf(held.getFileName()));
        Files.writeString(
                log,
                """

                <had@y.example>: no such user
                recipient=had@y.example
                offset=0
                status=5.1.1
                action=failed
                reason=no such user

                """);
        importAll(new RealDisk(), ours, theirs);
        assertFalse(Files.exists(log));
        try (Queue queue = open(new RealDisk(), ours)) {
            assertEquals(MESSAGES, queue.size());
            QueueId id = queue.ids("hold").getFirst();
            QueuedMessage m = Objects.requireNonNull(queue.find(id));
            assertFalse(m.done(0));
        }
        assertEquals(List.of(), left);
    }

    /// Each record stands for itself, the last one too if nothing ends it, and those of old that
    /// have one line only.
    @Test
    void recordsAreReadOneByOne() throws IOException {
        List<Recipient> all = new ArrayList<>();
        for (String each : List.of("a@x.example", "b@x.example", "c@x.example", "d@x.example")) {
            all.add(Recipient.of(new Address(each)));
        }
        Path log = directory.resolve("log");
        Files.writeString(
                log,
                """
                <c@x.example>: of old

                <redirected@x.example>: refused
                recipient=redirected@x.example
                offset=200
                status=5.7.1
                reason=refused
                diag_text=550 no

                <a@x.example>: no such user
                recipient=a@x.example
                status=5.1.1
                reason=unknown


                <d@x.example>: last
                recipient=d@x.example\
                """);
        List<String> strangers = new ArrayList<>();
        Map<Integer, Mark.Reason> read =
                ReasonLog.read(log, all, List.of(100L, 200L, 300L, 400L), strangers::add);
        List<String> texts = new ArrayList<>();
        read.forEach((i, why) -> {
            assertEquals(i, why.recipient());
            texts.add(i + " " + why.status() + " " + why.text() + " " + why.diagnostic());
        });
        assertEquals(
                List.of(
                        "0 5.1.1 unknown null",
                        "1 5.7.1 refused 550 no",
                        "2 4.0.0 of old null",
                        "3 4.0.0 last null"),
                texts);
        assertEquals(List.of(), strangers);
    }

    /// What is not whole is about somebody, and it is not known about whom.
    @Test
    void aRecordThatNamesNobodyIsNotPassedOver() throws IOException {
        List<Recipient> all = List.of(Recipient.of(new Address("a@x.example")));
        Path log = directory.resolve("log");
        for (String torn : List.of("<a@x.exam", "offset=100", "reci")) {
            Files.writeString(log, "<a@x.example>: unknown\nrecipient=a@x.example\n\n" + torn);
            List<String> strangers = new ArrayList<>();
            assertEquals(Set.of(0), ReasonLog.read(log, all, List.of(7L), strangers::add).keySet());
            assertEquals(List.of("somebody whom it does not name"), strangers, torn);
        }
    }

    /// Why somebody waits is worth less than his mail.
    @Test
    void aMessageIsTakenWhateverItsDeferLogSays() throws IOException {
        Path ours = directory.resolve("ours");
        Path theirs = theirs(directory);
        Path held = bounced(ours, theirs);
        Path log = Files.createDirectories(theirs.resolve("defer")).resolve(held.getFileName());
        Files.writeString(log, "\n<x@z.example>: busy\nrecipient=x@z.example\n\n");
        importAll(new RealDisk(), ours, theirs);
        assertEquals(List.of(), left);
        assertFalse(Files.exists(held));
        try (Queue queue = open(new RealDisk(), ours)) {
            assertEquals(MESSAGES, queue.size());
        }
    }

    /// Where that log cannot be read, the message stays Postfix's.
    @Test
    void aMessageWhoseBounceLogCannotBeReadIsLeft() throws IOException {
        Path ours = directory.resolve("ours");
        Path theirs = theirs(directory);
        Path held = bounced(ours, theirs);
        String id = String.valueOf(held.getFileName());
        Path log = Files.createDirectory(theirs.resolve("bounce").resolve(id));
        importAll(new RealDisk(), ours, theirs);
        assertEquals(1, left.size(), left.toString());
        assertTrue(
                left.getFirst().startsWith("hold/" + id + ": its bounce log: "), left.getFirst());
        assertTrue(Files.exists(held));
        assertTrue(Files.exists(log));
        try (Queue queue = open(new RealDisk(), ours)) {
            assertEquals(MESSAGES - 1, queue.size());
        }
    }

    /// Nor is a record of it passed over that fits no recipient: who of the done ones it is about
    /// is not known.
    @Test
    void aMessageWhoseBounceLogNamesSomebodyElseIsLeft() throws IOException {
        Path ours = directory.resolve("ours");
        Path theirs = theirs(directory);
        Path held = bounced(ours, theirs);
        String id = String.valueOf(held.getFileName());
        Path log = theirs.resolve("bounce").resolve(id);
        Files.writeString(log, "\n<x@z.example>: no such user\nrecipient=x@z.example\n\n");
        importAll(new RealDisk(), ours, theirs);
        assertEquals(
                List.of("hold/" + id + ": its bounce log: x@z.example is none of its recipients"),
                left);
        assertTrue(Files.exists(held));
        assertTrue(Files.exists(log));
    }
}
