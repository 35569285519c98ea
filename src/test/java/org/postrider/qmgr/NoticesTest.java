package org.postrider.qmgr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.postrider.delivery.Outcome;
import org.postrider.queue.Mark;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Recipient;

/// What the queue manager tells senders: failures, delays, successes, and where that cannot be
/// sent.
class NoticesTest extends Deliveries {
    @Test
    void theNoticeReachesTheSenderWithWhatFailed() {
        House h = house("").agent("smtp", BY_NAME).start();
        h.accept("s@a.example", "hard@b.example");
        h.awaitEmpty();
        assertEquals(1, h.count("to=<s@a.example>, relay=h[1]:25, dsn=2.0.0, status=sent"));
        assertEquals(2, h.count(": removed"));
    }

    @Test
    void aBounceThatFailsIsDropped() {
        House h = house("").agent("smtp", BY_NAME).start();
        h.accept("hard@a.example", "hard@b.example");
        h.awaitEmpty();
        assertEquals(1, h.count("sender non-delivery notification"));
        assertEquals(2, h.count("status=bounced"));
    }

    @Test
    void oldMailGoesBackWithItsLastReason() {
        House h = house("maximal_queue_lifetime = 0\n").agent("smtp", BY_NAME).start();
        QueueId id = h.accept("s@a.example", "soft@b.example");
        h.awaitEmpty();
        assertEquals(
                1,
                h.count(
                        "postfix/qmgr "
                                + id
                                + ": from=<s@a.example>, status=expired, returned to"
                                + " sender"));
        assertEquals(1, h.count(id + ": sender non-delivery notification"));
    }

    /// A notice that nobody takes ends sooner than mail does.
    @Test
    void aNoticeHasALifetimeOfItsOwn() {
        House h =
                house("bounce_queue_lifetime = 0\nmaximal_queue_lifetime = 5d\n")
                        .agent("smtp", BY_NAME)
                        .start();
        QueueId mail = h.accept("s@a.example", "soft@b.example");
        h.await(() -> h.queue.ids("deferred").contains(mail));
        QueueId notice = h.accept("", "soft@b.example");
        h.await(() -> h.count("postfix/qmgr " + notice + ": from=<>, status=expired") == 1);
        h.await(() -> h.count(notice + ": removed") == 1);
        assertEquals(0, h.count(mail + ": from=<s@a.example>, status=expired"));
        assertTrue(h.queue.ids("deferred").contains(mail));
    }

    /// What waits for us is not returned for its age, be it a sender's or a notice that nobody
    /// would miss.
    @Test
    void whatWaitsForSomethingNotBuiltDoesNotExpire() {
        House h = house("maximal_queue_lifetime = 0\n").agent("smtp", BY_NAME).start();
        QueueId mail = h.accept("s@a.example", "held@b.example", "soft@b.example");
        QueueId notice = h.accept("", "held@b.example");
        h.await(() -> h.queue.ids("deferred").contains(mail));
        h.await(() -> h.queue.ids("deferred").contains(notice));
        h.await(() -> h.count(mail + ": sender non-delivery notification") == 1);
        assertEquals(0, h.count(mail + ": removed"));
        assertEquals(0, h.count(notice + ": removed"));
        assertEquals(
                1,
                h.count(
                        "warning: mail older than maximal_queue_lifetime is kept"
                                + " (postrider_held_mail_expires = no): agent x is not built yet"));
    }

    @Test
    void theAdministratorMayLetItExpire() {
        House h = house("maximal_queue_lifetime = 0\npostrider_held_mail_expires = yes\n");
        h.agent("smtp", BY_NAME).start();
        h.accept("s@a.example", "held@b.example");
        h.awaitEmpty();
        assertEquals(1, h.count("status=expired, returned to sender"));
    }

    /// notify_classes without 2bounce: nobody is told, and the delivery's own line says what became
    /// of it, as in Postfix.
    @Test
    void aNoticeThatCannotBeDeliveredIsNamedWhenItGoes() {
        House h = house("").agent("smtp", BY_NAME).start();
        QueueId id = h.accept("", "hard@b.example");
        h.awaitEmpty();
        assertEquals(1, h.count(id + ": to=<hard@b.example>"));
        assertEquals(1, h.count("status=bounced (unknown)"));
        assertEquals(0, h.count("warning: "));
    }

