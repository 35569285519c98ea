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

/// A few rounds of src/test/local/kill.py: server and root's helper are killed while they deliver.
class LocalKillTest {
    @Test
    void nothingIsLostOrLeftInHalfWhenTheServerOrTheHelperIsKilled() throws Exception {
        Path python = Needs.program("python3");
        Needs.program("useradd");
        Needs.program("setpriv");
        assumeTrue(System.getProperty("user.name").equals("root"), "not run: needs root");
        String run = System.getenv("POSTRIDER_RUN");
        Path ready = Path.of(run == null ? "target/run" : run, "ready");
        assumeTrue(
                Files.exists(ready) && LocalCasesTest.othersRead(Files.readString(ready)),
                "not run: other users cannot read what runs");
        Path out = Files.createTempFile("local-kill", ".log");
        Process played =
                new ProcessBuilder(
                                List.of(
                                        python.toString(),
                                        "src/test/local/kill.py",
                                        "--rounds",
                                        "12",
                                        "--seconds",
                                        "40"))
                        .redirectErrorStream(true)
                        .redirectOutput(out.toFile())
                        .start();
        assertTrue(played.waitFor(5, TimeUnit.MINUTES), "no end");
        String said = Files.readString(out, StandardCharsets.ISO_8859_1);
        assertEquals(0, played.exitValue(), said);
        assertTrue(said.matches("(?s).*mails answered 250, ([6-9]|1\\d) kills: [1-9].*"), said);
        Files.delete(out);
    }
}
