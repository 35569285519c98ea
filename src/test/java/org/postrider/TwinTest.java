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
import org.junit.jupiter.api.extension.RegisterExtension;

/// Every dialogue of src/test/twin, played on the built server over the socket; what is expected
/// was filled in from real Postfix. `src/test/twin/test-all` plays them on real Postfix as well.
class TwinTest {
    /// May only grow.
    private static final int DIALOGUES = 4225;

    /// The torture table is made from these, too.
    private static final Path RESULTS = Path.of("target/twin");

    private static final Pattern RESULT =
            Pattern.compile(
                    "\"case\": \"([^\"]+)\",\\s+\"ok\": (true|false),\\s+\"message\":"
                            + " \"((?:[^\"\\\\]++|\\\\.)*+)\"");

    @RegisterExtension private final Played played = new Played();

    @TestFactory
    @Script(
            value = {"src/test/twin/test-all", "ours", "target/twin"},
            needs = {"python3", "unshare", "openssl", "saslpasswd2"},
            root = true,
            seconds = 190)
    List<DynamicTest> dialogues() throws Exception {
        System.out.print(played.said());
        assumeTrue(!played.said().contains(": not run: "), DIALOGUES + " of " + played.said());
        List<DynamicTest> tests = new ArrayList<>();
        for (Path results : results()) {
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
    private static List<Path> results() throws IOException {
        try (Stream<Path> files = Files.list(RESULTS)) {
            return files.filter(f -> f.getFileName().toString().matches("ours-\\d+\\.json"))
                    .sorted()
                    .toList();
        }
    }
}
