package org.postrider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// src/test/twin/differences.txt names every default that 3.12 and 3.7 do not share, with a reason,
/// and no other.
class DifferencesTest {
    private static final Set<String> FACTS_OF_THE_RUN =
            Set.of("mail_version", "mail_release_date", "process_id");

    @Test
    void everyDefaultThatDiffersHasItsReason() throws IOException {
        TreeMap<String, String> theirs = defaults("postconf-3.7.txt");
        TreeMap<String, String> ours = defaults("postconf-3.12.txt");
        assertTrue(theirs.size() > 800 && ours.size() > 900);
        TreeSet<String> differ = new TreeSet<>();
        ours.forEach((name, value) -> {
            if (theirs.containsKey(name)
                    && !value.equals(theirs.get(name))
                    && !FACTS_OF_THE_RUN.contains(name)) {
                differ.add(name);
            }
        });
        TreeSet<String> named = new TreeSet<>();
        for (String line : Files.readAllLines(Path.of("src/test/twin/differences.txt"))) {
            if (line.startsWith("default ")) {
                int colon = line.indexOf(": ");
                assertTrue(colon > 0 && line.length() > colon + 10, line);
                named.add(line.substring(8, colon));
            }
        }
        assertEquals(differ, named);
    }

    private static TreeMap<String, String> defaults(String file) throws IOException {
        TreeMap<String, String> out = new TreeMap<>();
        for (String line : Files.readAllLines(Path.of("src/test/resources/oracle", file))) {
            int equals = line.indexOf(" =");
            if (equals > 0) {
                out.put(line.substring(0, equals), line.substring(equals + 2).strip());
            }
        }
        return out;
    }
}
