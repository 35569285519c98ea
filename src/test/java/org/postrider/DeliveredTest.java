package org.postrider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// Mail that commands and mailboxes get, and what real Postfix did with the same
/// (src/test/delivered): log lines, and files with their owner, mode and octets.
class DeliveredTest {
    @Test
    void filesAndLogLinesAreThoseOfPostfix() throws Exception {
        Needs.program("python3");
        Process p =
                new ProcessBuilder("src/test/delivered/replay", "ours")
                        .redirectErrorStream(true)
                        .start();
        String out = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int status = p.waitFor();
        assumeTrue(!out.contains(": not run: "), out);
        System.out.println(out);
        assertEquals(0, status, out);
    }
}
