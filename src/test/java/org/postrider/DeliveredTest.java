package org.postrider;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Mail that commands and mailboxes get, and what real Postfix did with the same
/// (src/test/delivered): log lines, and files with their owner, mode and octets.
class DeliveredTest {
    @RegisterExtension private final Played played = new Played();

    @Test
    @Script(
            value = {"src/test/delivered/replay", "ours"},
            needs = "python3",
            seconds = 32)
    void filesAndLogLinesAreThoseOfPostfix() {
        System.out.println(played.good());
    }
}
