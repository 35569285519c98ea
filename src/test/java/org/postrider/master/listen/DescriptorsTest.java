package org.postrider.master.listen;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class DescriptorsTest {
    @Test
    void sessionsLeaveHalfToDeliveriesAndFourThousandWhereThereAreMany() {
        assertEquals(10, Descriptors.of(64));
        assertEquals(482, Descriptors.of(1024));
        assertEquals(4066, Descriptors.of(8192));
        assertEquals(15_844, Descriptors.of(20_000));
        assertEquals(Integer.MAX_VALUE, Descriptors.of(1L << 40));
    }
}
