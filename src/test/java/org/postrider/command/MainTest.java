package org.postrider.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// The door to the commands.
class MainTest {
    /// As while the program is replaced by another version of it.
    @Test
    void aLibraryThatIsNotThereIsSaidInASentence() throws Exception {
        String without =
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .filter(each -> !each.contains("dnsjava"))
                        .collect(Collectors.joining(File.pathSeparator));
        Process p =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                "-cp",
                                without,
                                "--enable-native-access=ALL-UNNAMED",
                                "org.postrider.command.Main",
                                "postdkim",
                                "verify")
                        .redirectErrorStream(true)
                        .start();
        p.getOutputStream().close();
        String said = new String(p.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        assertEquals(70, p.waitFor(), said);
        assertTrue(said.startsWith("postdkim: fatal: internal error: org/xbill/DNS/"), said);
        assertFalse(said.contains("\tat "), said);
    }
}
