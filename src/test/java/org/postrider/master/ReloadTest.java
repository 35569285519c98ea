package org.postrider.master;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.Until;
import org.postrider.threads.Row;

/// What a reload leaves behind.
class ReloadTest {
    @TempDir Path temp;

    private static TreeMap<String, Integer> threads(Trial trial) {
        TreeMap<String, Integer> out = new TreeMap<>();
        for (Row row : trial.running().threads()) {
            String name = row.work().name();
            if (name.startsWith("session-cache") || name.startsWith("listen")) {
                out.merge(name, row.threads(), Integer::sum);
            }
        }
        return out;
    }

    /// The agents of a configuration hold threads and sessions: one that is refused after they were
    /// made gives them back, as the old one does after a reload that is not.
    @Test
    void aRefusedReloadClosesWhatItOpened() throws IOException {
        try (NextHop hop = new NextHop();
                Trial trial = new Trial(temp, hop.port())) {
            trial.write(List.of(), List.of());
            trial.start();
            TreeMap<String, Integer> before = threads(trial);
            assertTrue(before.containsKey("session-cache smtp"), before.toString());
            trial.write(
                    List.of(),
                    List.of("127.0.0.1:0 inet n - n - - smtpd -o cleanup_service_name=none"));
            for (int i = 0; i < 5; i++) {
                StringBuilder out = new StringBuilder();
                assertFalse(trial.running().reload(out::append), out.toString());
            }
            becomes(before, trial);
            // One that is refused amid the making of an agent.
            trial.write(
                    List.of(),
                    List.of(
                            "other unix - - n - - smtp"
                                    + " -o smtp_connection_cache_on_demand=perhaps"));
            for (int i = 0; i < 5; i++) {
                StringBuilder out = new StringBuilder();
                assertFalse(trial.running().reload(out::append), out.toString());
            }
            becomes(before, trial);
            List<String> more = new ArrayList<>(Trial.LINES);
            trial.write(List.of(), more, List.of());
            trial.reload();
            becomes(before, trial);
        }
    }

    /// Queue verbs go on where no cleanup service is called `cleanup`, and requeued mail passes the
    /// one that pickup has.
    @Test
    void requeueFindsACleanupServiceOfAnotherName() throws Exception {
        try (NextHop hop = new NextHop();
                Trial trial = new Trial(temp, hop.port())) {
            List<String> lines = new ArrayList<>(Trial.LINES);
            lines.replaceAll(l -> l.startsWith("cleanup ") ? "tidy unix n - n - 0 cleanup" : l);
            String tidy = "cleanup_service_name = tidy";
            // Nobody is there: what is flushed is still in the queue afterwards.
            trial.write(List.of(tidy, "relayhost = [127.0.0.1]:1"), lines, List.of());
            trial.start();
            for (int i = 0; i < 3; i++) {
                trial.mail("a@a.example", "u" + i + "@b.example");
            }
            String one = trial.deferred(3).getFirst();
            assertEquals("=\t0", last(trial.control("delete", one)));
            assertEquals("=\t0", last(trial.control("hold", "ALL")));
            assertEquals("=\t0", last(trial.control("release", "ALL")));
            assertEquals("=\t0", last(trial.control("flush")));
            String requeued = trial.control("requeue", "ALL");
            assertEquals(
                    2, requeued.lines().filter(l -> l.endsWith(": requeued")).count(), requeued);
            // A flush while they are tried would be none.
            trial.deferred(2);
            trial.write(List.of(tidy), lines, List.of());
            trial.reload();
            trial.control("flush");
            assertNotNull(hop.next(), "one goes out");
            assertNotNull(hop.next(), "both go out");
        }
    }

    /// What it would open nobody closes any more.
    @Test
    void aServerThatEndsIsNotReloaded() throws IOException {
        try (NextHop hop = new NextHop();
                Trial trial = new Trial(temp, hop.port())) {
            trial.write(List.of(), List.of());
            trial.start();
            Server server = trial.running();
            server.close();
            StringBuilder out = new StringBuilder();
            assertFalse(server.reload(out::append), out.toString());
        }
    }

    private static String last(String answer) {
        return answer.lines().reduce((a, b) -> b).orElse("");
    }

    private static void becomes(TreeMap<String, Integer> wanted, Trial trial) {
        Until.seen(() -> wanted + ", but " + threads(trial), () -> threads(trial).equals(wanted));
    }
}
