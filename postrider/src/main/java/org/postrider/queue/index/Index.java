package org.postrider.queue.index;

import org.jspecify.annotations.Nullable;

/// Metas by id (open addressing) and the deferred ones by due time, small and large ones apart.
/// Guarded by the spool's lock.
public final class Index {
    private @Nullable Meta[] table = new Meta[1024];
    private int used;
    private final DueHeap small = new DueHeap();
    private final DueHeap large = new DueHeap();

    public int size() {
        return used;
    }

    public @Nullable Meta find(long id) {
        for (int i = slot(id, table.length); ; i = i + 1 & table.length - 1) {
            Meta m = table[i];
            if (m == null || m.id == id) {
                return m;
            }
        }
    }

    public void add(Meta meta) {
        if (used * 2 >= table.length) {
            grow();
        }
        int i = slot(meta.id, table.length);
        while (table[i] != null) {
            i = i + 1 & table.length - 1;
        }
        table[i] = meta;
        used++;
    }

    private static int slot(long id, int length) {
        long h = id * 0x9E3779B97F4A7C15L;
        return (int) (h >>> 40) & length - 1;
    }

    private void grow() {
        @Nullable Meta[] old = table;
        table = new Meta[old.length * 2];
        used = 0;
        for (Meta m : old) {
            if (m != null) {
                int i = slot(m.id, table.length);
                while (table[i] != null) {
                    i = i + 1 & table.length - 1;
                }
                table[i] = m;
                used++;
            }
        }
    }

    public void remove(Meta meta) {
        unschedule(meta);
        int mask = table.length - 1;
        int i = slot(meta.id, table.length);
        while (table[i] != meta) {
            if (table[i] == null) {
                return;
            }
            i = i + 1 & mask;
        }
        used--;
        // Close the gap, so that no later search ends here too early.
        int hole = i;
        for (int k = i + 1 & mask; table[k] != null; k = k + 1 & mask) {
            Meta m = table[k];
            int home = slot(java.util.Objects.requireNonNull(m).id, table.length);
            if ((k - home & mask) >= (k - hole & mask)) {
                table[hole] = m;
                hole = k;
            }
        }
        table[hole] = null;
    }

    /// All of them in table order; take the array once and skip nulls.
    public @Nullable Meta[] all() {
        return table;
    }

    public void schedule(Meta meta) {
        DueHeap in = meta.heap;
        if (in == null) {
            in = meta.large() ? large : small;
            meta.heap = in;
        }
        in.schedule(meta);
    }

    public void unschedule(Meta meta) {
        DueHeap in = meta.heap;
        if (in != null) {
            in.unschedule(meta);
            meta.heap = null;
        }
    }

    /// What is due first of the small, the large, or both.
    public @Nullable Meta nextDue(boolean ofSmall, boolean ofLarge) {
        Meta a = ofSmall ? small.first() : null;
        Meta b = ofLarge ? large.first() : null;
        return a == null || (b != null && DueHeap.before(b, a)) ? b : a;
    }

    /// Everything that waits is due now.
    public void allDue(long nowMillis) {
        small.allDue(nowMillis);
        large.allDue(nowMillis);
    }
}
