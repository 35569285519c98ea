package org.postrider.queue;

import org.jspecify.annotations.Nullable;

/// Metas by id (open addressing) and the deferred ones by due time (a binary heap). Guarded by the
/// spool's lock.
final class Index {
    private @Nullable Meta[] table = new Meta[1024];
    private int used;
    private Meta[] heap = new Meta[256];
    private int waiting;

    int size() {
        return used;
    }

    @Nullable Meta find(long id) {
        for (int i = slot(id, table.length); ; i = i + 1 & table.length - 1) {
            Meta m = table[i];
            if (m == null || m.id == id) {
                return m;
            }
        }
    }

    void add(Meta meta) {
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

    void remove(Meta meta) {
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
    @Nullable Meta[] all() {
        return table;
    }

    void schedule(Meta meta) {
        if (meta.heapIndex >= 0) {
            int at = meta.heapIndex;
            up(at);
            down(meta.heapIndex);
            return;
        }
        if (waiting == heap.length) {
            heap = java.util.Arrays.copyOf(heap, waiting * 2);
        }
        heap[waiting] = meta;
        meta.heapIndex = waiting;
        up(waiting++);
    }

    void unschedule(Meta meta) {
        int at = meta.heapIndex;
        if (at < 0) {
            return;
        }
        meta.heapIndex = -1;
        Meta last = heap[--waiting];
        if (last != meta) {
            heap[at] = last;
            last.heapIndex = at;
            up(at);
            down(last.heapIndex);
        }
    }

    @Nullable Meta nextDue() {
        return waiting == 0 ? null : heap[0];
    }

    private void up(int from) {
        int i = from;
        Meta m = heap[i];
        while (i > 0) {
            int parent = (i - 1) / 2;
            if (!before(m, heap[parent])) {
                break;
            }
            heap[i] = heap[parent];
            heap[i].heapIndex = i;
            i = parent;
        }
        heap[i] = m;
        m.heapIndex = i;
    }

    private void down(int from) {
        int i = from;
        Meta m = heap[i];
        while (true) {
            int child = 2 * i + 1;
            if (child >= waiting) {
                break;
            }
            if (child + 1 < waiting && before(heap[child + 1], heap[child])) {
                child++;
            }
            if (!before(heap[child], m)) {
                break;
            }
            heap[i] = heap[child];
            heap[i].heapIndex = i;
            i = child;
        }
        heap[i] = m;
        m.heapIndex = i;
    }

    private static boolean before(Meta a, Meta b) {
        return a.dueMillis != b.dueMillis ? a.dueMillis < b.dueMillis : a.id < b.id;
    }

    /// Everything that waits is due now.
    void allDue(long nowMillis) {
        for (int i = 0; i < waiting; i++) {
            heap[i].dueMillis = Math.min(heap[i].dueMillis, nowMillis);
        }
        for (int i = waiting / 2; i >= 0 && waiting > 0; i--) {
            down(i);
        }
    }
}
