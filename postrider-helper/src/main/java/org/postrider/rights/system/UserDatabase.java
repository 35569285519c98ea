package org.postrider.rights.system;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.rights.Account;
import org.postrider.rights.Accounts;
import org.postrider.rights.Errno;

/// The machine's accounts by getpwnam_r(3), getpwuid_r(3) and getgrnam_r(3).
public final class UserDatabase implements Accounts {
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

    /// A function of up to five numbers or addresses. One kind for all: the JDK makes some fifteen
    /// classes for each, and an argument too many is nothing to a function of C.
    private static final MethodHandle CALL =
            Linker.nativeLinker().downcallHandle(FunctionDescriptor.of(I, J, J, J, J, J));

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
