package org.postrider.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.Until;

/// `bin/supervise` with a server of the test's own: which end of it is the end of the mail system.
class SuperviseTest {
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    @TempDir Path home = Path.of("");

    /// @param server what the server does, as a script in which `$n` counts its starts
    private Process supervise(String server) throws IOException {
        Files.createDirectories(home.resolve("bin"));
        Files.createDirectories(home.resolve("target/run"));
        Path script = home.resolve("bin/supervise");
        Files.copy(Path.of("bin/supervise"), script);
        Path java = home.resolve("java");
        Files.writeString(
                java,
                "#!/bin/sh\necho start >>"
                        + starts()
                        + "\nn=$(wc -l <"
                        + starts()
                        + ")\n"
                        + server
                        + "\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwx------"));
        Files.writeString(
                home.resolve("target/run/ready"), "JAVA=" + java + "\nCP=\nAOT=\nSERVER_AOT=\n");
        ProcessBuilder made =
                new ProcessBuilder("sh", script.toString(), "conf", home + "/master.pid", "64m")
                        .inheritIO();
        // What runs here is this test's, whatever those who run the tests have built.
        made.environment().remove("POSTRIDER_RUN");
        made.environment()
                .merge("PATH", home.resolve("words").toString(), (all, own) -> own + ":" + all);
        return made.start();
    }

    private Path starts() {
        return home.resolve("starts");
    }

    private long count() throws IOException {
        return Files.exists(starts()) ? Files.readAllLines(starts()).size() : 0;
    }

    private static void ended(Process p) throws InterruptedException {
        try {
            assertTrue(p.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS), "still there");
        } finally {
            p.destroyForcibly();
        }
    }

    @Test
    void aServerThatCannotStartIsNotStartedAgain() throws Exception {
        Process p = supervise("exit 78");
        ended(p);
        assertEquals(78, p.exitValue());
        assertEquals(1, count());
    }

    /// The queue is read by a command, say, while it is started again.
    @Test
    void aServerThatRanIsStartedUntilItCanBe() throws Exception {
        Process p = supervise("case $n in 1) exit 70;; 2) exit 78;; esac; exit 0");
        ended(p);
        assertEquals(0, p.exitValue());
        assertEquals(3, count());
    }

    @Test
    void aStopBetweenTwoStartsCounts() throws Exception {
        // Its pause is over after a second, which may be gone before anybody sees it.
        Path longer = Files.createDirectories(home.resolve("words")).resolve("sleep");
        Files.writeString(longer, "#!/bin/sh\nPATH=/usr/bin:/bin\nexec sleep 60\n");
        Files.setPosixFilePermissions(longer, PosixFilePermissions.fromString("rwx------"));
        Process p = supervise("exit 70");
        Until.seen("it pauses", () -> pauses(p));
        long before = count();
        p.destroy();
        ended(p);
        assertEquals(before, count());
    }

    private static boolean pauses(Process p) {
        return p.descendants().anyMatch(each -> each.info().command().orElse("").endsWith("sleep"));
    }
}
