package org.postrider.command;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.Until;
import org.postrider.disk.PipeEnd;

/// `bin/supervise` with a helper of the test's own: it comes when it is called, and whichever
/// process gets a signal in whichever state, the helper comes again or all of it ends.
class SupervisedHelperTest {
    private static final String LEAVES = "exit 79";
    private static final String RUNS = "exec sleep 1000";

    @TempDir Path home = Path.of("");
    private final List<ProcessHandle> all = new ArrayList<>();
    private @Nullable Process started;

    @BeforeEach
    void root() {
        assumeTrue("root".equals(System.getProperty("user.name")), "not root");
    }

    @AfterEach
    void nothingIsLeft() {
        if (started != null) {
            remember();
            all.forEach(ProcessHandle::destroyForcibly);
        }
    }

    private void program(String name, String script) throws IOException {
        Path file = Files.createDirectories(home.resolve("programs")).resolve(name);
        Files.writeString(file, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    /// @param helper what the helper does, as a script in which `$n` counts its starts
    /// @param server what the server does, `$n` likewise
    private void supervise(String helper, String server) throws IOException {
        String begin = "echo start >>%1$s/%2$s; n=$(wc -l <%1$s/%2$s)\n";
        program(
                "java",
                "case \"$*\" in *rights.root.Helper*)\n"
                        + begin.formatted(home, "helpers")
                        + helper
                        + "\nesac\n"
                        + begin.formatted(home, "servers")
                        + server);
        Files.createDirectories(home.resolve("bin"));
        Files.createDirectories(home.resolve("target/run"));
        Path script = home.resolve("bin/supervise");
        Files.copy(Path.of("bin/supervise"), script);
        Files.writeString(
                home.resolve("target/run/ready"),
                "JAVA="
                        + home
                        + "/programs/java\nCP=classes\nHELPER_CP=classes\nAOT=\nSERVER_AOT=\n");
        ProcessBuilder made =
                new ProcessBuilder("sh", script.toString(), "conf", home + "/master.pid", "64m")
                        .inheritIO();
        made.environment().remove("POSTRIDER_RUN");
        made.environment().merge("PATH", home + "/programs:", (path, own) -> own + path);
        started = made.start();
    }

    private Process master() {
        return requireNonNull(started);
    }

    private long starts(String what) throws IOException {
        Path file = home.resolve(what);
        return Files.exists(file) ? Files.readAllLines(file).size() : 0;
    }

    private void helpers(long number) throws IOException {
        Until.seen("helper " + number + " is started", () -> starts("helpers") >= number);
    }

    private void there(String file) {
        Until.seen(file + " is there", () -> Files.exists(home.resolve(file)));
    }

    private void write(String file) throws IOException {
        Files.writeString(home.resolve(file), "");
    }

    /// What waits for a call, while no helper is there.
    private Optional<ProcessHandle> waiting() {
        return master().descendants()
                .filter(each -> each.info().commandLine().orElse("").endsWith("bs=1 count=1"))
                .findFirst();
    }

    private ProcessHandle waits() {
        Until.seen("a call is waited for", () -> waiting().isPresent());
        return waiting().orElseThrow();
    }

    private void remember() {
        all.add(master().toHandle());
        all.addAll(master().descendants().toList());
    }

    private void call() throws IOException {
        try (PipeEnd pipe = PipeEnd.open(Path.of("/proc/" + master().pid() + "/fd/3"))) {
            pipe.line();
        }
    }

    /// Not only waiting for a parent that asks for its status.
    private static boolean alive(ProcessHandle process) {
        try {
            String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
            return process.isAlive() && !stat.substring(stat.lastIndexOf(')')).startsWith(") Z");
        } catch (IOException e) {
            return false;
        }
    }

    private void allEnd() {
        Until.seen(
                () -> "the end of " + all.stream().filter(each -> alive(each)).toList(),
                () -> all.stream().noneMatch(each -> alive(each)));
    }

    private void stops() throws InterruptedException {
        remember();
        master().destroy();
        assertTrue(master().waitFor(Until.PATIENCE.toSeconds(), TimeUnit.SECONDS), "still there");
        allEnd();
    }

    @Test
    void oneThatLeftComesAtEachCallAndHasNoPipe() throws Exception {
        supervise("ls -l /proc/$$/fd >>" + home + "/open\n" + LEAVES, RUNS);
        for (int i = 1; i < 4; i++) {
            waits();
            assertEquals(i, starts("helpers"));
            call();
            helpers(i + 1);
        }
        waits();
        assertEquals(
                List.of(),
                Files.readAllLines(home.resolve("open")).stream()
                        .filter(line -> line.contains("/call"))
                        .toList());
        stops();
    }

    /// Calls that came while it began are not for the next one.
    @Test
    void whatWasCalledWhileItBeganIsAnswered() throws Exception {
        supervise(
                "[ $n = 1 ] && while ! [ -e " + home + "/go ]; do sleep 0.01; done\n" + LEAVES,
                RUNS);
        helpers(1);
        call();
        call();
        write("go");
        waits();
        call();
        helpers(2);
        waits();
        assertEquals(2, starts("helpers"));
        stops();
    }

    @Test
    void whoeverKillsWhatWaitsForACallHasItComeAgain() throws Exception {
        supervise(LEAVES, RUNS);
        waits().destroyForcibly();
        helpers(2);
        waits().destroy();
        helpers(3);
        waits();
        stops();
    }

    @Test
    void aStopEndsOneThatRuns() throws Exception {
        supervise("[ $n = 1 ] && exit 78\n" + RUNS, RUNS);
        helpers(2);
        stops();
    }

    @Test
    void aStopEndsTheRestOfOneThatCannotBegin() throws Exception {
        supervise("exit 78", RUNS);
        Until.seen(
                "it rests",
                () ->
                        master().descendants()
                                .anyMatch(each ->
                                        each.info()
                                                .commandLine()
                                                .orElse("")
                                                .matches(".*sleep [1-9][0-9]?")));
        stops();
    }

    /// When the master is killed there is nobody to tell what waits: it sees the end of the pipe.
    @Test
    void whenTheMasterIsKilledNothingIsLeft() throws Exception {
        supervise(LEAVES, "echo $$ >" + home + "/server; " + RUNS);
        waits();
        there("server");
        remember();
        master().destroyForcibly();
        ProcessHandle.of(Long.parseLong(Files.readString(home.resolve("server")).strip()))
                .ifPresent(ProcessHandle::destroyForcibly);
        allEnd();
    }

    /// The signal comes while the loop is between two processes that it waits for.
    @Test
    void aSignalBeforeItWaitsForACallEndsTheLoop() throws Exception {
        program(
                "dd",
                "case \"$*\" in *nonblock) >"
                        + home
                        + "/between; while ! [ -e "
                        + home
                        + "/go ]; do sleep 0.01; done;; esac\nexec /usr/bin/dd \"$@\"");
        supervise(LEAVES, RUNS);
        there("between");
        remember();
        ProcessHandle loop =
                master().descendants()
                        .filter(each -> each.info().commandLine().orElse("").contains("nonblock"))
                        .findFirst()
                        .orElseThrow()
                        .parent()
                        .orElseThrow();
        loop.destroy();
        write("go");
        Until.seen("the loop ends", () -> !alive(loop));
        stops();
    }

    /// The same of the master, which starts its server again.
    @Test
    void aSignalBeforeTheServerIsStartedAgainEndsAll() throws Exception {
        program(
                "date",
                "echo $$ >>"
                        + home
                        + "/dates\nif [ $(wc -l <"
                        + home
                        + "/dates) = 4 ]; then >"
                        + home
                        + "/between; while ! [ -e "
                        + home
                        + "/go ]; do sleep 0.01; done; fi\nexec /usr/bin/date \"$@\"");
        supervise(RUNS, "[ $n = 1 ] && exit 70\n" + RUNS);
        there("between");
        remember();
        master().destroy();
        write("go");
        assertTrue(master().waitFor(Until.PATIENCE.toSeconds(), TimeUnit.SECONDS), "still there");
        allEnd();
    }
}
