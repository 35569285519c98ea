package org.postrider.moving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.postrider.disk.RealDisk;
import org.postrider.queue.Queue;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueuedMessage;

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
