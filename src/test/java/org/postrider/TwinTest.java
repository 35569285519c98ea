package org.postrider;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Every dialogue of src/test/twin, played on the built server over the socket; what is expected
/// was filled in from real Postfix. `src/test/twin/test-all` plays them on real Postfix as well.
class TwinTest {
    /// May only grow.
    private static final int DIALOGUES = 2441;

    /// The torture table is made from these, too.
    private static final Path RESULTS = Path.of("target/twin");

    private static final Path SCRIPT = Path.of("src/test/twin/test-all");
    private static final Pattern RESULT =
            Pattern.compile(
                    "\"case\": \"([^\"]+)\",\\s+\"ok\": (true|false),\\s+\"message\":"
                            + " \"((?:[^\"\\\\]++|\\\\.)*+)\"");

    @TestFactory
    List<DynamicTest> dialogues() throws Exception {
        Path out = Files.createDirectories(RESULTS.toAbsolutePath());
        String lacks = lacking();
        if (lacks != null) {
            System.out.println("twin: " + DIALOGUES + " dialogues skipped: " + lacks);
            assumeTrue(false, lacks);
        }
        Process run =
                new ProcessBuilder(SCRIPT.toString(), "ours", out.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(out.resolve("out").toFile())
                        .start();
        run.waitFor();
        System.out.print(Files.readString(out.resolve("out")));
        List<DynamicTest> tests = new ArrayList<>();
        for (Path results : results(out)) {
            Matcher m = RESULT.matcher(Files.readString(results));
            while (m.find()) {
                boolean ok = m.group(2).equals("true");
                String message = m.group(3);
                tests.add(dynamicTest(m.group(1), () -> assertTrue(ok, message)));
            }
        }
        assertTrue(tests.size() >= DIALOGUES, "only " + tests.size() + " dialogues");
        return tests;
    }

    /// One file of each run of the script.
    private static List<Path> results(Path out) throws IOException {
        try (Stream<Path> files = Files.list(out)) {
            return files.filter(f -> f.getFileName().toString().matches("ours-\\d+\\.json"))
                    .sorted()
                    .toList();
        }
    }

    /// What the runner needs: it serves names on port 53 and mounts a resolv.conf of its own.
    private static @org.jspecify.annotations.Nullable String lacking() throws IOException {
        if (!"root".equals(System.getProperty("user.name"))) {
            return "not root";
        }
        for (String tool : List.of("python3", "unshare", "openssl", "saslpasswd2")) {
            boolean there = false;
            for (String directory : System.getenv("PATH").split(":")) {
                there |= Files.isExecutable(Path.of(directory, tool));
            }
            if (!there) {
                return "no " + tool;
            }
        }
        try (java.net.DatagramSocket names =
                new java.net.DatagramSocket(new java.net.InetSocketAddress("127.0.0.191", 53))) {
            Process p =
                    new ProcessBuilder("unshare", "-m", "--propagation", "private", "true").start();
            return p.waitFor() == 0 ? null : "no right to make a mount namespace";
        } catch (java.net.SocketException e) {
            return "no right to serve names on 127.0.0.191: " + e.getMessage();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }
}
