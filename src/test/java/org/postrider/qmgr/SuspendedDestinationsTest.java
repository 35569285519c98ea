package org.postrider.qmgr;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.disk.FaultyDisk;

/// Whose mail waits is on the disk before the administrator is told that it does.
class SuspendedDestinationsTest {
    @TempDir Path data;

    private static byte[] octets(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void whatWasAnsweredIsThereAfterALossOfPower() throws IOException {
        Path file = data.resolve("suspended_destinations");
        FaultyDisk disk = new FaultyDisk();
        SuspendedDestinations all = new SuspendedDestinations(disk, data);
        assertEquals(SuspendedDestinations.Change.DONE, all.suspend("One.Example"));
        long begun = disk.calls();
        assertEquals(SuspendedDestinations.Change.DONE, all.suspend("two.example"));
        byte[] both = octets("one.example\ntwo.example\n");
        for (FaultyDisk.Fate fate : FaultyDisk.Fate.values()) {
            assertArrayEquals(both, disk.afterCrash(fate, 1).octets(file), fate.toString());
            for (long at = begun; at <= disk.calls(); at++) {
                FaultyDisk other = new FaultyDisk();
                SuspendedDestinations again = new SuspendedDestinations(other, data);
                again.suspend("one.example");
                other.crashAt(at);
                try {
                    again.suspend("two.example");
                } catch (FaultyDisk.Crash e) {
                    // as asked
                }
                String left =
                        new String(
                                other.afterCrash(fate, at).octets(file),
                                StandardCharsets.ISO_8859_1);
                assertTrue(left.startsWith("one.example\n"), fate + " at " + at + ": " + left);
            }
        }
        assertEquals(SuspendedDestinations.Change.DONE, all.resume("two.example"));
        assertEquals(SuspendedDestinations.Change.NONE, all.resume("two.example"));
        for (FaultyDisk.Fate fate : FaultyDisk.Fate.values()) {
            assertArrayEquals(
                    octets("one.example\n"), disk.afterCrash(fate, 2).octets(file), "" + fate);
        }
    }
}
