package org.postrider.postscreen.cache;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.disk.RealDisk;
import org.postrider.postscreen.Cache;

/// Who has passed, over a restart, over the end of the process at any octet, and over damage.
class SavedCacheTest {
    @TempDir Path temp;

    private final List<String> warnings = new ArrayList<>();

    private SavedCache open(Path file) {
        return new SavedCache(new RealDisk(), file, 1000, warnings::add);
    }

    private static long[] stamps(long base) {
        return new long[] {base, base + 1, Cache.DISABLED, Cache.NEVER, base + 4};
    }

    @Test
    void theLastOfEachClientCountsAfterAStart() {
        Path file = temp.resolve("cache");
        try (SavedCache first = open(file)) {
            for (int i = 0; i < 5000; i++) {
                first.update("192.0.2." + i % 50, stamps(i));
            }
            first.update("2001:db8::1", stamps(7));
        }
        try (SavedCache second = open(file)) {
            for (int i = 0; i < 50; i++) {
                assertArrayEquals(stamps(4950 + i), second.lookup("192.0.2." + i));
            }
            assertArrayEquals(stamps(7), second.lookup("2001:db8::1"));
            assertNull(second.lookup("192.0.2.99"));
        }
        assertEquals(List.of(), warnings);
    }

    /// The file grows by changes, and is written anew before it is many times what it holds.
    @Test
    void theFileStaysSmall() throws Exception {
        Path file = temp.resolve("cache");
        try (SavedCache cache = open(file)) {
            for (int i = 0; i < 50_000; i++) {
                cache.update("192.0.2.1", stamps(i));
            }
            assertTrue(Files.size(file) < 200_000, Files.size(file) + " octets");
        }
    }

    /// As kill -9 leaves it: whatever had been written, to any octet.
    @Test
    void whatWasCutShortCostsOneLine() throws Exception {
        Path file = temp.resolve("cache");
        try (SavedCache first = open(file)) {
            for (int i = 0; i < 20; i++) {
                first.update("192.0.2." + i, stamps(i));
            }
        }
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length <= whole.length; length++) {
            byte[] part = Arrays.copyOf(whole, length);
            Path cut = temp.resolve("cut");
            Files.write(cut, part);
            String text = new String(part, StandardCharsets.ISO_8859_1);
            long lines = Math.max(0, text.chars().filter(c -> c == '\n').count() - 1);
            try (SavedCache second = open(cut)) {
                for (int i = 0; i < 20; i++) {
                    assertEquals(
                            i < lines, second.lookup("192.0.2." + i) != null, length + " " + i);
                }
            }
        }
        assertEquals(List.of(), warnings);
    }

    @Test
    void damageIsToldAndCostsItsLine() throws Exception {
        Random random = new Random(11);
        for (int round = 0; round < 200; round++) {
            Path file = temp.resolve("damaged");
            Files.deleteIfExists(file);
            warnings.clear();
            try (SavedCache first = open(file)) {
                for (int i = 0; i < 20; i++) {
                    first.update("192.0.2." + i, stamps(i));
                }
            }
            byte[] octets = Files.readAllBytes(file);
            int at = 13 + random.nextInt(octets.length - 13);
            octets[at] ^= (byte) (1 << random.nextInt(7));
            Files.write(file, octets);
            try (SavedCache second = open(file)) {
                int found = 0;
                for (int i = 0; i < 20; i++) {
                    long[] known = second.lookup("192.0.2." + i);
                    if (known != null) {
                        assertArrayEquals(stamps(i), known, "what is there is right");
                        found++;
                    }
                }
                assertTrue(found >= 18 && found < 20, found + " at " + at);
            }
            boolean last = at == octets.length - 1;
            assertEquals(last ? 0 : 1, warnings.size(), warnings + " at " + at);
        }
    }

    @Test
    void whoWasNotSeenForTheLongestTimeIsForgotten() {
        try (SavedCache cache = open(temp.resolve("cache"))) {
            cache.most(10);
            for (int i = 0; i < 11; i++) {
                cache.update("192.0.2." + i, stamps(i));
                if (i < 10) {
                    cache.update("192.0.2.0", stamps(0));
                }
            }
            assertNull(cache.lookup("192.0.2.1"));
            assertArrayEquals(stamps(0), cache.lookup("192.0.2.0"));
        }
    }

    @Test
    void cleaningForgetsAndTheFileToo() throws Exception {
        Path file = temp.resolve("cache");
        try (SavedCache cache = open(file)) {
            for (int i = 0; i < 10; i++) {
                cache.update("192.0.2." + i, stamps(i));
            }
            assertEquals(new Cache.Cleaned(4, 6), cache.cleanUp(stamps -> stamps[0] > 5));
        }
        assertEquals(5, Files.readAllLines(file).size());
        try (SavedCache again = open(file)) {
            assertNull(again.lookup("192.0.2.5"));
            assertArrayEquals(stamps(6), again.lookup("192.0.2.6"));
        }
    }

    @Test
    void whereItCannotBeWrittenItLivesInMemory() throws Exception {
        Path file = Files.createDirectory(temp.resolve("cache"));
        try (SavedCache cache = open(file)) {
            cache.update("192.0.2.1", stamps(1));
            cache.update("192.0.2.2", stamps(1));
            assertArrayEquals(stamps(1), cache.lookup("192.0.2.1"));
        }
        assertEquals(1, warnings.size(), warnings.toString());
        assertTrue(warnings.getFirst().endsWith("who passes is remembered in memory only"));
    }

    @Test
    void anotherMailSystemKeepsItsFile() {
        Path file = temp.resolve("cache");
        try (SavedCache first = open(file);
                SavedCache second = open(file)) {
            first.update("192.0.2.1", stamps(1));
            second.update("192.0.2.1", stamps(2));
        }
        assertEquals(1, warnings.size());
        try (SavedCache third = open(file)) {
            assertArrayEquals(stamps(1), third.lookup("192.0.2.1"));
        }
    }
}
