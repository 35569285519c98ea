package org.postrider.rewrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.Needs;
import org.postrider.Ports;
import org.postrider.address.Address;
import org.postrider.config.ConfigException;
import org.postrider.config.ServiceSettings;

/// Rewritten senders, beside the postsrsd of the distribution.
class SrsTest {
    private static final long DAY = 86_400_000L;
    private static final String OURS = "ours.example";

    @TempDir Path directory;
    private long now = System.currentTimeMillis();

    private Srs with(int length, String... secrets) {
        return new Srs(
                OURS,
                length,
                21,
                List.of(secrets).stream()
                        .map(s -> s.getBytes(StandardCharsets.ISO_8859_1))
                        .toList(),
                () -> now);
    }

    private static String forward(Srs srs, String sender) {
        return srs.forward(new Address(sender)).text();
    }

    private static @Nullable String reverse(Srs srs, String recipient) {
        Address back = srs.reverse(new Address(recipient));
        return back == null ? null : back.text();
    }

    /// Over one hop, two and three.
    @Test
    void whatIsRewrittenComesBack() {
        Srs srs = with(4, "secret");
        for (String sender :
                List.of(
                        "user@a.example",
                        "User=x+y@A.example",
                        "a b\"c@a.example",
                        "SRS0=abcd=TT=b.example=x@a.example",
                        "srs0+abcd=TT=b.example=x=y@a.example")) {
            String out = forward(srs, sender);
            assertTrue(out.endsWith("@" + OURS), out);
            String back = String.valueOf(reverse(srs, out));
            assertTrue(back.equalsIgnoreCase(sender), out + " " + back);
            assertTrue(back.equalsIgnoreCase(reverse(srs, out.toLowerCase(Locale.ROOT))), out);
        }
        String third = forward(srs, "SRS1=abcd=first.example==hash=TT=b.example=x@second.example");
        assertEquals("SRS0=hash=TT=b.example=x@first.example", reverse(srs, third));
        assertEquals("x@" + OURS, forward(srs, "x@" + OURS));
        assertEquals("x", forward(srs, "x"));
    }

    @Test
    void whatWeDidNotMakeIsNotTakenBack() {
        Srs srs = with(4, "secret");
        String good = forward(srs, "user@a.example");
        for (String bad :
                List.of(
                        forward(with(4, "other"), "user@a.example"),
                        forward(with(5, "secret"), "user@a.example"),
                        good.replace("=user@", "=user2@"),
                        good.replace("=a.example=", "=b.example="),
                        good.replace(OURS, "else.example"),
                        "SRS0=@" + OURS,
                        "SRS0====@" + OURS,
                        "SRS0=x@" + OURS,
                        "SRS1==a=@" + OURS,
                        "SRS1=aaaa=b.example=x@" + OURS,
                        "user@" + OURS)) {
            assertNull(reverse(srs, bad), bad);
        }
    }

    @Test
    void anotherSecretIsTakenAndTheFirstOneSigns() {
        String old = forward(with(4, "old"), "user@a.example");
        Srs both = with(4, "new", "old");
        assertEquals("user@a.example", reverse(both, old));
        assertEquals(forward(with(4, "new"), "user@a.example"), forward(both, "user@a.example"));
    }

    /// The count of days begins anew every 1024.
    @Test
    void whatIsTooOldIsNotTakenBack() {
        Srs srs = with(4, "secret");
        for (long begun : new long[] {now / DAY, 1024 * 20 - 3, 1024 * 20, 1024 * 21 - 1}) {
            now = begun * DAY;
            String out = forward(srs, "user@a.example");
            now += 21 * DAY;
            assertEquals("user@a.example", reverse(srs, out));
            now += DAY;
            assertNull(reverse(srs, out));
            now = (begun - 1) * DAY;
            assertNull(reverse(srs, out), "of tomorrow");
        }
    }

    @Test
    void withoutASecretNothingStarts() throws IOException {
        Path file = directory.resolve("secret");
        ServiceSettings settings =
                ServiceSettings.none()
                        .with(
                                Map.of(
                                        "postrider_srs_domain",
                                        OURS,
                                        "postrider_srs_secret_file",
                                        file.toString()));
        assertThrows(ConfigException.class, () -> Srs.of(settings));
        Files.writeString(file, "\n \n");
        assertThrows(ConfigException.class, () -> Srs.of(settings));
        Files.writeString(file, "one\n");
        assertTrue(Srs.of(settings) != null);
        assertNull(Srs.of(ServiceSettings.none()));
    }

    /// Each reads what the other wrote, and writes the same.
    @Test
    void postsrsdSaysTheSame() throws IOException, InterruptedException {
        Path program = Needs.program("postsrsd");
        Path secrets = Files.writeString(directory.resolve("secret"), "new\nold\n");
        int to = Ports.free();
        int from = Ports.free();
        Process daemon =
                new ProcessBuilder(
                                program.toString(),
                                "-4",
                                "-s" + secrets,
                                "-d" + OURS,
                                "-f" + to,
                                "-r" + from,
                                "-n8",
                                "-N8")
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("out").toFile())
                        .start();
        try {
            Srs srs = with(8, "new", "old");
            for (String sender :
                    List.of(
                            "user@a.example",
                            "User=x+y@A.example",
                            "SRS0=abcd=TT=b.example=x@a.example",
                            "SRS1=abcd=first.example==hash=TT=b.example=x@second.example",
                            "x@" + OURS)) {
                String out = forward(srs, sender);
                assertEquals("200 " + out, asked(daemon, to, sender));
                String back = reverse(srs, out);
                assertEquals(
                        back == null ? "500 Not an SRS address." : "200 " + back,
                        asked(daemon, from, out));
            }
            String old = forward(with(8, "old"), "user@a.example");
            assertEquals("200 user@a.example", asked(daemon, from, old));
            now -= 30 * DAY;
            String stale = forward(srs, "user@a.example");
            now += 30 * DAY;
            assertNull(reverse(srs, stale));
            assertTrue(asked(daemon, from, stale).startsWith("500 "));
        } finally {
            daemon.destroy();
            daemon.waitFor();
        }
    }

    /// By the tcp_table(5) protocol; it is asked until it listens, or is gone.
    private static String asked(Process daemon, int port, String key)
            throws IOException, InterruptedException {
        while (true) {
            try (Socket s = new Socket(InetAddress.ofLiteral("127.0.0.1"), port);
                    Writer out =
                            new OutputStreamWriter(
                                    s.getOutputStream(), StandardCharsets.ISO_8859_1);
                    BufferedReader in =
                            new BufferedReader(
                                    new InputStreamReader(
                                            s.getInputStream(), StandardCharsets.ISO_8859_1))) {
                out.write("get " + key + "\n");
                out.flush();
                return String.valueOf(in.readLine());
            } catch (java.net.ConnectException e) {
                assertTrue(daemon.isAlive(), "postsrsd ended");
                daemon.waitFor(50, TimeUnit.MILLISECONDS);
            }
        }
    }
}
