package org.postrider.queue;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;

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
