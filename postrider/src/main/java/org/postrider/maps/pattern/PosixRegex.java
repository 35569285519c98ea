package org.postrider.maps.pattern;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.postrider.maps.TableException;
import org.postrider.maps.file.IndexOctets;
import org.postrider.threads.Family;
import org.postrider.threads.Supervisor;
import org.postrider.threads.Work;
import org.postrider.time.Clock;

/// Patterns of `regexp:` tables through the C library's regcomp and regexec (regexp_table(5)), in
/// the C locale. A search takes time as the square of the key's length, one with back-references as
/// a power of it: those, and long keys, are searched on a thread of their own with a second to end,
/// some at a time for each pattern. Those that do not end keep their turns until they do; while one
/// is left, others are searched.
final class PosixRegex implements PatternEngine {
    private static final int EXTENDED = 1;
    private static final int ICASE = 2;
    private static final int NEWLINE = 4;
    private static final int REGEX_T = 64;
    private static final int NSUB = 48;
    private static final int LC_ALL_MASK = 0x1fbf;
    private static final long MOST_NANOS = 1_000_000_000L;

    /// Searches of one pattern that may take long, each on a thread.
    private static final int MOST_AT_ONCE = 8;

    /// Up to here a search without back-references takes some hundredths of a second.
    private static final int SHORT_KEY = 2_500;

    private static final ValueLayout.OfInt I = ValueLayout.JAVA_INT;
    private static final MemoryLayout P = ValueLayout.ADDRESS;
    private static final MethodHandle COMPILE = f("regcomp", I, P, P, I);
    private static final MethodHandle MATCH = f("regexec", I, P, P, ValueLayout.JAVA_LONG, P, I);
    private static final MethodHandle MESSAGE =
            f("regerror", ValueLayout.JAVA_LONG, I, P, P, ValueLayout.JAVA_LONG);
    private static final MethodHandle NEW_LOCALE = f("newlocale", P, I, P, P);
    private static final MethodHandle USE_LOCALE = f("uselocale", P, P);
    private static final MethodHandle FREE =
            Linker.nativeLinker().downcallHandle(symbol("regfree"), FunctionDescriptor.ofVoid(P));
    private static final Cleaner CLEANER = Cleaner.create();

    private final Family searches;
    private final Clock clock;

    PosixRegex(Supervisor threads, Clock clock) {
        this.clock = clock;
        searches =
                threads.family(
                        Work.of("regexp", "searches by a pattern that may take long")
                                .onPlatform()
                                .failing("the look-up fails"));
    }

    private static MemorySegment symbol(String name) {
        SymbolLookup c = Linker.nativeLinker().defaultLookup();
        return c.find(name).orElseThrow(() -> new IllegalStateException("no " + name));
    }

    private static MethodHandle f(String name, MemoryLayout result, MemoryLayout... arguments) {
        return Linker.nativeLinker()
                .downcallHandle(symbol(name), FunctionDescriptor.of(result, arguments));
    }

    @Override
    public String type() {
        return "regexp";
    }

    @Override
    public int defaults() {
        return EXTENDED | ICASE;
    }

    @Override
    public int flag(char letter) {
        return switch (letter) {
            case 'i' -> ICASE;
            case 'm' -> NEWLINE;
            case 'x' -> EXTENDED;
            default -> 0;
        };
    }

    @Override
    public Compiled compile(String pattern, int options) {
        return new Pattern(program(pattern, options), referring(pattern), pattern, options);
    }

    private static Program program(String pattern, int options) {
        Arena arena = Arena.ofShared();
        MemorySegment regex = arena.allocate(REGEX_T, 16);
        try (Arena texts = Arena.ofConfined()) {
            MemorySegment text =
                    texts.allocateFrom(
                            ValueLayout.JAVA_BYTE, IndexOctets.ended(IndexOctets.of(pattern)));
            int status = inCLocale(texts, regex, text, options);
            if (status != 0) {
                MemorySegment message = texts.allocate(256);
                long ignored = (long) MESSAGE.invokeExact(status, regex, message, 256L);
                arena.close();
                throw new IllegalArgumentException(
                        ignored < 0 ? "error " + status : message.getString(0));
            }
            Program made = new Program(regex, (int) regex.get(ValueLayout.JAVA_LONG, NSUB));
            CLEANER.register(made, () -> free(regex, arena));
            return made;
        } catch (Throwable e) {
            throw wrapped(e);
        }
    }

