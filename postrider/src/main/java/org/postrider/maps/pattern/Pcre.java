package org.postrider.maps.pattern;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Cleaner;
import org.jspecify.annotations.Nullable;
import org.postrider.maps.TableException;
import org.postrider.maps.file.IndexOctets;

/// Patterns of `pcre:` tables through the system's libpcre2-8 (pcre_table(5)), compiled to machine
/// code if the library can, with a bound on the steps of a search.
final class Pcre implements PatternEngine {
    /// Steps of one search: about a tenth of a second.
    private static final int MOST_STEPS = 2_000_000;

    private static final int CASELESS = 0x8;
    private static final int DOLLAR_ENDONLY = 0x10;
    private static final int DOTALL = 0x20;
    private static final int EXTENDED = 0x80;
    private static final int MULTILINE = 0x400;
    private static final int UNGREEDY = 0x40000;
    private static final int ANCHORED = 0x80000000;
    private static final int JIT_COMPLETE = 1;
    private static final int INFO_CAPTURECOUNT = 4;
    private static final int NO_MATCH = -1;

    private static final AddressLayout P = ValueLayout.ADDRESS;
    private static final ValueLayout.OfInt I = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong L = ValueLayout.JAVA_LONG;

    private static final @Nullable SymbolLookup LIBRARY = library();
    private static final @Nullable MethodHandle COMPILE = f("compile", P, P, L, I, P, P, P);
    private static final @Nullable MethodHandle JIT = f("jit_compile", I, P, I);
    private static final @Nullable MethodHandle INFO = f("pattern_info", I, P, I, P);
    private static final @Nullable MethodHandle DATA = f("match_data_create", P, I, P);
    private static final @Nullable MethodHandle PLACES = f("get_ovector_pointer", P, P);
    private static final @Nullable MethodHandle MATCH = f("match", I, P, P, L, L, I, P, P);
    private static final @Nullable MethodHandle CONTEXT = f("match_context_create", P, P);
    private static final @Nullable MethodHandle LIMIT = f("set_match_limit", I, P, I);
    private static final @Nullable MethodHandle MESSAGE = f("get_error_message", I, I, P, L);
    private static final @Nullable MethodHandle FREE_DATA = v("match_data_free");
    private static final @Nullable MethodHandle FREE_CODE = v("code_free");
    private static final Cleaner CLEANER = Cleaner.create();

    private final MemorySegment context;

    /// Only if [#installed].
    Pcre() {
        try {
            context = (MemorySegment) handle(CONTEXT).invokeExact(MemorySegment.NULL);
            int ignored = (int) handle(LIMIT).invokeExact(context, MOST_STEPS);
            if (ignored != 0) {
                throw new IllegalStateException("pcre2_set_match_limit: " + ignored);
            }
        } catch (Throwable e) {
            throw wrapped(e);
        }
    }

    static boolean installed() {
        return LIBRARY != null && MATCH != null;
    }

    private static @Nullable SymbolLookup library() {
        try {
            return SymbolLookup.libraryLookup("libpcre2-8.so.0", Arena.global());
        } catch (IllegalArgumentException | IllegalCallerException e) {
            return null;
        }
    }

    private static @Nullable MethodHandle f(
            String name, MemoryLayout result, MemoryLayout... arguments) {
        return found(name, FunctionDescriptor.of(result, arguments));
    }

    private static @Nullable MethodHandle v(String name) {
        return found(name, FunctionDescriptor.ofVoid(P));
    }

    private static @Nullable MethodHandle found(String name, FunctionDescriptor shape) {
        SymbolLookup library = LIBRARY;
        return library == null
                ? null
                : library.find("pcre2_" + name + "_8")
                        .map(symbol -> Linker.nativeLinker().downcallHandle(symbol, shape))
                        .orElse(null);
    }

    private static MethodHandle handle(@Nullable MethodHandle handle) {
        if (handle == null) {
            throw new IllegalStateException("libpcre2-8 is not installed");
        }
        return handle;
    }

