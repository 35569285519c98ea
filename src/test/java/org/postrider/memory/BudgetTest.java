package org.postrider.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.postrider.Until;

class BudgetTest {
    private final Budget budget = new Budget("test", 1000, 10, 5000);

    @Test
    void whatIsTakenIsGivenBackOnce() {
        Budget.Share share = budget.share();
        assertTrue(share.take(8));
        assertTrue(share.take(2));
        assertEquals(10, budget.taken());
        share.close();
        share.close();
        assertEquals(0, budget.taken());
        assertFalse(share.take(1), "a closed share takes nothing more");
        assertEquals(0, budget.taken());
    }

    @Test
    void aQuarterIsOnlyForTheSmall() {
        Budget.Share a = budget.share();
        Budget.Share b = budget.share();
        assertTrue(a.take(400));
        assertTrue(b.take(350));
        assertFalse(b.take(1), "beyond three quarters while another large one is there");
        List<Budget.Share> small = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            small.add(budget.share());
            assertTrue(small.getLast().take(10), "small number " + i);
        }
        assertFalse(budget.share().take(1), "nothing is left");
        a.close();
        assertTrue(budget.share().take(10));
    }

    @Test
    void theOnlyLargeOneMayTakeMoreThanThereIs() {
        Budget.Share alone = budget.share();
        assertTrue(alone.take(4000));
        assertFalse(budget.share().take(11), "a second large one waits");
        assertFalse(alone.take(1001), "no owner takes more than the most");
        assertTrue(alone.take(1000));
        for (int i = 0; i < 25; i++) {
            assertTrue(budget.share().take(10), "the small still have their quarter");
        }
        assertFalse(budget.share().take(1), "and no more");
        alone.close();
        assertTrue(budget.share().take(5000));
    }

    @Test
    void whoWaitsGetsWhatIsGivenBack() throws InterruptedException {
        Budget.Share first = budget.share();
        assertTrue(first.take(2000));
        Budget.Share second = budget.share();
        boolean[] got = new boolean[1];
        Thread waiting = Thread.ofVirtual().start(() -> got[0] = second.await(2000, 60_000));
        Until.seen("it waits", () -> waiting.getState() == Thread.State.TIMED_WAITING);
        first.close();
        waiting.join();
        assertTrue(got[0]);
        assertFalse(budget.share().await(5001, 60_000), "more than the most is not waited for");
        assertFalse(budget.share().await(100, 1), "nor for ever");
    }

    /// Random takers and givers: the sum is always that of the shares.
    @Test
    void theSumIsThatOfTheShares() {
        Random random = new Random(4);
        List<Budget.Share> shares = new ArrayList<>();
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            if (shares.isEmpty() || random.nextInt(3) == 0) {
                shares.add(budget.share());
            }
            Budget.Share one = shares.get(random.nextInt(shares.size()));
            switch (random.nextInt(4)) {
                case 0 -> {
                    one.close();
                    shares.remove(one);
                }
                case 1 -> refused += one.take(random.nextInt(1200)) ? 0 : 1;
                default -> refused += one.take(random.nextInt(6)) ? 0 : 1;
            }
            assertEquals(shares.stream().mapToLong(Budget.Share::octets).sum(), budget.taken());
        }
        assertTrue(refused > 1000, "refused only " + refused);
        shares.forEach(Budget.Share::close);
        assertEquals(0, budget.taken());
        assertTrue(budget.share().take(5000), "no large one is left");
    }
}
