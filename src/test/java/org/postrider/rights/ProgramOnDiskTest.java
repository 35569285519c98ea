package org.postrider.rights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.Needs;
import org.postrider.rights.act.Records;
import org.postrider.rights.act.Run;
import org.postrider.rights.system.Actor;
import org.postrider.rights.system.Starter;

/// Commands of a system where no file of memory may be run: vm.memfd_noexec is 2, which a namespace
/// of processes has for itself.
class ProgramOnDiskTest {
    private static final String SETTING = "/proc/sys/vm/memfd_noexec";
    private static final int COMMANDS = 40;

    @TempDir Path directory;

    /// Of another process: many commands at a time, each of whose programs is a file for a moment.
    public static void main(String[] args) throws Exception {
        Command command =
                new Command(
                        new Command.Line.Text("cat; echo ran", ""),
                        Map.of("PATH", "/usr/bin:/bin"),
                        Command.Place.ANY,
                        new Command.Limits(Duration.ofSeconds(20), 100, 0));
        Content content = Content.of("in ".getBytes(StandardCharsets.US_ASCII));
        try (Records records = Records.open(args[0]);
                ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Future<Ended>> all = new ArrayList<>();
            for (int i = 0; i < COMMANDS; i++) {
                all.add(
                        threads.submit(() ->
                                Run.run(
                                        command,
                                        content,
                                        new Starter(Actor.SELF, null, records.directory()))));
            }
            for (Future<Ended> each : all) {
                System.out.print(each.get().output());
            }
        }
    }

    private String ran(Path records, String before) throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process process =
                new ProcessBuilder(
                                "unshare",
                                "--pid",
                                "--fork",
                                "--mount-proc",
                                "sh",
                                "-c",
                                before + "echo 2 >" + SETTING + " && exec \"$@\"",
                                "sh",
                                java,
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                ProgramOnDiskTest.class.getName(),
                                records.toString())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        return said;
    }

    private static void possible() throws IOException {
        Needs.program("unshare");
        assumeTrue(Files.exists(Path.of(SETTING)), "the kernel has no vm.memfd_noexec");
        assumeTrue(
                (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0,
                "only root has a namespace of his own");
    }

    @Test
    void commandsRunFromAFileThatIsGoneAtOnce() throws Exception {
        possible();
        Path records = directory.resolve("records");
        assertEquals("in ran\n".repeat(COMMANDS), ran(records, ""));
        try (var left = Files.list(records)) {
            assertEquals(List.of("under-way"), left.map(p -> p.getFileName().toString()).toList());
        }
    }

    /// Nothing can be run there either, and the reason says where one is to look.
    @Test
    void whereNothingMayBeRunTheReasonSaysSo() throws Exception {
        possible();
        Path records = Files.createDirectory(directory.resolve("none"));
        String said = ran(records, "mount -t tmpfs -o noexec,mode=700 none " + records + " && ");
        assertTrue(
                said.contains(
                        "cannot start what gives up rights: Permission denied (neither memory, see"
                                + " vm.memfd_noexec, nor a file in data_directory may be run)"),
                said);
    }
}
