package org.postrider.local;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.postrider.Played;
import org.postrider.Script;

/// A share of src/test/local on a server of its own, with real users: what lies in their mailboxes,
/// whose it is, and what the log says, as real Postfix left it there.
class LocalCasesTest {
    @RegisterExtension private final Played played = new Played();

    @Test
    @Script(
            value = {"src/test/local/play.py", "ours", "--as", "ltalice", "--every", "8"},
            needs = {"python3", "useradd", "setpriv"},
            root = true,
            seconds = 35)
    void whatIsDeliveredIsWhatPostfixDelivers() {
        String said = played.good();
        assertTrue(said.matches("(?s).*ours: [2-9]\\d cases.*"), said);
    }
}
