package org.postrider.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Many deliveries to one recipient may have begun; commands run as many at a time as the limit
/// says.
class TurnstileTest {
    private static final String MAIL = "Subject: x\n\nhello\n";

    @Test
    void asManyAsMayAreThroughAndTheNextWhenOneIsOver() throws Exception {
        Turnstile two = new Turnstile(2);
        Turnstile.Passage first = two.through("alice");
        Turnstile.Passage second = two.through("alice");
        two.through("bob").close();
        CountDownLatch through = new CountDownLatch(1);
        Thread third =
                Thread.startVirtualThread(() -> {
                    try (Turnstile.Passage _ = two.through("alice")) {
                        through.countDown();
                    }
                });
        assertFalse(through.await(100, TimeUnit.MILLISECONDS));
        first.close();
        assertTrue(through.await(120, TimeUnit.SECONDS));
        third.join();
        second.close();
        assertEquals(0, two.recipients());
        new Turnstile(0).through("alice").close();
    }

    /// What goes to the mailbox does not wait for a command.
    @Test
    void aCommandWaitsAndTheMailboxDoesNot(@TempDir Path directory) throws Exception {
        PostOffice office =
                new PostOffice(
                        directory, "local_destination_concurrency_limit = 1", "home_mailbox =");
        Path forward = directory.resolve("home/alice/.forward");
        try (Turnstile.Passage _ = office.turnstile().through("alice@own.example own.example")) {
            assertTrue(office.mail("alice@own.example", MAIL).getFirst().startsWith("2.0.0 sent"));
            Files.writeString(forward, "\"|cat > " + directory + "/c\"\n");
            Thread mail =
                    Thread.ofPlatform()
                            .start(() -> {
                                try {
                                    office.mail("alice@own.example", MAIL);
                                } catch (Exception e) {
                                    throw new AssertionError(e);
                                }
                            });
            assertFalse(mail.join(java.time.Duration.ofMillis(300)));
            assertFalse(Files.exists(directory.resolve("c")));
            passing = mail;
        }
        assertTrue(passing.join(java.time.Duration.ofSeconds(120)));
        assertTrue(Files.readString(directory.resolve("c")).contains("Subject: x"));
    }

    private Thread passing = Thread.currentThread();
}
