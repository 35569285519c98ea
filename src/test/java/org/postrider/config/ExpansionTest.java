package org.postrider.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.Needs;

class ExpansionTest {
    private static final Catalogue CATALOGUE = Catalogue.load();
    private static final String NAMES = "x = 1\nempty =\nlevel = 3.6\ntext = a b\nnest = <$x>\n";

    /// Form and what it expands to.
    private static final String[][] CASES = {
        {"$x", "1"},
        {"a${x}b", "a1b"},
        {"$(x).", "1."},
        {"$nosuch.", "."},
        {"$nest", "<1>"},
        {"$$x", "$x"},
        {"${x?yes}", "yes"},
        {"${x:no}", ""},
        {"${empty?yes}", ""},
        {"${empty:no}", "no"},
        {"${nosuch:no}", "no"},
        {"${x?{a b}:{c}}", "a b"},
        {"${empty?{a}:{c $x}}", "c 1"},
        {"${{$x} == {1} ? {y} : {n}}", "y"},
        {"${{$x} != {1} ? {y} : {n}}", "n"},
        {"${{10} > {9} ? {num} : {lex}}", "num"},
        {"${{a} < {b} ? {y} : {n}}", "y"},
        {"${{$level} >=level {3.6} ? {y} : {n}}", "y"},
        {"${{$level} <level {3.11} ? {y} : {n}}", "y"},
        {"${x?$text}", "a b"},
    };

    private static ServiceSettings settings(String text) {
        return ServiceSettings.of(MainCf.parse(Path.of("/c/main.cf"), text), CATALOGUE, Map.of());
    }

    @Test
    void eachFormExpands() {
        ServiceSettings s = settings(NAMES);
        for (String[] c : CASES) {
            assertEquals(c[1], s.expand(c[0]), c[0]);
        }
    }

    @Test
    void brokenAndEndlessFormsAreRefused() {
        ServiceSettings s = settings("a = $b\nb = $a\n");
        assertEquals(
                true,
                String.valueOf(
                                assertThrows(ConfigException.class, () -> s.expand("$a"))
                                        .getMessage())
                        .startsWith("unreasonable macro call nesting"));
        assertEquals(
                "truncated macro reference: \"${x\"",
                assertThrows(ConfigException.class, () -> s.expand("${x")).getMessage());
    }

    /// The same forms through the real postconf, where it is installed.
    @Test
    void eachFormExpandsAsInPostfix(@TempDir Path directory)
            throws IOException, InterruptedException {
        Needs.program("/usr/sbin/postconf");
        for (String[] c : CASES) {
            Files.writeString(
                    directory.resolve("main.cf"),
                    NAMES + "relayhost = [" + c[0] + "]\n",
                    StandardCharsets.ISO_8859_1);
            Files.writeString(directory.resolve("master.cf"), "");
            // Postfix waits where a file is as young as the clock.
            Files.setLastModifiedTime(directory.resolve("main.cf"), FileTime.fromMillis(1_000_000));
            Process p =
                    new ProcessBuilder(
                                    "/usr/sbin/postconf",
                                    "-c",
                                    directory.toString(),
                                    "-xh",
                                    "relayhost")
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            String said =
                    new String(p.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            p.waitFor();
            assertEquals("[" + c[1] + "]\n", said, c[0]);
        }
    }
}
