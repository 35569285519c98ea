package org.postrider.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// src/test/torture/cases.txt has every case of the catalogue's parts that are promised so far, and
/// every test it names exists.
class TortureTableTest {
    private static final int[][] PROMISED = {{1, 116}, {118, 131}, {201, 204}};

    @Test
    void everyCaseHasTestsThatExistOrAReason() throws IOException {
        List<Integer> promised = new ArrayList<>();
        for (int[] part : PROMISED) {
            IntStream.rangeClosed(part[0], part[1]).forEach(promised::add);
        }
        String tests = sources(Path.of("src/test/java"), ".java");
        String dialogues = sources(Path.of("src/test/twin"), ".case");
        List<Integer> there = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of("src/test/torture/cases.txt"))) {
            if (line.startsWith("#")) {
                continue;
            }
            String[] f = line.split("\\|", -1);
            assertEquals(4, f.length, line);
            there.add(Integer.parseInt(f[0]));
            if (f[2].equals("left out")) {
                assertTrue(f[3].length() > 20, "no reason: " + line);
                continue;
            }
            for (String word : f[2].split(" ")) {
                exists(word, tests, dialogues, line);
            }
        }
        assertEquals(promised, there);
    }

    private static void exists(String word, String tests, String dialogues, String line) {
        if (word.startsWith("twin:")) {
            for (String name : word.substring(5).split(",")) {
                assertTrue(dialogues.contains("case: " + name + "\n"), name + " in " + line);
            }
            return;
        }
        String[] f = word.split("#");
        assertTrue(tests.contains("class " + f[0] + " "), word + " in " + line);
        assertTrue(tests.contains("void " + f[1] + "("), word + " in " + line);
    }

    private static String sources(Path under, String suffix) throws IOException {
        StringBuilder out = new StringBuilder();
        try (var all = Files.walk(under)) {
            for (Path p : (Iterable<Path>) all::iterator) {
                if (p.toString().endsWith(suffix)) {
                    out.append(Files.readString(p));
                }
            }
        }
        return out.toString();
    }
}
