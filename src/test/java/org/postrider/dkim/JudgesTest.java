package org.postrider.dkim;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.postrider.Played;
import org.postrider.Script;

/// A share of the mails that dkimpy, opendkim and rspamd judge (src/test/dkim/judges; all of them:
/// docs/evidence/dkim-judges.txt).
class JudgesTest {
    @RegisterExtension final Played played = new Played();

    @Test
    @Script(
            value = {"src/test/dkim/judges", "--messages", "24"},
            needs = {"python3", "unshare", "openssl"},
            root = true,
            seconds = 25)
    void otherProgramsVerifyOursAndWeTheirs() {
        String said = played.good();
        assertTrue(played.last().endsWith("24 mails, all pass"), said);
    }
}
