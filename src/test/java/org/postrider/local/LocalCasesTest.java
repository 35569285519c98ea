package org.postrider.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.postrider.Needs;

/// A share of src/test/local on a server of its own, with real users: what lies in their mailboxes,
/// whose it is, and what the log says, as real Postfix left it there.
class LocalCasesTest {
    private static final int SHARE = 8;

    @Test
    void whatIsDeliveredIsWhatPostfixDelivers() throws Exception {
        Path python = Needs.program("python3");
        Needs.program("useradd");
        Needs.program("setpriv");
        assumeTrue(System.getProperty("user.name").equals("root"), "not run: needs root");
        String run = System.getenv("POSTRIDER_RUN");
        Path ready = Path.of(run == null ? "target/run" : run, "ready");
        assumeTrue(
                Files.exists(ready) && othersRead(Files.readString(ready)),
                "not run: other users cannot read what runs");
        Path out = Files.createTempFile("local-cases", ".log");
        Process played =
                new ProcessBuilder(
                                List.of(
                                        python.toString(),
                                        "src/test/local/play.py",
                                        "ours",
                                        "--as",
                                        "ltalice",
                                        "--every",
                                        Integer.toString(SHARE)))
                        .redirectErrorStream(true)
                        .redirectOutput(out.toFile())
                        .start();
        assertTrue(played.waitFor(5, TimeUnit.MINUTES), "no end");
        String said = Files.readString(out, StandardCharsets.ISO_8859_1);
        assertEquals(0, played.exitValue(), said);
        assertTrue(said.matches("(?s).*ours: [2-9]\\d cases.*"), said);
        Files.delete(out);
    }

    /// The server runs as another user, who must get at its classes.
    static boolean othersRead(String ready) throws Exception {
        for (String line : ready.lines().toList()) {
            if (line.startsWith("CP=")) {
                String all = line.substring(3).replace(":", " -a -r ");
                return new ProcessBuilder(
                                        "setpriv",
                                        "--reuid",
                                        "65534",
                                        "--regid",
                                        "65534",
                                        "--clear-groups",
                                        "sh",
                                        "-c",
                                        "[ -r " + all + " ]")
                                .start()
                                .waitFor()
                        == 0;
            }
        }
        return false;
    }
}
