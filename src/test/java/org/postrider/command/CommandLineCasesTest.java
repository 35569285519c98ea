package org.postrider.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.postrider.Needs;

/// Command lines and what Postfix answers to them, output, errors, exit status and files: the cases
/// of src/test/postconf/cli (0x: 3.12's own, 1x: ours, answered by 3.7 where nothing changed).
class CommandLineCasesTest {
    private static final Path HOME = Path.of("src/test/postconf/cli");
    private static final int CASES = 876;

    @Test
    void everyCaseIsAnsweredAsByPostfixOrIsInTheListOfDifferences() throws Exception {
        Needs.program("python3");
        Assumptions.assumeTrue(
                "root".equals(System.getProperty("user.name")),
                "needs root: each case gets a spool of its own (unshare)");
        Process p =
                new ProcessBuilder(
                                "unshare",
                                "-n",
                                "sh",
                                "-c",
                                "ip link set lo up; exec python3 \"$@\"",
                                "cases",
                                HOME.resolve("run.py").toString(),
                                "bin",
                                "--diff",
                                "--jobs",
                                "2")
                        .redirectErrorStream(true)
                        .start();
        p.getOutputStream().close();
        String out = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        p.waitFor();
        Set<String> failed = new TreeSet<>();
        int passed = 0;
        for (String line : out.lines().toList()) {
            if (line.startsWith("FAIL ")) {
                failed.add(line.substring("FAIL ".length()));
            }
            passed += line.startsWith("PASS ") ? 1 : 0;
        }
        Set<String> known = new TreeSet<>();
        for (String line : Files.readAllLines(HOME.resolve("differences.txt"))) {
            if (!line.startsWith("#")) {
                String[] parts = line.split("\t", -1);
                assertTrue(parts.length == 2 && !parts[1].isBlank(), "no reason: " + line);
                known.add(parts[0]);
            }
        }
        assertEquals(known, failed, out);
        assertEquals(CASES, passed + failed.size(), out);
    }
}