    /// What a class such as `[[:alpha:]]` means is fixed when a pattern is compiled.
    private static int inCLocale(Arena arena, MemorySegment regex, MemorySegment text, int options)
            throws Throwable {
        MemorySegment locale =
                (MemorySegment)
                        NEW_LOCALE.invokeExact(
                                LC_ALL_MASK, arena.allocateFrom("C"), MemorySegment.NULL);
        MemorySegment before = (MemorySegment) USE_LOCALE.invokeExact(locale);
        int status = (int) COMPILE.invokeExact(regex, text, options);
        MemorySegment after = (MemorySegment) USE_LOCALE.invokeExact(before);
        return after.address() == 0 ? 1 : status;
    }

    private static void free(MemorySegment regex, Arena arena) {
        try {
            FREE.invokeExact(regex);
            arena.close();
        } catch (Throwable e) {
            throw wrapped(e);
        }
    }

    private static RuntimeException wrapped(Throwable e) {
        return switch (e) {
            case RuntimeException r -> r;
            case Error error -> throw error;
            default -> new IllegalStateException(e);
        };
    }

    /// `\1` … `\9`.
    private static boolean referring(String pattern) {
        for (int i = 0; i + 1 < pattern.length(); i++) {
            if (pattern.charAt(i) == '\\') {
                i++;
                if (pattern.charAt(i) >= '1' && pattern.charAt(i) <= '9') {
                    return true;
                }
            }
        }
        return false;
    }

    /// What regcomp makes. The C library lets one search at a time use it: others wait.
    private record Program(MemorySegment regex, int groups) {
        private int @Nullable [] places(MemorySegment octets, MemorySegment room) {
            try {
                int status = (int) MATCH.invokeExact(regex, octets, (long) groups + 1, room, 0);
                if (status != 0) {
                    return null;
                }
                int[] out = new int[2 * (groups + 1)];
                for (int i = 0; i < out.length; i++) {
                    out[i] = room.getAtIndex(I, i);
                }
                return out;
            } catch (Throwable e) {
                throw wrapped(e);
            } finally {
                Reference.reachabilityFence(this);
            }
        }
    }

    /// Searches that may take long have programs of their own, made when they are first needed, so
    /// that no other search waits for them in the C library.
    private final class Pattern implements Compiled {
        private final Program quick;
        private final boolean refers;
        private final String source;
        private final int options;
        private final Semaphore turns = new Semaphore(MOST_AT_ONCE);
        private final ConcurrentLinkedDeque<Program> spare = new ConcurrentLinkedDeque<>();

        Pattern(Program quick, boolean refers, String source, int options) {
            this.quick = quick;
            this.refers = refers;
            this.source = source;
            this.options = options;
        }

        @Override
        public int groups() {
            return quick.groups();
        }

        @Override
        public boolean find(Subject subject) {
            int[] places =
                    refers || subject.key().length() > SHORT_KEY
                            ? bounded(subject.key())
                            : quick.places(subject.octets(), subject.places());
            if (places == null) {
                return false;
            }
            subject.found(places);
            return true;
        }

        private int @Nullable [] bounded(String key) {
            long until = clock.nanos() + MOST_NANOS;
            CompletableFuture<int @Nullable []> answer = new CompletableFuture<>();
            try {
                if (!turns.tryAcquire(MOST_NANOS, TimeUnit.NANOSECONDS)) {
                    throw new TableException(
                            "regexp: " + MOST_AT_ONCE + " searches take more than a second");
                }
                searches.start(
                        () -> answer.complete(searched(key)),
                        () -> {
                            // Nothing if it has answered.
                            answer.completeExceptionally(new TableException("search failed"));
                            turns.release();
                        });
                return answer.get(until - clock.nanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                throw new TableException("regexp: a pattern took more than a second");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new TableException("regexp: interrupted");
            } catch (ExecutionException e) {
                throw new TableException("regexp: " + e.getCause());
            }
        }

        private int @Nullable [] searched(String key) {
            Program own = spare.pollFirst();
            Program program = own == null ? program(source, options) : own;
            try (Subject subject = new Subject(key, program.groups())) {
                return program.places(subject.octets(), subject.places());
            } finally {
                spare.addFirst(program);
            }
        }
    }
}
