package org.postrider.maps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.Needs;
import org.postrider.time.Clock;

/// tcp: and socketmap: tables against a scripted server, and the distribution's postmap against the
/// same one.
class LineTablesTest {
    private static final Path POSTMAP = Path.of("/usr/sbin/postmap");

    /// Keys that Postfix tries ten times, a second apart.
    private static final List<String> SLOW = List.of("bad", "hang", "half", "odd");

    /// Request to what the server answers; `close` hangs up.
    private static final Map<String, String> TCP =
            Map.of(
                    "get found\n", "200 value%20here\n",
                    "get none\n", "500 not there\n",
                    "get trouble\n", "400 try later\n",
                    "get a%20b\n", "200 quoted\n",
                    "get cr\n", "200 with cr\r\n",
                    "get bad\n", "nonsense\n",
                    "get hang\n", "close",
                    "get half\n", "200 hal");

    private static final Map<String, String> SOCKETMAP =
            Map.of(
                    "m found", "OK value here",
                    "m none", "NOTFOUND ",
                    "m temp", "TEMP later",
                    "m time", "TIMEOUT late",
                    "m perm", "PERM never",
                    "m odd", "WHAT is this",
                    "m empty", "OK ",
                    "m a b", "OK blank");

    @TempDir Path temp;
    private ServerSocket server = unbound();

    private static ServerSocket unbound() {
        try {
            return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @BeforeEach
    void begin() throws IOException {
        Files.writeString(temp.resolve("main.cf"), "");
    }

    @AfterEach
    void end() throws IOException {
        server.close();
    }

    private interface Talk {
        void with(InputStream in, OutputStream out) throws IOException;
    }

    private void serve(Talk talk) {
        Thread.ofVirtual()
                .start(() -> {
                    while (!server.isClosed()) {
                        try {
                            Socket socket = server.accept();
                            Thread.ofVirtual()
                                    .start(() -> {
                                        try (socket) {
                                            talk.with(
                                                    socket.getInputStream(),
                                                    socket.getOutputStream());
                                        } catch (IOException e) {
                                            // the client went
                                        }
                                    });
                        } catch (IOException e) {
                            return;
                        }
                    }
                });
    }

    private static void tcp(InputStream in, OutputStream out) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c >= 0; c = in.read()) {
            line.append((char) c);
            if (c == '\n') {
                String answer = TCP.getOrDefault(line.toString(), "500 unknown\n");
                if (answer.equals("close")) {
                    return;
                }
                out.write(answer.getBytes(StandardCharsets.ISO_8859_1));
                out.flush();
                if (!answer.endsWith("\n")) {
                    return;
                }
                line.setLength(0);
            }
        }
    }

    private static void socketmap(InputStream in, OutputStream out) throws IOException {
        while (true) {
            int length = 0;
            for (int c = in.read(); c != ':'; c = in.read()) {
                if (c < 0) {
                    return;
                }
                length = 10 * length + c - '0';
            }
            String request = new String(in.readNBytes(length), StandardCharsets.ISO_8859_1);
            in.read();
            String answer = SOCKETMAP.getOrDefault(request, "NOTFOUND ");
            out.write((answer.length() + ":" + answer + ",").getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
        }
    }

    private static String answer(Table table, String key) {
        try {
            String found = table.lookup(key);
            return found == null ? "(not found)" : found;
        } catch (TableException e) {
            return "(fault)";
        }
    }

    private void asPostfix(String spec, List<String> keys, Map<String, String> wanted)
            throws IOException, InterruptedException {
        Table table = new TableDirectory(Clock.system(), "hash").open(spec);
        Map<String, String> ours = new TreeMap<>();
        for (String key : keys) {
            ours.put(key, answer(table, key));
        }
        assertEquals(new TreeMap<>(wanted), ours);
        Needs.program(POSTMAP.toString());
        Map<String, String> real = new TreeMap<>();
        for (String key : keys) {
            if (SLOW.contains(key)) {
                ours.remove(key);
                continue;
            }
            Process process =
                    new ProcessBuilder(POSTMAP.toString(), "-c", temp.toString(), "-q", key, spec)
                            .redirectError(temp.resolve("err").toFile())
                            .start();
            byte[] out = process.getInputStream().readAllBytes();
            int status = process.waitFor();
            boolean fault = Files.readString(temp.resolve("err")).contains("fatal");
            real.put(
                    key,
                    status == 0
                            ? new String(out, StandardCharsets.ISO_8859_1).stripTrailing()
                            : fault ? "(fault)" : "(not found)");
        }
        assertEquals(real, ours);
    }

    @Test
    void tcpAnswersAsPostfix() throws IOException, InterruptedException {
        serve(LineTablesTest::tcp);
        asPostfix(
                "tcp:127.0.0.1:" + server.getLocalPort(),
                List.of("found", "FOUND", "none", "trouble", "a b", "cr", "bad", "hang", "half"),
                Map.of(
                        "found", "value here",
                        "FOUND", "(not found)",
                        "none", "(not found)",
                        "trouble", "(fault)",
                        "a b", "quoted",
                        "cr", "with cr",
                        "bad", "(fault)",
                        "hang", "(fault)",
                        "half", "(fault)"));
    }

    @Test
    void socketmapAnswersAsPostfix() throws IOException, InterruptedException {
        serve(LineTablesTest::socketmap);
        asPostfix(
                "socketmap:inet:127.0.0.1:" + server.getLocalPort() + ":m",
                List.of("found", "FOUND", "none", "temp", "time", "perm", "odd", "a b"),
                Map.of(
                        "found", "value here",
                        "FOUND", "(not found)",
                        "none", "(not found)",
                        "temp", "(fault)",
                        "time", "(fault)",
                        "perm", "(fault)",
                        "odd", "(fault)",
                        "a b", "blank"));
    }

    /// A server such as postsrsd answers for `@domain`, too, which is no address.
    @Test
    void noneIsAskedForAPartOfAnAddress() {
        for (String spec :
                List.of(
                        "tcp:127.0.0.1:1",
                        "socketmap:inet:127.0.0.1:1:m",
                        "unionmap:{tcp:127.0.0.1:1,static:x}",
                        "pipemap:{tcp:127.0.0.1:1,static:x}")) {
            Table table = new TableDirectory(Clock.system(), "hash").open(spec);
            assertNull(AddressMaps.ask(List.of(table), "@there.example", true), spec);
        }
    }

    @Test
    void aConnectionThatIdledAndWasClosedIsMadeAnew() {
        // Each connection answers once and closes.
        serve((in, out) -> {
            while (in.read() != '\n') {
                // the request
            }
            out.write("200 once\n".getBytes(StandardCharsets.ISO_8859_1));
        });
        Table table =
                new TableDirectory(Clock.system(), "hash")
                        .open("tcp:127.0.0.1:" + server.getLocalPort());
        for (int i = 0; i < 20; i++) {
            assertEquals("once", table.lookup("k"));
        }
    }

    @Test
    void anAnswerWithoutEndIsAFault() {
        serve((in, out) -> {
            byte[] much = "200 xxxxxxxxxxxx".repeat(100).getBytes(StandardCharsets.ISO_8859_1);
            for (int i = 0; i < 1_000; i++) {
                out.write(much);
            }
        });
        Table table =
                new TableDirectory(Clock.system(), "hash")
                        .open("tcp:127.0.0.1:" + server.getLocalPort());
        assertThrows(TableException.class, () -> table.lookup("k"));
    }
}
