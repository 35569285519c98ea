package org.postrider.pickup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.postrider.disk.FaultyDisk;

/// What a user left in maildrop, once sendmail has said that it is there.
class MaildropWriterTest {
    private static final Path MAILDROP = Path.of("/q/maildrop");
    private static final String NAME = "0123456789abcdef";
    private static final Path FILE = MAILDROP.resolve(NAME);

    private static MaildropWriter written(FaultyDisk disk) throws IOException {
        MaildropWriter out = MaildropWriter.create(disk, MAILDROP, NAME, "rw-------");
        out.line("sender", "a@b.example");
        out.line("recipient", "c@d.example");
        out.beginContent();
        byte[] text = "Subject: x\n\nx\n".getBytes(StandardCharsets.US_ASCII);
        out.content(text, 0, text.length);
        return out;
    }

    @Test
    void whatIsCommittedOutlivesTheMachine() throws IOException {
        for (FaultyDisk.Fate fate : FaultyDisk.Fate.values()) {
            FaultyDisk disk = new FaultyDisk();
            try (MaildropWriter out = written(disk)) {
                out.commit();
            }
            byte[] before = disk.octets(FILE);
            String after =
                    new String(disk.afterCrash(fate, 1).octets(FILE), StandardCharsets.US_ASCII);
            assertEquals(new String(before, StandardCharsets.US_ASCII), after, fate.toString());
            assertTrue(after.contains("\nrecipient c@d.example\n"), after);
        }
    }

    @Test
    void whatIsNotCommittedLeavesNothing() throws IOException {
        FaultyDisk disk = new FaultyDisk();
        written(disk).close();
        assertEquals(0, disk.octets(FILE).length);
        assertEquals(0, disk.openFiles());
    }
}
