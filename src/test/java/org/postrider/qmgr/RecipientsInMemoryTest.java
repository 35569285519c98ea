package org.postrider.qmgr;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.postrider.qmgr.intake.RecipientLimits;
import org.postrider.qmgr.intake.RecipientsInMemory;

/// Who may have how many recipients in memory: qmgr(8), as docs/decisions/0053 has it.
class RecipientsInMemoryTest {
    private static final RecipientLimits LIMITS = new RecipientLimits(20_000, 10, 10_000);
    private static final RecipientLimits.OfTransport SMTP =
            new RecipientLimits.OfTransport(15_000, 1000, 100, 5_000_000_000L);

    private final RecipientsInMemory memory = new RecipientsInMemory();

    private int more(int has, int left, long seconds, boolean passes) {
        return memory.more(has, left, seconds * 1_000_000_000L, passes, LIMITS, SMTP, "smtp");
    }

    @Test
    void aMessageBeginsWithAllThereIsRoomForAndWithTheLeastWhereThereIsNone() {
        assertEquals(3, memory.begins(3, LIMITS));
        assertEquals(5000, memory.begins(1_000_000, LIMITS));
        memory.begins(5000, LIMITS);
        memory.begins(5000, LIMITS);
        assertEquals(4997, memory.begins(9000, LIMITS));
        assertEquals(10, memory.begins(9000, LIMITS));
        assertEquals(2, memory.begins(2, LIMITS));
    }

    @Test
    void moreAreReadWhenTheRefillLimitIsFreeOrTheDelayIsOver() {
        memory.begins(5000, new RecipientLimits(5000, 10, 10_000));
        memory.large("smtp", 14_950);
        assertEquals(0, more(14_950, 1000, 1, false));
        assertEquals(50, more(14_950, 1000, 5, false));
        memory.large("smtp", -50);
        assertEquals(100, more(14_900, 1000, 1, false));
    }

    @Test
    void whatPassesOthersMayHaveTheExtra() {
        memory.large("smtp", 15_000);
        assertEquals(0, more(200, 5000, 9, false));
        assertEquals(1000, more(200, 5000, 1, true));
    }

    @Test
    void oneThatHasNoneInMemoryIsNeverWithout() {
        memory.begins(20_000, new RecipientLimits(90_000, 10, 10_000));
        memory.large("smtp", 20_000);
        assertEquals(10, more(0, 5000, 0, false));
        assertEquals(3, more(0, 3, 0, false));
    }

    @Test
    void theLastFewNeedNotWaitForTheRefillLimit() {
        assertEquals(7, more(50, 7, 0, false));
    }
}
