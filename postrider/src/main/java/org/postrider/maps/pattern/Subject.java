package org.postrider.maps.pattern;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// A key that patterns are searched in: its octets outside of the heap and the places of the groups
/// last found. One thread; closed when the lookup is over.
final class Subject implements AutoCloseable {
    private final String key;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment octets;
    private final MemorySegment places;
    private int[] groups = new int[0];

    /// @param mostGroups how many groups a pattern of the table has at most
    Subject(String key, int mostGroups) {
        this.key = key;
        int length = key.length();
        octets = arena.allocate(length + 1L);
        for (int i = 0; i < length; i++) {
            octets.set(ValueLayout.JAVA_BYTE, i, (byte) key.charAt(i));
        }
        places = arena.allocate(16L * (mostGroups + 1), 8);
    }

    String key() {
        return key;
    }

    /// The key's octets with an octet 0 after them.
    MemorySegment octets() {
        return octets;
    }

    /// Room for the groups' places.
    MemorySegment places() {
        return places;
    }

    /// @param found start and end of the whole and of each group, -1 for one that took no part
    void found(int[] found) {
        groups = found;
    }

    /// The text of a group; empty for one that took no part.
    String group(int n) {
        return 2 * n + 1 < groups.length && groups[2 * n] >= 0
                ? key.substring(groups[2 * n], groups[2 * n + 1])
                : "";
    }

    @Override
    public void close() {
        arena.close();
    }
}
