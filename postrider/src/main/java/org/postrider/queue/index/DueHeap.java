package org.postrider.queue.index;

import org.jspecify.annotations.Nullable;

/// Messages by the time at which they are due: a binary heap that knows each one's place. Guarded
/// by the spool's lock.
public final class DueHeap {
    private Meta[] heap = new Meta[256];
    private int waiting;

    public void schedule(Meta meta) {
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

    public void unschedule(Meta meta) {
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

    public @Nullable Meta first() {
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

    public static boolean before(Meta a, Meta b) {
        return a.dueMillis != b.dueMillis ? a.dueMillis < b.dueMillis : a.id < b.id;
    }

    /// Everything that waits is due now, as if asked for.
    public void allDue(long nowMillis) {
        for (int i = 0; i < waiting; i++) {
            heap[i].dueMillis = Math.min(heap[i].dueMillis, nowMillis);
            heap[i].set(Meta.ASKED, true);
        }
        for (int i = waiting / 2; i >= 0 && waiting > 0; i--) {
            down(i);
        }
    }
}
