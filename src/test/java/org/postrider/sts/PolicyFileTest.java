package org.postrider.sts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.disk.FaultyDisk;
import org.postrider.disk.RealDisk;
import org.postrider.sts.PolicyFile.Kept;
import org.postrider.sts.StsPolicy.Mode;

/// The file of policies over a loss of power at every call, and over disks that fail.
class PolicyFileTest {
    private static final Path DATA = Path.of("/data");
    private static final Path FILE = DATA.resolve(PolicyFile.NAME);

    @TempDir Path directory;

    private static List<Kept> policies(int count) {
        List<Kept> out = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<String> mx =
                    i == 1 ? List.of() : List.of("mx" + i + ".example", "*.x" + i + ".example");
            out.add(
                    new Kept(
                            new StsPolicy(
                                    "d" + i + ".example",
                                    "id" + i,
                                    Mode.values()[i == 1 ? 2 : i % 2],
                                    86_400 + i,
                                    mx),
                            1_700_000_000 + i,
                            1_700_000_500 + i));
        }
        return out;
    }

    private static PolicyFile file(FaultyDisk disk) {
        return new PolicyFile(disk, DATA, w -> {});
    }

    private static String text(FaultyDisk disk) {
        return new String(disk.octets(FILE), StandardCharsets.ISO_8859_1);
    }

    @Test
    void whatIsWrittenIsReadAgain() throws IOException {
        List<String> warnings = new ArrayList<>();
        PolicyFile file = new PolicyFile(new RealDisk(), directory, warnings::add);
        assertEquals(List.of(), file.load());
        file.save(policies(30));
        assertEquals(policies(30), file.load());
        assertEquals(List.of(), warnings);
    }

    @Test
    void aLossOfPowerLeavesTheOldOneOrTheNewOne() throws IOException {
        FaultyDisk dry = new FaultyDisk();
        file(dry).save(policies(3));
        String old = text(dry);
        long first = dry.calls();
        file(dry).save(policies(20));
        String next = text(dry);
        Set<String> seen = new HashSet<>();
        for (long at = first; at <= dry.calls(); at++) {
            for (FaultyDisk.Fate fate : FaultyDisk.Fate.values()) {
                FaultyDisk disk = new FaultyDisk();
                file(disk).save(policies(3));
                disk.crashAt(at);
                try {
                    file(disk).save(policies(20));
                } catch (FaultyDisk.Crash e) {
                    // as asked
                }
                FaultyDisk after = disk.afterCrash(fate, at);
                String left = text(after);
                assertTrue(left.equals(old) || left.equals(next), fate + " at " + at);
                seen.add(left);
                file(after).save(policies(20));
                assertEquals(next, text(after));
            }
        }
        assertEquals(2, seen.size());
    }

    @Test
    void aDiskThatFailsLeavesTheOldOne() throws IOException {
        FaultyDisk dry = new FaultyDisk();
        file(dry).save(policies(3));
        String old = text(dry);
        long first = dry.calls();
        FaultyDisk disk = new FaultyDisk();
        file(disk).save(policies(3));
        disk.failAt(first + 1, first + 9, "No space left on device");
        assertThrows(IOException.class, () -> file(disk).save(policies(20)));
        assertEquals(old, text(disk));
    }

    @Test
    void aFileThatIsTooLargeIsNotRead() throws IOException {
        List<String> warnings = new ArrayList<>();
        Path large = directory.resolve(PolicyFile.NAME);
        try (var out = new java.io.RandomAccessFile(large.toFile(), "rw")) {
            out.setLength(1L << 30);
        }
        assertEquals(List.of(), new PolicyFile(new RealDisk(), directory, warnings::add).load());
        assertEquals(List.of("read " + large + ": " + large + ": File too large"), warnings);
        assertTrue(Files.exists(large));
    }
}
