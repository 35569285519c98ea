package org.postrider.cleanup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Headers of local mail come out as the real Postfix 3.7.11 wrote them (`sendmail`, `postcat -h`):
/// completed, rewritten, added and dropped.
class HeaderCasesTest {
    @TempDir Path directory;

    @Test
    void asTheRealPostfixWroteThem() throws IOException {
        String all =
                Files.readString(
                        Path.of("src/test/resources/cleanup/headers.txt"),
                        StandardCharsets.ISO_8859_1);
        Desk desk = new Desk(directory);
        List<String> wrong = new ArrayList<>();
        int cases = 0;
        for (String one : all.split("### ", -1)) {
            if (one.isBlank()) {
                continue;
            }
            int end = one.indexOf('\n');
            String input = unquoted(one.substring(0, end));
            String expected = one.substring(end + 1).stripTrailing() + "\n";
            cases++;
            desk.submit(
                    "s@own.example",
                    List.of("r@remote.example"),
                    input + "\nX-End: 1\n",
                    "\nb\n",
                    CleanupService.Option.LOCAL_REWRITE,
                    CleanupService.Option.MAP);
            String got =
                    desk.header()
                            .replaceAll("<\\d{14}\\.\\w+@", "<ID@")
                            .replaceAll("Date: \\w+, .*\n", "Date: D\n");
            if (!got.equals(expected)) {
                wrong.add(input + "\n--- postfix\n" + expected + "--- ours\n" + got);
            }
        }
        assertTrue(cases >= 50, cases + " cases");
        assertEquals("", String.join("\n", wrong));
    }

    /// A Python literal as the collector wrote it.
    private static String unquoted(String literal) {
        String inside = literal.substring(1, literal.length() - 1);
        return inside.replace("\\xe9", "\u00e9")
                .replace("\\xe8", "\u00e8")
                .replace("\\n", "\n")
                .replace("\\\\", "\\");
    }
}