    private static RuntimeException wrapped(Throwable e) {
        return switch (e) {
            case RuntimeException r -> r;
            case Error error -> throw error;
            default -> new IllegalStateException(e);
        };
    }

    @Override
    public String type() {
        return "pcre";
    }

    @Override
    public int defaults() {
        return CASELESS | DOTALL;
    }

    @Override
    public int flag(char letter) {
        return switch (letter) {
            case 'i' -> CASELESS;
            case 'm' -> MULTILINE;
            case 's' -> DOTALL;
            case 'x' -> EXTENDED;
            case 'A' -> ANCHORED;
            case 'E' -> DOLLAR_ENDONLY;
            case 'U' -> UNGREEDY;
            case 'X' -> OBSOLETE;
            default -> 0;
        };
    }

    @Override
    public Compiled compile(String pattern, int options) {
        try (Arena arena = Arena.ofConfined()) {
            byte[] octets = IndexOctets.of(pattern);
            MemorySegment text =
                    arena.allocateFrom(ValueLayout.JAVA_BYTE, IndexOctets.ended(octets));
            MemorySegment error = arena.allocate(I);
            MemorySegment offset = arena.allocate(L);
            MemorySegment code =
                    (MemorySegment)
                            handle(COMPILE)
                                    .invokeExact(
                                            text,
                                            (long) octets.length,
                                            options,
                                            error,
                                            offset,
                                            MemorySegment.NULL);
            if (code.address() == 0) {
                throw new IllegalArgumentException(
                        "error in regex at offset "
                                + offset.get(L, 0)
                                + ": "
                                + message(error.get(I, 0)));
            }
            int jit = (int) handle(JIT).invokeExact(code, JIT_COMPLETE);
            MemorySegment count = arena.allocate(I);
            int status = (int) handle(INFO).invokeExact(code, INFO_CAPTURECOUNT, count);
            Pattern made = new Pattern(context, code, status == 0 ? count.get(I, 0) : jit);
            long address = code.address();
            CLEANER.register(made, () -> free(address));
            return made;
        } catch (Throwable e) {
            throw wrapped(e);
        }
    }

    private static void free(long address) {
        try {
            handle(FREE_CODE).invokeExact(MemorySegment.ofAddress(address));
        } catch (Throwable e) {
            throw wrapped(e);
        }
    }

    private static String message(int error) throws Throwable {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocate(256);
            int length = (int) handle(MESSAGE).invokeExact(error, text, 256L);
            return length < 0 ? "error " + error : text.getString(0);
        }
    }

    private record Pattern(MemorySegment context, MemorySegment code, int groups)
            implements Compiled {
        @Override
        public boolean find(Subject subject) {
            MemorySegment data = MemorySegment.NULL;
            try {
                data = (MemorySegment) handle(DATA).invokeExact(groups + 1, MemorySegment.NULL);
                int status =
                        (int)
                                handle(MATCH)
                                        .invokeExact(
                                                code,
                                                subject.octets(),
                                                (long) subject.key().length(),
                                                0L,
                                                0,
                                                data,
                                                context);
                if (status == NO_MATCH) {
                    return false;
                }
                if (status < 0) {
                    throw new TableException("pcre: " + message(status));
                }
                subject.found(places(data, status));
                return true;
            } catch (Throwable e) {
                throw wrapped(e);
            } finally {
                java.lang.ref.Reference.reachabilityFence(this);
                if (data.address() != 0) {
                    freeData(data);
                }
            }
        }

        private static int[] places(MemorySegment data, int count) throws Throwable {
            MemorySegment at =
                    ((MemorySegment) handle(PLACES).invokeExact(data)).reinterpret(16L * count);
            int[] out = new int[2 * count];
            for (int i = 0; i < out.length; i++) {
                out[i] = (int) at.getAtIndex(L, i);
            }
            return out;
        }

        private static void freeData(MemorySegment data) {
            try {
                handle(FREE_DATA).invokeExact(data);
            } catch (Throwable e) {
                throw wrapped(e);
            }
        }
    }
}
