package org.postrider.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.postrider.Played;
import org.postrider.Script;

/// Command lines and what Postfix answers to them, output, errors, exit status and files: the cases
/// of src/test/postconf/cli (0x: 3.12's own, 1x: ours, answered by 3.7 where nothing changed).
class CommandLineCasesTest {
    private static final int CASES = 1_039;

    @RegisterExtension private final Played played = new Played();

    @Test
    @Script(
            value = {"src/test/postconf/cli/run.py", "bin", "--diff", "--jobs", "2"},
            needs = {"python3", "unshare"},
            root = true,
            seconds = 215)
    void everyCaseIsAnsweredAsByPostfixOrIsInTheListOfDifferences() throws IOException {
        String said = played.said();
        Set<String> failed = new TreeSet<>();
        int passed = 0;
        for (String line : said.lines().toList()) {
            if (line.startsWith("FAIL ")) {
                failed.add(line.substring("FAIL ".length()));
            }
            passed += line.startsWith("PASS ") ? 1 : 0;
        }
        Set<String> known = known();
        Set<String> unlisted = new TreeSet<>(failed);
        unlisted.removeAll(known);
        Set<String> equal = new TreeSet<>(known);
        equal.removeAll(failed);
        String last = said.lines().reduce((a, b) -> b).orElse("");
        System.out.println(last);
        assertEquals(
                Set.of(), unlisted, () -> "not in the list of differences:\n" + of(said, unlisted));
        assertEquals(Set.of(), equal, "in the list of differences, and there is none");
        assertEquals(CASES, passed + failed.size(), last);
    }

    private static Set<String> known() throws IOException {
        Set<String> known = new TreeSet<>();
        for (String line : Files.readAllLines(Path.of("src/test/postconf/cli/differences.txt"))) {
            if (!line.startsWith("#")) {
                String[] parts = line.split("\t", -1);
                assertTrue(parts.length == 2 && !parts[1].isBlank(), "no reason: " + line);
                known.add(parts[0]);
            }
        }
        return known;
    }

    /// What the runner said of these cases, and of no other: whoever reads it sees it cut.
    private static String of(String said, Set<String> cases) {
        StringBuilder out = new StringBuilder();
        boolean on = false;
        for (String line : said.lines().toList()) {
            if (!line.startsWith(" ")) {
                on = line.startsWith("FAIL ") && cases.contains(line.substring("FAIL ".length()));
            }
            if (on) {
                out.append(line).append('\n');
            }
        }
        return out.toString();
    }
}
