package org.postrider.queue;

import java.io.IOException;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.RandomAccess;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.memory.NoMemoryException;

/// One envelope recipient.
///
/// @param address after rewriting and expansion
/// @param original as the client gave it (`orig_to=`), null where it is the same
/// @param dsnNotify RFC 3461 NOTIFY: a sum of the flags here, 0 for not given
/// @param originalDsn RFC 3461 ORCPT (`rfc822;x@y`), null where not given
public record Recipient(
        Address address, @Nullable Address original, int dsnNotify, @Nullable String originalDsn) {
    private static final int PER_RECIPIENT = 128;
    private static final int PER_STRING = 64;

    public static final int NEVER = 1;
    public static final int SUCCESS = 2;
    public static final int FAILURE = 4;
    public static final int DELAY = 8;

    /// It is an alias whose members are recipients of their own: nothing is delivered to it, and
    /// the first pass tells the sender that it was expanded (RFC 3461 5.2.7.1 (a)).
    public static final int EXPANDED = 16;

    /// @see #EXPANDED
    public boolean expanded() {
        return (dsnNotify & EXPANDED) != 0;
    }

    /// About what it takes of memory, in octets.
    public long memory() {
        int strings = address.text().length();
        if (original != null && original != address) {
            strings += original.text().length() + PER_STRING;
        }
        if (originalDsn != null) {
            strings += originalDsn.length() + PER_STRING;
        }
        return strings + PER_RECIPIENT;
    }

    public static Recipient of(Address address) {
        return new Recipient(address, null, 0, null);
    }

    /// Collects the recipients of a message as they come: what it keeps of them in memory is
    /// charged to its owner, the rest lies in a file of the queue that nothing durable refers to.
    /// One thread.
    public interface Writer extends AutoCloseable {
        /// Asks for memory for one more, which may or may not be added then.
        boolean hasRoom(Recipient one);

        /// One more.
        ///
        /// @throws NoMemoryException where it has no room; it is not there then
        /// @throws IOException where it cannot be written; nothing of all is of use then
        void add(Recipient one) throws IOException;

        int size();

        /// Those that were added so far; to be read until this is closed.
        ///
        /// @throws QueueException where one could not be written
        List<Recipient> all();

        /// Gives back the file. The memory is its owner's.
        @Override
        void close();

        /// All are kept in memory.
        ///
        /// @param takes asked for octets of memory before they are used
        static Writer inMemory(LongPredicate takes) {
            return new InMemory(takes);
        }
    }

    private static final class InMemory implements Writer {
        private final LongPredicate takes;
        private final List<Recipient> all = new ArrayList<>();
        private long held;
        private long charged;

        InMemory(LongPredicate takes) {
            this.takes = takes;
        }

        @Override
        public boolean hasRoom(Recipient one) {
            long more = held + one.memory() - charged;
            if (more > 0 && !takes.test(more)) {
                return false;
            }
            charged += Math.max(0, more);
            return true;
        }

        @Override
        public void add(Recipient one) throws NoMemoryException {
            if (!hasRoom(one)) {
                throw new NoMemoryException("more than " + all.size() + " recipients");
            }
            held += one.memory();
            all.add(one);
        }

        @Override
        public int size() {
            return all.size();
        }

        @Override
        public List<Recipient> all() {
            return all;
        }

        @Override
        public void close() {
            // there is no file
        }
    }

    /// The recipients of a message that are not all in memory at a time: some are read as they are
    /// asked for. Immutable; any thread. [List#get] throws a [QueueException] where they cannot be
    /// read.
    public abstract static class Many extends AbstractList<Recipient> implements RandomAccess {
        /// The same, and these are read now: whoever asks for one of them later has it, whatever
        /// becomes of the file meanwhile.
        ///
        /// @param some ascending
        public final Many having(int[] some) {
            Many all = this;
            Recipient[] read = new Recipient[some.length];
            Arrays.setAll(read, i -> all.get(some[i]));
            return new Many() {
                @Override
                public Recipient get(int at) {
                    int i = Arrays.binarySearch(some, at);
                    return i >= 0 ? read[i] : all.get(at);
                }

                @Override
                public int size() {
                    return all.size();
                }
            };
        }

        /// The same with another one in the place of one of them.
        Many with(int index, Recipient other) {
            Many all = this;
            return new Many() {
                @Override
                public Recipient get(int at) {
                    return at == index ? other : all.get(at);
                }

                @Override
                public int size() {
                    return all.size();
                }
            };
        }
    }
}
