package org.postrider.qmgr;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.delivery.Agent;
import org.postrider.delivery.Outcome;
import org.postrider.dsn.Status;
import org.postrider.queue.Recipient;

/// A queue manager with agents whose outcomes are given, for the tests of a class.
abstract class Deliveries {
    static final Status OK = new Status(2, 0, 0);

    static final Status BUSY = new Status(4, 2, 1);

    static final Status UNKNOWN = new Status(5, 1, 1);

    @TempDir Path directory = Path.of("");

    @Nullable House house;

    House house(String mainCf) {
        House made = House.open(directory, mainCf);
        house = made;
        return made;
    }

    @AfterEach
    void close() {
        House open = house;
        if (open != null) {
            open.close();
        }
    }

    static Outcome sent() {
        return new Outcome.Sent(Outcome.Detail.local(OK, "h[1]:25", "250 ok"), true);
    }

    static Outcome deferred() {
        return new Outcome.Deferred(Outcome.Detail.local(BUSY, "h[1]:25", "busy"));
    }

    static Outcome held() {
        return new Outcome.Deferred(
                Outcome.Detail.local(BUSY, "none", "agent x is not built yet"), true);
    }

    static Outcome bounced() {
        return new Outcome.Bounced(Outcome.Detail.local(UNKNOWN, "h[1]:25", "unknown"));
    }

    /// By the recipient's local part: ok, soft, hard.
    static final Agent BY_NAME =
            (request, report) -> {
                for (int r : request.recipients()) {
                    Recipient to = request.message().envelope().recipients().get(r);
                    report.outcome(
                            r,
                            switch (to.address().local()) {
                                case "soft" -> deferred();
                                case "hard" -> bounced();
                                case "held" -> held();
                                default -> sent();
                            });
                }
                return null;
            };

    /// Next hops without DSN: the notice of success is ours to send.
    static final Agent WITHOUT_DSN =
            (request, report) -> {
                for (int r : request.recipients()) {
                    report.outcome(
                            r,
                            new Outcome.Sent(Outcome.Detail.local(OK, "h[1]:25", "gone"), false));
                }
                return null;
            };

    static void awaited(java.util.concurrent.CountDownLatch until) {
        try {
            until.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
