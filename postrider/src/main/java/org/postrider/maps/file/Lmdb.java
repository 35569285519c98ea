package org.postrider.maps.file;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.postrider.disk.Reading;

/// Lightning memory-mapped databases through the system's liblmdb, one file without a directory and
/// without liblmdb's own locks, as Postfix has them: the file itself is locked (fcntl), shared by
/// readers and exclusively by a writer. One thread an instance.
public final class Lmdb {
    private static final int NOSUBDIR = 0x4000;
    private static final int RDONLY = 0x20000;
    private static final int NOTLS = 0x200000;
    private static final int NOLOCK = 0x400000;
    private static final int CREATE = 0x40000;
    private static final int NOT_FOUND = -30798;
    private static final int MAP_FULL = -30792;
    private static final int NEXT = 8;
    private static final int LARGEST_KEY = 511;

    // Each of the first two pages describes the file.
    private static final int META = 152;
    private static final int MAGIC = 0xBEEFC0DE;
    private static final int MAGIC_AT = 16;
    private static final int PAGE_SIZE_AT = 40;
    private static final int LAST_PAGE_AT = 136;

    private final Linker linker = Linker.nativeLinker();
    private final SymbolLookup symbols;
    private final Map<String, MethodHandle> handles = new HashMap<>();

    /// @throws IOException if liblmdb is not installed
    public Lmdb() throws IOException {
        try {
            symbols = SymbolLookup.libraryLookup("liblmdb.so.0", Arena.ofAuto());
        } catch (IllegalArgumentException e) {
            throw new IOException("lmdb: liblmdb.so.0 is not installed", e);
        }
    }

    /// A change to a file: all of it or none.
    ///
    /// @param replace begin with an empty table
    /// @param put what to write; null for a value takes the key out
    /// @param end behind each key and value; by type, an octet 0
    public record Change(
            boolean replace, List<Map.Entry<String, @Nullable String>> put, IndexOctets.End end) {}

    /// Each entry in key order, octets 0 at the ends taken off. A copy is read: liblmdb maps its
    /// file into memory, and one that is or gets cut short would end the process (SIGBUS, abort).
    void each(Path path, BiConsumer<byte[], byte[]> visitor) throws IOException {
        Path copy = Files.createTempFile("postrider", ".lmdb");
        try (Arena arena = Arena.ofConfined()) {
            copy(path, copy);
            MemorySegment env = open(arena, copy, RDONLY | NOTLS, 0);
            try {
                walk(arena, env, visitor);
            } finally {
                call("mdb_env_close", env);
            }
        } catch (IOException e) {
            throw new IOException(
                    String.valueOf(e.getMessage()).replace(copy.toString(), path.toString()), e);
        } finally {
            Files.delete(copy);
        }
    }

    /// Under the lock that writers take. What liblmdb would fall over is refused.
    private static void copy(Path path, Path to) throws IOException {
        Reading.look(path, Long.MAX_VALUE);
        try (FileChannel channel = Reading.channel(path);
                FileLock lock = channel.lock(0, Long.MAX_VALUE, true);
                FileChannel out = FileChannel.open(to, StandardOpenOption.WRITE)) {
            if (!lock.isValid()) {
                throw new IOException(path + ": not locked");
            }
            long size = channel.size();
            for (long at = 0; at < size; ) {
                long n = channel.transferTo(at, size - at, out);
                if (n <= 0) {
                    throw new IOException(path + ": damaged: the file was cut short");
                }
                at += n;
            }
            if (size < Math.max(used(channel, 0), used(channel, pageSize(channel)))) {
                throw new IOException(path + ": damaged: the file was cut short");
            }
        }
    }

