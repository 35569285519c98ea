package org.postrider.local;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.postrider.Played;
import org.postrider.Script;

/// A few rounds of src/test/local/kill.py: server and root's helper are killed while they deliver.
class LocalKillTest {
    @RegisterExtension private final Played played = new Played();

    @Test
    @Script(
            value = {"src/test/local/kill.py", "--rounds", "12", "--seconds", "240"},
            needs = {"python3", "useradd", "setpriv"},
            root = true,
            seconds = 29)
    void nothingIsLostOrLeftInHalfWhenTheServerOrTheHelperIsKilled() {
        String said = played.good();
        assertTrue(said.matches("(?s).*mails answered 250, ([6-9]|1\\d) kills: [1-9].*"), said);
    }
}
