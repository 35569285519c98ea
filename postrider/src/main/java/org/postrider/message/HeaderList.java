package org.postrider.message;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A message's header as a list of fields that stages change one after the other: checks and
/// rewriting, milters, signing. What nobody changes keeps its exact octets, and a list that nobody
/// changed is the very block that it was made of.
///
/// A stage that goes through all of it does so by a [Pass], one walk over the octets that copies
/// nothing until something changes. Fields are numbered from 0 at the top; a field is found by name
/// from the top (as milters name it) or from the bottom (as DKIM selects, RFC 6376 5.4.2). Only
/// those who ask by number or name pay for an index, of four octets a field; each change by number
/// costs a copy of the block. One thread.
public final class HeaderList {
    private static final int[] NONE = {};

    private byte[] block;

    /// Where fields begin, in order; empty until it is wanted.
    private int[] starts = NONE;

    private int count = -1;

    /// @param block lines end in CRLF; not written to
    public HeaderList(byte[] block) {
        this.block = block;
    }

    /// All of it, as it is now.
    public byte[] octets() {
        return block;
    }

    public int size() {
        if (count < 0) {
            index();
        }
        return count;
    }

    private void index() {
        int[] found = new int[16];
        int n = 0;
        for (int at = 0; at < block.length; at = Headers.headerEnd(block, at)) {
            if (n == found.length) {
                found = Arrays.copyOf(found, 2 * n);
            }
            found[n++] = at;
        }
        starts = found;
        count = n;
    }

    private int start(int index) {
        return index == size() ? block.length : starts[index];
    }

    /// @throws IndexOutOfBoundsException where there is no such field
    public HeaderField field(int index) {
        if (index < 0 || index >= size()) {
            throw new IndexOutOfBoundsException(index + " of " + size());
        }
        return HeaderField.at(block, starts[index]);
    }

    // ---- by name

    /// The number of the n-th field of this name from the top.
    ///
    /// @param lower the name in lower case
    /// @param nth 1 for the first
    /// @return -1 where there are fewer
    public int find(String lower, int nth) {
        int left = nth;
        for (int i = 0; i < size(); i++) {
            if (is(i, lower) && --left == 0) {
                return i;
            }
        }
        return -1;
    }

    /// The number of the n-th field of this name from the bottom.
    ///
    /// @param nth 1 for the last
    /// @return -1 where there are fewer
    public int findLast(String lower, int nth) {
        int left = nth;
        for (int i = size() - 1; i >= 0; i--) {
            if (is(i, lower) && --left == 0) {
                return i;
            }
        }
        return -1;
    }

    private boolean is(int index, String lower) {
        return Headers.named(block, starts[index], start(index + 1), lower);
    }

    // ---- changes by number

    /// Puts fields before the one of this number; after the last where there is none.
    ///
    /// @param octets whole lines, ended by CRLF
    public void insert(int index, byte[] octets) {
        int at = start(Math.min(Math.max(0, index), size()));
        splice(at, at, octets);
    }

    public void prepend(byte[] octets) {
        splice(0, 0, octets);
    }

    public void append(byte[] octets) {
        splice(block.length, block.length, octets);
    }

    /// Puts other octets in the place of a field.
    public void change(int index, byte[] octets) {
        HeaderField old = field(index);
        splice(old.from(), old.end(), octets);
    }

    public void remove(int index) {
        change(index, new byte[0]);
    }

    private void splice(int from, int to, byte[] octets) {
        byte[] made = new byte[block.length - (to - from) + octets.length];
        System.arraycopy(block, 0, made, 0, from);
        System.arraycopy(octets, 0, made, from, octets.length);
        System.arraycopy(block, to, made, from + octets.length, block.length - to);
        now(made);
    }

    private void now(byte[] other) {
        block = other;
        starts = NONE;
        count = -1;
    }

    // ---- one walk

    /// Goes through all fields once, from the top; the list changes when it [Pass#ends].
    public Pass pass() {
        return new Pass();
    }

    /// A walk over the fields. Each one comes out as it is unless it is dropped; what is put comes
    /// out before it, or in its place where it was dropped.
    public final class Pass {
        private final byte[] given = block;
        private byte @Nullable [] out;
        private int length;

        // The field it stands at.
        private int from;
        private int to;
        private boolean dropped;

        private Pass() {}

        /// The next field; null after the last.
        public @Nullable HeaderField next() {
            leave();
            if (to >= given.length) {
                from = given.length;
                return null;
            }
            HeaderField field = HeaderField.at(given, to);
            from = to;
            to = field.end();
            return field;
        }

        /// The field it stands at does not come out.
        public void drop() {
            copy(0);
            dropped = true;
        }

        /// These octets come out here.
        public void put(byte[] octets, int start, int end) {
            byte[] into = copy(end - start);
            System.arraycopy(octets, start, into, length, end - start);
            length += end - start;
        }

        public void put(byte[] octets) {
            put(octets, 0, octets.length);
        }

        /// After the last field: the list is what came out.
        public void ends() {
            leave();
            byte[] made = out;
            if (made != null) {
                now(made.length == length ? made : Arrays.copyOf(made, length));
            }
        }

        private void leave() {
            if (out != null && !dropped && to > from) {
                put(given, from, to);
            }
            dropped = false;
            from = to;
        }

        /// What comes out, from here on a copy, with room for some octets more.
        private byte[] copy(int more) {
            byte[] made = out;
            if (made == null) {
                made = new byte[given.length + Math.max(256, more)];
                System.arraycopy(given, 0, made, 0, from);
                length = from;
            } else if (made.length - length < more) {
                made = Arrays.copyOf(made, Math.max(length + more, 2 * made.length));
            }
            out = made;
            return made;
        }
    }
}
