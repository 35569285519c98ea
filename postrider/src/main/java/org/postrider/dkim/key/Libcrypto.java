package org.postrider.dkim.key;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/// Signatures by the system's libcrypto of OpenSSL 3 (EVP_PKEY(7), EVP_DigestSign(3)). What it
/// keeps outside of the heap are keys, each until [#free]; the context of a signature is freed
/// however it ends. Any thread; a key may sign on many at once.
final class Libcrypto {
    private static final AddressLayout P = ValueLayout.ADDRESS;
    private static final ValueLayout.OfInt I = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong L = ValueLayout.JAVA_LONG;

    private static final @Nullable SymbolLookup LIBRARY = library();
    private static final @Nullable MethodHandle READ = f("d2i_AutoPrivateKey", P, P, P, L);
    private static final @Nullable MethodHandle FREE_KEY = v("EVP_PKEY_free");
    private static final @Nullable MethodHandle CONTEXT = f("EVP_MD_CTX_new", P);
    private static final @Nullable MethodHandle FREE_CONTEXT = v("EVP_MD_CTX_free");
    private static final @Nullable MethodHandle SHA256 = f("EVP_sha256", P);
    private static final @Nullable MethodHandle BEGIN = f("EVP_DigestSignInit", I, P, P, P, P, P);
    private static final @Nullable MethodHandle SIGN = f("EVP_DigestSign", I, P, P, P, P, L);
    private static final @Nullable MethodHandle FORGET = v("ERR_clear_error", new MemoryLayout[0]);

    private Libcrypto() {}

    static boolean installed() {
        return LIBRARY != null
                && READ != null
                && FREE_KEY != null
                && CONTEXT != null
                && FREE_CONTEXT != null
                && SHA256 != null
                && BEGIN != null
                && SIGN != null
                && FORGET != null;
    }

    private static @Nullable SymbolLookup library() {
        try {
            return SymbolLookup.libraryLookup("libcrypto.so.3", Arena.global());
        } catch (IllegalArgumentException | IllegalCallerException _) {
            return null;
        }
    }

    private static @Nullable MethodHandle f(
            String name, MemoryLayout result, MemoryLayout... arguments) {
        return found(name, FunctionDescriptor.of(result, arguments));
    }

    private static @Nullable MethodHandle v(String name) {
        return v(name, P);
    }

    private static @Nullable MethodHandle v(String name, MemoryLayout... arguments) {
        return found(name, FunctionDescriptor.ofVoid(arguments));
    }

    private static @Nullable MethodHandle found(String name, FunctionDescriptor shape) {
        SymbolLookup library = LIBRARY;
        return library == null
                ? null
                : library.find(name)
                        .map(symbol -> Linker.nativeLinker().downcallHandle(symbol, shape))
                        .orElse(null);
    }

    private static MethodHandle handle(@Nullable MethodHandle handle) {
        if (handle == null) {
            throw new IllegalStateException("libcrypto.so.3 is not installed");
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

    /// Reads a key.
    ///
    /// @param der PKCS#8
    /// @return its address, for [#free]; 0 if the library does not take it
    static long read(byte[] der) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment octets = arena.allocateFrom(ValueLayout.JAVA_BYTE, der);
            MemorySegment place = arena.allocateFrom(P, octets);
            MemorySegment key =
                    (MemorySegment)
                            handle(READ).invokeExact(MemorySegment.NULL, place, (long) der.length);
            octets.fill((byte) 0);
            if (key.address() == 0) {
                forget();
            }
            return key.address();
        } catch (Throwable e) {
            throw wrapped(e);
        }
    }

    /// What a failure leaves in the thread's queue of errors.
    private static void forget() throws Throwable {
        handle(FORGET).invokeExact();
    }

    static void free(long key) {
        try {
            handle(FREE_KEY).invokeExact(MemorySegment.ofAddress(key));
        } catch (Throwable e) {
            throw wrapped(e);
        }
    }

    /// A signature: PKCS#1 1.5 over the SHA-256 of the octets, or Ed25519 over the octets.
    ///
    /// @param key an address of [#read]
    /// @param length octets of the signature at most
    /// @param hashed the octets are hashed first
    /// @return null if the library does not make one
    static byte @Nullable [] sign(long key, int length, boolean hashed, byte[] data) {
        MemorySegment context = MemorySegment.NULL;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment octets = arena.allocateFrom(ValueLayout.JAVA_BYTE, data);
            MemorySegment out = arena.allocate(length);
            MemorySegment outLength = arena.allocateFrom(L, (long) length);
            context = (MemorySegment) handle(CONTEXT).invokeExact();
            boolean signed =
                    context.address() != 0
                            && begun(context, key, hashed)
                            && (int)
                                            handle(SIGN)
                                                    .invokeExact(
                                                            context,
                                                            out,
                                                            outLength,
                                                            octets,
                                                            (long) data.length)
                                    == 1;
            if (!signed) {
                forget();
                return null;
            }
            return out.asSlice(0, outLength.get(L, 0)).toArray(ValueLayout.JAVA_BYTE);
        } catch (Throwable e) {
            throw wrapped(e);
        } finally {
            free(context);
        }
    }

    private static boolean begun(MemorySegment context, long key, boolean hashed) throws Throwable {
        MemorySegment digest =
                hashed ? (MemorySegment) handle(SHA256).invokeExact() : MemorySegment.NULL;
        return (int)
                        handle(BEGIN)
                                .invokeExact(
                                        context,
                                        MemorySegment.NULL,
                                        digest,
                                        MemorySegment.NULL,
                                        MemorySegment.ofAddress(key))
                == 1;
    }

    private static void free(MemorySegment context) {
        if (context.address() != 0) {
            try {
                handle(FREE_CONTEXT).invokeExact(context);
            } catch (Throwable e) {
                throw wrapped(e);
            }
        }
    }
}
