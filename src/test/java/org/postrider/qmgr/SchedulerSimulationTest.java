package org.postrider.qmgr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SchedulerSimulationTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34})
    void everyRecipientEndsDeliveredOrReturnedWhateverFails(long withSeed) {
        SimulatedWorld s = new SimulatedWorld(withSeed);
        s.run(2 * 24 * SimulatedWorld.HOUR);
        assertEquals(s.accepted, s.delivered + s.returned, "seed " + withSeed);
        assertEquals(0, s.busy, "seed " + withSeed);
        assertTrue(s.mailOf.isEmpty(), "seed " + withSeed);
        assertTrue(s.delivered > 0, "seed " + withSeed);
    }

    @Test
    void aHealthyDestinationNeverStarvesWhileOthersAreDown() {
        SimulatedWorld s = new SimulatedWorld(77);
        s.run(24 * SimulatedWorld.HOUR);
        assertTrue(
                s.longestHealthyWait < 30 * SimulatedWorld.SECOND,
                "waited " + s.longestHealthyWait / SimulatedWorld.SECOND + " s");
    }
}
