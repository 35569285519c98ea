package org.postrider.master;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server that root runs in a program of its own on a machine without a mail_owner, as a
/// container with nothing but a JVM is: it relays, and does nothing with the rights of others, nor
/// with root's.
class NoMailOwnerTest {
    @TempDir Path temp;

    @Test
    void mailThatNeedsNobodysRightsPassesAndOtherMailWaits() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "not root");
        Path spool = Files.createDirectories(temp.resolve("mail"));
        try (NextHop hop = new NextHop();
                Trial trial = new Trial(temp, hop.port())) {
            trial.write(
                    List.of(
                            "mail_owner = no-such-owner",
                            "mydestination = here.example",
                            "alias_maps =",
                            "mail_spool_directory = " + spool),
                    List.of("local unix - n n - - local"));
            trial.start();
            String log = String.join("\n", trial.said());
            assertTrue(log.contains(": warning: mail_owner no-such-owner is nobody\n"), log);
            assertTrue(
                    log.contains(
                            ": warning: the mail system runs as root within another program and"
                                    + " acts for no user: no mail is delivered to files and"
                                    + " commands\n"),
                    log);

            String taken = trial.mail("a@b.example", "friend@there.example");
            assertTrue(taken.startsWith("250 2.0.0 Ok: queued as "), taken);
            NextHop.Mail passed = hop.next();
            assertNotNull(passed);
            assertEquals(List.of("RCPT TO:<friend@there.example>"), passed.to());

            trial.mail("a@b.example", "daemon@here.example");
            String outcome =
                    trial.awaited(
                            "what becomes of it", l -> l.contains("to=<daemon@here.example>"));
            assertTrue(outcome.contains("status=deferred"), outcome);
            assertTrue(outcome.contains("has no rights of user daemon"), outcome);
            try (Stream<Path> written = Files.list(spool)) {
                assertEquals(0, written.count());
            }
        }
    }
}