    @Test
    void expiryByTheAdministratorReturnsMailUntried() {
        House h = house("");
        QueueId id = h.accept("s@a.example", "ok@b.example");
        h.queue.post(new Mark.ForcedToExpire(id));
        h.agent("smtp", BY_NAME).start();
        h.awaitEmpty();
        assertEquals(1, h.count("status=force-expired, returned to sender"));
        assertEquals(0, h.count("to=<ok@b.example>"));
        assertEquals(1, h.count("sender non-delivery notification"));
    }

    @Test
    void theDelayWarningIsSentOnce() {
        House h =
                house(
                                "delay_warning_time = 1s\nminimal_backoff_time = 1\n"
                                        + "queue_run_delay = 1\nmaximal_backoff_time = 1\n")
                        .agent("smtp", BY_NAME)
                        .start();
        h.accept("s@a.example", "soft@b.example");
        h.await(() -> h.count("to=<soft@b.example>") >= 5);
        assertEquals(1, h.count("sender delay notification"));
    }

    @Test
    void successIsReportedWhereItWasAskedFor() {
        House h =
                house("")
                        .agent(
                                "smtp",
                                (request, report) -> {
                                    for (int r : request.recipients()) {
                                        report.outcome(
                                                r,
                                                new Outcome.Sent(
                                                        Outcome.Detail.local(OK, "none", "gone"),
                                                        false));
                                    }
                                    return null;
                                })
                        .start();
        h.accept(
                "s@a.example",
                Map.of(),
                new Recipient(House.address("ok@b.example"), null, Recipient.SUCCESS, null));
        h.awaitEmpty();
        assertEquals(1, h.count("sender delivery status notification"));
    }

    /// The notice cannot be made now: why they failed is known at the next attempt, and to
    /// postqueue.
    @Test
    void whyRecipientsFailedIsKeptWhereTheNoticeIsNotSent() {
        House h =
                house("virtual_alias_maps = fail:aliases\nminimal_backoff_time = 1h\n")
                        .agent("smtp", BY_NAME)
                        .start();
        QueueId id = h.accept("s@a.example", "hard@b.example", "soft@b.example");
        h.await(() -> h.queue.ids("deferred").contains(id) && h.manager.activeMessages() == 0);
        assertEquals(1, h.count("notice not sent, the message stays queued"));
        QueuedMessage q = h.queue.find(id);
        assertNotNull(q);
        assertFalse(q.done(0), "settled although nobody was told");
        Mark.Reason failed = q.reason(0);
        assertNotNull(failed, () -> "forgotten: " + h.lines());
        assertEquals("unknown", failed.text());
        Mark.Reason waits = q.reason(1);
        assertNotNull(waits);
        assertEquals("busy", waits.text());
    }

    /// The same where those that failed are told of in parts, while others go on.
    @Test
    void whoFailedIsKeptWhereANoticeOfAPartIsNotSent() {
        House h =
                house(
                                "virtual_alias_maps = fail:aliases\nminimal_backoff_time = 1h\n"
                                        + "postrider_notice_recipient_limit = 1\n")
                        .agent("smtp", BY_NAME)
                        .start();
        QueueId id = h.accept("s@a.example", "hard@b.example", "hard@c.example", "hard@d.example");
        h.await(() -> h.count("status=bounced") == 3 && h.manager.activeMessages() == 0);
        assertTrue(h.count("notice not sent yet") > 0, h.lines().toString());
        QueuedMessage q = h.queue.find(id);
        assertNotNull(q, "gone, and nobody was told");
        for (int i = 0; i < 3; i++) {
            assertFalse(q.done(i), "settled although nobody was told");
            Mark.Reason failed = q.reason(i);
            assertNotNull(failed, () -> "forgotten: " + h.lines());
            assertEquals("unknown", failed.text());
        }
    }
}
