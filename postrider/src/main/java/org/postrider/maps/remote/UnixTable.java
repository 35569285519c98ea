package org.postrider.maps.remote;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;
import org.postrider.maps.Fold;
import org.postrider.maps.Table;
import org.postrider.maps.TableException;
import org.postrider.maps.file.IndexOctets;

/// `unix:passwd.byname` and `unix:group.byname`: the machine's accounts through the C library, so
/// that every name service answers (DATABASE_README). Lines as in passwd(5) and group(5).
public record UnixTable(String name, boolean groups) implements Table {
    private static final int BUFFER = 64 << 10;
    private static final ValueLayout.OfInt I = ValueLayout.JAVA_INT;
    private static final MethodHandle PASSWD = f("getpwnam_r");
    private static final MethodHandle GROUP = f("getgrnam_r");

    private static MethodHandle f(String name) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup()
                        .find(name)
                        .orElseThrow(() -> new IllegalStateException("no " + name)),
                FunctionDescriptor.of(
                        I,
                        ValueLayout.ADDRESS,
                        ValueLayout.ADDRESS,
                        ValueLayout.ADDRESS,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.ADDRESS));
    }

    /// @throws IllegalArgumentException for any other name
    public static UnixTable open(String spec, String name) {
        return switch (name) {
            case "passwd.byname" -> new UnixTable(spec, false);
            case "group.byname" -> new UnixTable(spec, true);
            default -> throw new IllegalArgumentException("unknown table: " + spec);
        };
    }

    @Override
    public @Nullable String lookup(String key) {
        if (key.isEmpty() || key.indexOf('\0') >= 0) {
            return null;
        }
        try (Arena arena = Arena.ofConfined()) {
            byte[] octets = IndexOctets.ended(IndexOctets.of(Fold.lower(key)));
            MemorySegment asked = arena.allocateFrom(ValueLayout.JAVA_BYTE, octets);
            MemorySegment entry = arena.allocate(64, 8);
            MemorySegment result = arena.allocate(ValueLayout.ADDRESS);
            MethodHandle function = groups ? GROUP : PASSWD;
            int status =
                    (int)
                            function.invokeExact(
                                    asked, entry, arena.allocate(BUFFER), (long) BUFFER, result);
            if (result.get(ValueLayout.ADDRESS, 0).address() != 0) {
                return groups ? group(entry) : passwd(entry);
            }
            if (status == 0) {
                return null;
            }
            throw new TableException(name + ": error " + status);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static String passwd(MemorySegment entry) {
        return text(entry, 0)
                + ":"
                + text(entry, 8)
                + ":"
                + (entry.get(I, 16) & 0xffffffffL)
                + ":"
                + (entry.get(I, 20) & 0xffffffffL)
                + ":"
                + text(entry, 24)
                + ":"
                + text(entry, 32)
                + ":"
                + text(entry, 40);
    }

    private static String group(MemorySegment entry) {
        StringBuilder out = new StringBuilder(text(entry, 0));
        out.append(':').append(text(entry, 8)).append(':');
        out.append(entry.get(I, 16) & 0xffffffffL).append(':');
        MemorySegment members = entry.get(ValueLayout.ADDRESS, 24).reinterpret(1 << 20);
        for (int i = 0; members.getAtIndex(ValueLayout.ADDRESS, i).address() != 0; i++) {
            out.append(i == 0 ? "" : ",").append(text(members, 8L * i));
        }
        return out.toString();
    }

    private static String text(MemorySegment at, long offset) {
        return at.get(ValueLayout.ADDRESS, offset)
                .reinterpret(BUFFER)
                .getString(0, java.nio.charset.StandardCharsets.ISO_8859_1);
    }
}
