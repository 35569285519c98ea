package org.postrider.rights;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The machine's accounts, by the C library, so that every name service answers (nsswitch.conf(5)).
/// Blocks; on a thread of the system where the name service may be slow.
public interface Accounts {
    /// Null if there is no such user.
    ///
    /// @throws LookupException if nobody can say
    @Nullable Account named(String name);

    /// Null if nobody has this number.
    ///
    /// @throws LookupException if nobody can say
    @Nullable Account numbered(int uid);

    /// The number of a group, null if there is none of this name.
    ///
    /// @throws LookupException if nobody can say
    @Nullable Integer group(String name);

    /// The numbers of all groups that a user is in, `gid` among them.
    ///
    /// @throws LookupException if nobody can say
    default List<Integer> groups(String name, int gid) {
        return List.of(gid);
    }

    static Accounts system() {
        return new Database();
    }

    /// Others', each remembered for five seconds.
    ///
    /// @param nanos a clock that goes on steadily
    static Accounts recent(Accounts accounts, LongSupplier nanos) {
        return new Recent(accounts, nanos, new ConcurrentHashMap<>());
    }

    /// The database did not answer: not the same as "no such user".
    final class LookupException extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final int errno;

        public LookupException(int errno) {
            super(Errno.text(errno));
            this.errno = errno;
        }

        public int errno() {
            return errno;
        }
    }

    /// Accounts that others know, each remembered for five seconds (Postfix: as long as a process
    /// lasts): a list of 500 users and a mailbox that gets many mails do not have the user database
    /// read from its begin each time. That there is no such user is not remembered, and neither are
    /// groups. Any thread.
    ///
    /// @param found by name and by number
    record Recent(
            Accounts accounts, LongSupplier nanos, ConcurrentHashMap<Object, Recent.Found> found)
            implements Accounts {
        private static final long KEPT_NANOS = 5_000_000_000L;
        private static final int MOST = 2000;

        /// What was found, and when.
        record Found(Account account, long atNanos) {}

        @Override
        public @Nullable Account named(String name) {
            Account known = known(name);
            return known == null ? found(name, accounts.named(name)) : known;
        }

        @Override
        public @Nullable Account numbered(int uid) {
            Account known = known(uid);
            return known == null ? found(uid, accounts.numbered(uid)) : known;
        }

        private @Nullable Account known(Object key) {
            Found there = found.get(key);
            return there != null && nanos.getAsLong() - there.atNanos() < KEPT_NANOS
                    ? there.account()
                    : null;
        }

        private @Nullable Account found(Object key, @Nullable Account account) {
            if (account == null) {
                found.remove(key);
            } else {
                if (found.size() >= MOST) {
                    found.clear();
                }
                found.put(key, new Found(account, nanos.getAsLong()));
            }
            return account;
        }

        @Override
        public @Nullable Integer group(String name) {
            return accounts.group(name);
        }

        @Override
        public List<Integer> groups(String name, int gid) {
            return accounts.groups(name, gid);
        }
    }

    /// By getpwnam_r(3), getpwuid_r(3) and getgrnam_r(3).
    final class Database implements Accounts {
        private static final int BUFFER = 64 << 10;

        /// What these functions answer for nobody, besides 0, says their manual.
        private static final int ESRCH = 3;

        private static final int MOST_GROUPS = 4096;
        private static final ValueLayout.OfInt I = ValueLayout.JAVA_INT;
        private static final ValueLayout.OfLong J = ValueLayout.JAVA_LONG;
        private static final MemorySegment BY_NAME = function("getpwnam_r");
        private static final MemorySegment BY_NUMBER = function("getpwuid_r");
        private static final MemorySegment GROUP = function("getgrnam_r");
        private static final MemorySegment GROUPS = function("getgrouplist");

        /// A function of up to five numbers or addresses. One kind for all: the JDK makes some
        /// fifteen classes for each, and an argument too many is nothing to a function of C.
        private static final MethodHandle CALL =
                Linker.nativeLinker().downcallHandle(FunctionDescriptor.of(I, J, J, J, J, J));

        private Database() {}

        private static MemorySegment function(String name) {
            return Linker.nativeLinker().defaultLookup().findOrThrow(name);
        }

        private static int call(MemorySegment function, long a, long b, long c, long d, long e) {
            try {
                return (int) CALL.invokeExact(function, a, b, c, d, e);
            } catch (RuntimeException | Error bug) {
                throw bug;
            } catch (Throwable bug) {
                throw new IllegalStateException(bug);
            }
        }

        @Override
        public @Nullable Account named(String name) {
            if (name.isEmpty() || name.indexOf('\0') >= 0) {
                return null;
            }
            try (Arena arena = Arena.ofConfined()) {
                Room room = new Room(arena);
                return room.asked(BY_NAME, octets(arena, name)) ? room.account() : null;
            }
        }

        @Override
        public @Nullable Account numbered(int uid) {
            try (Arena arena = Arena.ofConfined()) {
                Room room = new Room(arena);
                return room.asked(BY_NUMBER, uid) ? room.account() : null;
            }
        }

        @Override
        public @Nullable Integer group(String name) {
            if (name.isEmpty() || name.indexOf('\0') >= 0) {
                return null;
            }
            try (Arena arena = Arena.ofConfined()) {
                Room room = new Room(arena);
                return room.asked(GROUP, octets(arena, name)) ? room.entry.get(I, 16) : null;
            }
        }

        @Override
        public List<Integer> groups(String name, int gid) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment out = arena.allocate(I, MOST_GROUPS);
                MemorySegment count = arena.allocateFrom(I, MOST_GROUPS);
                long user = octets(arena, name);
                int got = call(GROUPS, user, gid, out.address(), count.address(), 0);
                List<Integer> groups = new ArrayList<>();
                for (int i = 0; i < Math.min(count.get(I, 0), MOST_GROUPS) && got >= 0; i++) {
                    groups.add(out.getAtIndex(I, i));
                }
                return groups;
            }
        }

        private static long octets(Arena arena, String text) {
            return arena.allocateFrom(text, StandardCharsets.ISO_8859_1).address();
        }

        /// What a call writes into: `struct passwd` and `struct group` of 64-bit Linux.
        private static final class Room {
            final MemorySegment entry;
            final MemorySegment buffer;
            final MemorySegment result;

            Room(Arena arena) {
                entry = arena.allocate(64, 8);
                buffer = arena.allocate(BUFFER);
                result = arena.allocate(ValueLayout.ADDRESS);
            }

            /// @param of its name's address, or its number
            boolean asked(MemorySegment function, long of) {
                long to = result.address();
                int error = call(function, of, entry.address(), buffer.address(), BUFFER, to);
                if (result.get(ValueLayout.ADDRESS, 0).address() != 0) {
                    return true;
                }
                if (error == 0 || error == Errno.ENOENT || error == ESRCH) {
                    return false;
                }
                throw new LookupException(error);
            }

            Account account() {
                return new Account(
                        text(0), entry.get(I, 16), entry.get(I, 20), text(24), text(32), text(40));
            }

            private String text(long offset) {
                return entry.get(ValueLayout.ADDRESS, offset)
                        .reinterpret(BUFFER)
                        .getString(0, StandardCharsets.ISO_8859_1);
            }
        }
    }
}
