package org.postrider.qmgr;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.delivery.Agent;
import org.postrider.delivery.Outcome;
import org.postrider.dsn.Status;

/// `qmgr_clog_warn_time`: the lines are those of real Postfix 3.7 for the same mail and figures.
class ClogsTest {
    private static final List<String> END =
            List.of(
                    "please avoid flushing the whole queue when you have",
                    "lots of deferred mail, that is bad for performance",
                    "to turn off these warnings specify: qmgr_clog_warn_time = 0");

    @TempDir Path directory;

    /// What is warned of as mails for these come one after another while none of them ends.
    private List<String> warned(String mainCf, String... recipients) {
        CountDownLatch end = new CountDownLatch(1);
        Agent waits =
                (request, report) -> {
                    try {
                        end.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    for (int r : request.recipients()) {
                        report.outcome(
                                r,
                                new Outcome.Sent(
                                        Outcome.Detail.local(new Status(2, 0, 0), "h", "ok"),
                                        true));
                    }
                    return null;
                };
        try (House h = House.open(directory, mainCf).agent("smtp", waits).start()) {
            for (String to : recipients) {
                h.accept("s@a.example", to);
            }
            h.await(() -> h.count("(queue active)") == recipients.length);
            end.countDown();
            h.awaitEmpty();
            return h.lines().stream()
                    .filter(line -> line.contains("warning: "))
                    .map(line -> line.substring(line.indexOf("warning: ") + 9))
                    .toList();
        }
    }

    private static List<String> lines(String... first) {
        List<String> all = new ArrayList<>(List.of(first));
        all.addAll(END);
        return all;
    }

    private static String figures(int active, int concurrency) {
        return "qmgr_message_active_limit = "
                + active
                + "\nsmtp_destination_concurrency_limit = "
                + concurrency
                + "\nsmtp_initial_destination_concurrency = "
                + concurrency
                + "\n";
    }

    @Test
    void aNarrowDestinationIsToldOnce() {
        assertEquals(
                lines(
                        "mail for r.example is using up 3 of 3 active queue entries",
                        "you may need to increase the main.cf smtp_destination_concurrency_limit"
                                + " from 2"),
                warned(figures(10, 2), "1@r.example", "2@r.example", "3@r.example", "4@r.example"));
    }

    @Test
    void aWideOneNeedsMoreMessages() {
        assertEquals(
                lines(
                        "mail for r.example is using up 3 of 3 active queue entries",
                        "you may need to increase the main.cf qmgr_message_active_limit from 10"),
                warned(figures(10, 20), "1@r.example", "2@r.example", "3@r.example"));
    }

    @Test
    void amongOthersItNeedsATransportOfItsOwn() {
        assertEquals(
                lines(
                        "mail for r.example is using up 3 of 4 active queue entries",
                        "this may slow down other mail deliveries",
                        "you may need a separate master.cf transport for r.example"),
                warned(figures(10, 5), "o@o.example", "1@r.example", "2@r.example", "3@r.example"));
    }

    @Test
    void aloneItNeedsShorterTimes() {
        assertEquals(
                lines(
                        "mail for r.example is using up 3 of 3 active queue entries",
                        "you may need to reduce smtp connect and helo timeouts",
                        "so that Postfix quickly skips unavailable hosts",
                        "you may need to increase the main.cf minimal_backoff_time and"
                                + " maximal_backoff_time",
                        "so that Postfix wastes less time on undeliverable mail",
                        "you may need to increase the master.cf smtp process limit"),
                warned(figures(10, 5), "1@r.example", "2@r.example", "3@r.example"));
    }

    @Test
    void nothingIsSaidWhereThatIsTurnedOffOrThereIsRoom() {
        String[] mails = {"1@r.example", "2@r.example", "3@r.example"};
        assertEquals(List.of(), warned(figures(10, 2) + "qmgr_clog_warn_time = 0\n", mails));
        assertEquals(List.of(), warned(figures(10, 2) + "helpful_warnings = no\n", mails));
        assertEquals(List.of(), warned(figures(15, 2), mails));
    }
}