    private static int pageSize(FileChannel file) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(META).order(ByteOrder.nativeOrder());
        return file.read(head, 0) < META ? 0 : head.getInt(PAGE_SIZE_AT);
    }

    /// How long the file is by one of its descriptions.
    private static long used(FileChannel file, int at) throws IOException {
        ByteBuffer meta = ByteBuffer.allocate(META).order(ByteOrder.nativeOrder());
        if (at < 0 || file.read(meta, at) < META || meta.getInt(MAGIC_AT) != MAGIC) {
            return 0;
        }
        return (meta.getLong(LAST_PAGE_AT) + 1) * meta.getInt(PAGE_SIZE_AT);
    }

    private void walk(Arena arena, MemorySegment env, BiConsumer<byte[], byte[]> visitor)
            throws IOException {
        MemorySegment txn = begin(arena, env, RDONLY);
        try {
            int dbi = database(arena, txn, 0);
            MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
            check(call("mdb_cursor_open", txn, dbi, out));
            MemorySegment cursor = out.get(ValueLayout.ADDRESS, 0);
            MemorySegment key = arena.allocate(16);
            MemorySegment value = arena.allocate(16);
            int status = call("mdb_cursor_get", cursor, key, value, NEXT);
            while (status == 0) {
                visitor.accept(octets(key), octets(value));
                status = call("mdb_cursor_get", cursor, key, value, NEXT);
            }
            call("mdb_cursor_close", cursor);
            if (status != NOT_FOUND) {
                check(status);
            }
        } finally {
            call("mdb_txn_abort", txn);
        }
    }

    /// Writes in one transaction; the file is made if there is none.
    ///
    /// @param mapSize the largest size of a new file; doubled if it does not do
    /// @param mode of a new file
    /// @return how many of the keys to take out were there
    public int change(Path path, long mapSize, Set<PosixFilePermission> mode, Change change)
            throws IOException {
        boolean made = Files.notExists(path);
        try (FileChannel channel =
                        FileChannel.open(
                                path,
                                Set.of(
                                        StandardOpenOption.READ,
                                        StandardOpenOption.WRITE,
                                        StandardOpenOption.CREATE),
                                PosixFilePermissions.asFileAttribute(mode));
                FileLock lock = channel.lock()) {
            if (!lock.isValid()) {
                throw new IOException(path + ": not locked");
            }
            long size = Math.max(mapSize, 2 * Files.size(path));
            for (int tries = 0; tries < 20; tries++, size *= 2) {
                try (Arena arena = Arena.ofConfined()) {
                    MemorySegment env = open(arena, path, made ? 0 : NOTLS, size);
                    int status;
                    try {
                        status = write(arena, env, change);
                    } finally {
                        call("mdb_env_close", env);
                    }
                    if (status != MAP_FULL) {
                        return status;
                    }
                }
            }
            throw new IOException(path + ": does not fit");
        }
    }

    private int write(Arena arena, MemorySegment env, Change change) throws IOException {
        MemorySegment txn = begin(arena, env, 0);
        boolean open = true;
        int found = 0;
        try {
            int dbi = database(arena, txn, CREATE);
            if (change.replace()) {
                check(call("mdb_drop", txn, dbi, 0));
            }
            for (Map.Entry<String, @Nullable String> e : change.put()) {
                boolean zero = change.end() != IndexOctets.End.NONE;
                int status = put(txn, dbi, e, zero);
                if (status == NOT_FOUND && change.end() == IndexOctets.End.OF_TYPE) {
                    status = put(txn, dbi, e, false);
                }
                if (status == MAP_FULL) {
                    return MAP_FULL;
                }
                if (e.getValue() == null) {
                    found += status == 0 ? 1 : 0;
                } else {
                    check(status);
                }
            }
            open = false;
            int status = call("mdb_txn_commit", txn);
            if (status == MAP_FULL) {
                return MAP_FULL;
            }
            check(status);
            return found;
        } finally {
            if (open) {
                call("mdb_txn_abort", txn);
            }
        }
    }

    private int put(
            MemorySegment txn, int dbi, Map.Entry<String, @Nullable String> entry, boolean zero)
            throws IOException {
        String key = entry.getKey();
        String value = entry.getValue();
        try (Arena arena = Arena.ofConfined()) {
            byte[] octets = ended(key, zero);
            if (octets.length > LARGEST_KEY) {
                throw new IOException(
                        "key longer than " + LARGEST_KEY + " octets: \"" + key + "\"");
            }
            MemorySegment k = value(arena, octets);
            return value == null
                    ? call("mdb_del", txn, dbi, k, MemorySegment.NULL)
                    : call("mdb_put", txn, dbi, k, value(arena, ended(value, zero)), 0);
        }
    }

    private static byte[] ended(String text, boolean zero) {
        byte[] octets = IndexOctets.of(text);
        return zero ? IndexOctets.ended(octets) : octets;
    }

    private static MemorySegment value(Arena arena, byte[] octets) {
        MemorySegment out = arena.allocate(16, 8);
        out.set(ValueLayout.JAVA_LONG, 0, octets.length);
        out.set(ValueLayout.ADDRESS, 8, arena.allocateFrom(ValueLayout.JAVA_BYTE, octets));
        return out;
    }

    private static byte[] octets(MemorySegment value) {
        long length = value.get(ValueLayout.JAVA_LONG, 0);
        return IndexOctets.bare(
                value.get(ValueLayout.ADDRESS, 8)
                        .reinterpret(length)
                        .toArray(ValueLayout.JAVA_BYTE));
    }

    private MemorySegment open(Arena arena, Path path, int flags, long mapSize) throws IOException {
        MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
        check(call("mdb_env_create", out));
        MemorySegment env = out.get(ValueLayout.ADDRESS, 0);
        int status = mapSize == 0 ? 0 : call("mdb_env_set_mapsize", env, mapSize);
        if (status == 0) {
            MemorySegment name = arena.allocateFrom(path.toString());
            status = call("mdb_env_open", env, name, flags | NOSUBDIR | NOLOCK, 0644);
        }
        if (status != 0) {
            call("mdb_env_close", env);
            throw new IOException(path + ": " + error(status));
        }
        return env;
    }

    private MemorySegment begin(Arena arena, MemorySegment env, int flags) throws IOException {
        MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
        check(call("mdb_txn_begin", env, MemorySegment.NULL, flags, out));
        return out.get(ValueLayout.ADDRESS, 0);
    }

    private int database(Arena arena, MemorySegment txn, int flags) throws IOException {
        MemorySegment out = arena.allocate(ValueLayout.JAVA_INT);
        check(call("mdb_dbi_open", txn, MemorySegment.NULL, flags, out));
        return out.get(ValueLayout.JAVA_INT, 0);
    }

    private void check(int status) throws IOException {
        if (status != 0) {
            throw new IOException("lmdb: " + error(status));
        }
    }

    private String error(int status) {
        try {
            MemorySegment text =
                    (MemorySegment)
                            handle(
                                            "mdb_strerror",
                                            FunctionDescriptor.of(
                                                    ValueLayout.ADDRESS, ValueLayout.JAVA_INT))
                                    .invokeWithArguments(status);
            return text.reinterpret(1000).getString(0);
        } catch (Throwable e) {
            return "error " + status;
        }
    }

    private MethodHandle handle(String name, FunctionDescriptor shape) throws IOException {
        MemorySegment symbol =
                symbols.find(name)
                        .orElseThrow(() -> new IOException("lmdb: no " + name + " in liblmdb"));
        return linker.downcallHandle(symbol, shape);
    }

    /// Functions that give an int or nothing; arguments are pointers, ints and longs.
    private int call(String name, Object... arguments) throws IOException {
        java.lang.foreign.MemoryLayout[] layouts =
                new java.lang.foreign.MemoryLayout[arguments.length];
        for (int i = 0; i < arguments.length; i++) {
            layouts[i] =
                    switch (arguments[i]) {
                        case Integer n -> ValueLayout.JAVA_INT;
                        case Long n -> ValueLayout.JAVA_LONG;
                        default -> ValueLayout.ADDRESS;
                    };
        }
        boolean nothing =
                name.equals("mdb_env_close")
                        || name.equals("mdb_txn_abort")
                        || name.equals("mdb_cursor_close");
        FunctionDescriptor shape =
                nothing
                        ? FunctionDescriptor.ofVoid(layouts)
                        : FunctionDescriptor.of(ValueLayout.JAVA_INT, layouts);
        try {
            Object status =
                    handles.computeIfAbsent(name, n -> bound(n, shape))
                            .invokeWithArguments(arguments);
            return status instanceof Integer n ? n : 0;
        } catch (IOException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private MethodHandle bound(String name, FunctionDescriptor shape) {
        try {
            return handle(name, shape);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
