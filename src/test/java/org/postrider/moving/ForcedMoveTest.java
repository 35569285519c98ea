package org.postrider.moving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.postrider.disk.RealDisk;
import org.postrider.pickup.MaildropWriter;
import org.postrider.queue.Queue;

/// What is moved is on the disk before its other copy is gone: no loss of power loses it.
class ForcedMoveTest extends Moves {
    private static void submitted(Path queue, String name) throws IOException {
        Path maildrop = Files.createDirectories(queue.resolve("maildrop"));
        try (MaildropWriter out =
                MaildropWriter.create(new RealDisk(), maildrop, name, "rwx------")) {
            out.line("sender", "a@x.example");
            out.line("recipient", "b@x.example");
            out.beginContent();
            out.content(new byte[] {'x', '\n'}, 0, 2);
            out.commit();
        }
    }

    private static void allForced(WatchedDisk watched, Path below, int files) {
        List<Path> made = watched.made(below);
        assertEquals(files, made.size(), made::toString);
        for (Path each : made) {
            int written = watched.last("write", each);
            assertTrue(written >= 0, each::toString);
            assertTrue(watched.last("force", each) > written, each::toString);
        }
    }

    @Test
    void aSubmissionIsForcedWithItsNameBeforeOursIsDeleted() throws IOException {
        Path ours = directory.resolve("ours");
        Path theirs = theirs(directory);
        Files.createDirectories(theirs.resolve("maildrop"));
        submitted(ours, "ABCDEF");
        WatchedDisk watched = new WatchedDisk((_, _) -> {});
        Ledger ledger = new Ledger(watched.disk(), ours);
        new Submissions(postfix(watched.disk(), theirs), ours, ledger, false, told).give();
        assertEquals(List.of(), left);
        assertEquals(1, files(theirs).size());
        allForced(watched, theirs, 1);
        Path written = theirs.resolve("maildrop").resolve(PostdropWriter.UNNAMED);
        int renamed = watched.last("rename", written);
        int named = watched.last("forceDirectory", theirs.resolve("maildrop"));
        int deleted = watched.last("delete", ours.resolve("maildrop/ABCDEF"));
        assertTrue(watched.last("force", written) < renamed, "forced, then named");
        assertTrue(renamed < named && named < deleted, renamed + " " + named + " " + deleted);
    }

    @Test
    void messagesThatGoAreForced() throws IOException {
        Path ours = directory.resolve("ours");
        Path theirs = theirs(directory);
        try (Queue queue = open(new RealDisk(), ours)) {
            fill(queue);
        }
        WatchedDisk watched = new WatchedDisk((_, _) -> {});
        exportAll(watched.disk(), ours, theirs);
        allForced(watched, theirs, MESSAGES + 3);
    }

    /// What whoever looks at a submission leaves behind, however it ends, is no mail.
    @Test
    void theRecordsOfAShownSubmissionAreWrittenToAFileWithoutAName() throws IOException {
        submitted(directory, "ABCDEF");
        int[] writes = {0};
        WatchedDisk watched =
                new WatchedDisk((what, of) -> {
                    if (what.equals("write")) {
                        writes[0]++;
                        assertFalse(Files.exists(of), of::toString);
                        assertFalse(Files.exists(of.getParent()), of::toString);
                    }
                });
        Path file = directory.resolve("maildrop/ABCDEF");
        try (ReadableByteChannel in = ShownSubmission.records(watched.disk(), file)) {
            assertTrue(in.isOpen());
        }
        assertTrue(writes[0] > 0);
    }
}
