package org.postrider.rights.system;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.rights.system.Program.Next;

/// The list of system calls that stands between this process and a command.
class ProgramTest {
    private static final int REPORTED = 16;

    @TempDir Path place;

    private byte[] said(Program program, String expected) throws IOException, InterruptedException {
        Path file = place.resolve("program");
        Files.write(file, program.file());
        Path report = place.resolve("report");
        file.toFile().setExecutable(true);
        Process run =
                new ProcessBuilder("sh", "-c", "exec \"$1\" 3>\"$2\"", "sh", "" + file, "" + report)
                        .redirectErrorStream(true)
                        .start();
        String out = new String(run.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        assertEquals(expected, out + run.waitFor());
        return Files.readAllBytes(report);
    }

    private static Program echoes(Program before) {
        return before.become(
                "execvp echo",
                Next.IF_IT_SUCCEEDS,
                "/bin/echo",
                List.of("echo", "a  b"),
                List.of("A=b"));
    }

    @Test
    void itDoesOneAfterAnotherAndBecomesTheLast() throws Exception {
        Program program = new Program();
        program.then("chdir", Posix.Call.CHDIR, program.text("/"));
        program.become(
                "execvp pwd",
                Next.IF_IT_SUCCEEDS,
                "/bin/sh",
                List.of("sh", "-c", "pwd; env"),
                List.of("A=b c"));
        assertArrayEquals(new byte[0], said(program, "/\nA=b c\nPWD=/\n0"));
    }

    @Test
    void aCallThatFailsIsSaidAndNothingComesAfterIt() throws Exception {
        Program program = new Program();
        program.then("umask", Posix.Call.UMASK, 077);
        program.then("chdir", Posix.Call.CHDIR, program.text("/no/such/place"));
        byte[] said = said(echoes(program), "127");
        ByteBuffer numbers = ByteBuffer.wrap(said).order(ByteOrder.LITTLE_ENDIAN);
        assertEquals(REPORTED, said.length);
        assertEquals(-2, numbers.getLong());
        assertEquals("chdir", program.name((int) numbers.getLong()));
    }

    @Test
    void whatIsNoProgramIsFollowedByTheNextAndWhatIsNotThereByNone() throws Exception {
        Path text = Files.writeString(place.resolve("text"), "echo no\n");
        text.toFile().setExecutable(true);
        Program next =
                new Program()
                        .become(
                                "execvp text",
                                Next.UNLESS_A_PROGRAM,
                                "" + text,
                                List.of("text"),
                                List.of());
        assertArrayEquals(new byte[0], said(echoes(next), "a  b\n0"));
        Program none =
                new Program()
                        .become(
                                "execvp none",
                                Next.UNLESS_A_PROGRAM,
                                place + "/none",
                                List.of("x"),
                                List.of());
        assertEquals(REPORTED, said(echoes(none), "127").length);
    }

    /// Below another root it is looked for in each place of PATH.
    @Test
    void itMayBeLong() throws Exception {
        Program many = new Program();
        for (int i = 0; i < 200; i++) {
            many.become("a", Next.IF_IT_FAILS, "/no/" + i, List.of("a"), List.of());
        }
        assertArrayEquals(new byte[0], said(echoes(many), "a  b\n0"));
    }

    /// qemu-aarch64 ran those above with the same results; these are its octets.
    @Test
    void forTheOtherProcessorItIsWhatRanThere() throws NoSuchAlgorithmException {
        Program program = new Program(Program.Processor.AARCH64);
        program.then("chdir", Posix.Call.CHDIR, program.text("/"));
        program.become("a", Next.IF_IT_FAILS, "/no/a", List.of("a"), List.of());
        program.become("b", Next.UNLESS_A_PROGRAM, "/b", List.of("b"), List.of());
        byte[] file = echoes(program).file();
        byte[] sum = MessageDigest.getInstance("SHA-256").digest(file);
        assertEquals("7c31f3d805280a18", HexFormat.of().formatHex(sum, 0, 8));
    }
}
