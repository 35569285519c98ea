package org.postrider.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/// Two sessions at a time never share a number, and numbers are used again.
class SlotNumbersTest {
    @Test
    void noTwoHaveTheSameAtATime() {
        SlotNumbers numbers = new SlotNumbers(1);
        long one = numbers.take();
        long two = numbers.take();
        assertNotEquals(one, two);
        assertTrue(one > 4_194_304, "may be a process's");
        numbers.give(one);
        assertEquals(one, numbers.take());
        assertNotEquals(two, numbers.take());
    }
}
