package org.postrider.rights.system;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// A program that is a list of system calls and nothing else: no loader, no library, no name in the
/// environment that it heeds. Made anew for what it is to do, with all that it needs in it. A call
/// that fails ends it: it says the result and the call's place in the list at descriptor [#REPORT],
/// 8 octets each, and exits with 127.
///
/// ```
/// file = header segments data report (number argument* call jump-if-failed)*
/// ```
///
/// The file is loaded at one place, to be read and run and not to be written.
final class Program {
    /// Where it says what failed; to be closed when the program becomes another.
    static final int REPORT = 3;

    /// Octets of what it says.
    static final int REPORTED = 16;

    private static final long PLACE = 0x400000;
    private static final int HEADER = 64;
    private static final int SEGMENT = 56;
    private static final int HEADERS = HEADER + 2 * SEGMENT;
    private static final int ARGUMENTS = 4;
    private static final int ENOEXEC = 8;
    private static final int FAILED = 127;

    private final ByteArrayOutputStream data = new ByteArrayOutputStream();
    private final List<Step> steps = new ArrayList<>();

    /// When the call behind it comes.
    enum Next {
        IF_IT_SUCCEEDS,
        IF_IT_FAILS,
        /// If it said ENOEXEC.
        UNLESS_A_PROGRAM,
        NEVER
    }

    /// @param name for who reads of its failure
    @SuppressWarnings("ArrayRecordComponent")
    private record Step(String name, Posix.Call call, long[] arguments, Next next) {}

    /// Calls it next.
    ///
    /// @param arguments four at most
    Program then(String name, Posix.Call call, long... arguments) {
        steps.add(new Step(name, call, arguments, Next.IF_IT_SUCCEEDS));
        return this;
    }

    /// Becomes another program, or not.
    Program become(
            String name, Next next, String path, List<String> words, List<String> environment) {
        long[] arguments = {text(path), texts(words), texts(environment)};
        steps.add(new Step(name, Posix.Call.EXECVE, arguments, next));
        return this;
    }

    /// The call at a place of the list.
    String name(int place) {
        return place >= 0 && place < steps.size() ? steps.get(place).name() : "start";
    }

    /// Where the program finds it.
    long text(String text) {
        return put((text + '\0').getBytes(StandardCharsets.ISO_8859_1));
    }

    private long texts(List<String> texts) {
        long[] places = new long[texts.size() + 1];
        for (int i = 0; i < texts.size(); i++) {
            places[i] = text(texts.get(i));
        }
        return numbers(places);
    }

    /// Where the program finds them, 8 octets each.
    long numbers(long... numbers) {
        ByteBuffer octets = small(8 * numbers.length);
        for (long number : numbers) {
            octets.putLong(number);
        }
        return put(written(octets));
    }

    /// Where the program finds them, 4 octets each.
    long small(List<Integer> numbers) {
        ByteBuffer octets = small(4 * numbers.size());
        numbers.forEach(octets::putInt);
        return put(written(octets));
    }

    private static ByteBuffer small(int length) {
        return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] written(ByteBuffer octets) {
        byte[] out = new byte[octets.flip().remaining()];
        octets.get(out);
        return out;
    }

    private long put(byte[] octets) {
        long place = PLACE + HEADERS + data.size();
        data.writeBytes(octets);
        data.writeBytes(new byte[-data.size() & 7]);
        return place;
    }

    /// The file, for this machine's processor.
    byte[] file() {
        return file(Posix.X86 ? new X86(steps.size()) : new Arm(steps.size()));
    }

    byte[] file(Code code) {
        code.report();
        int entry = code.size();
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            code.place(i);
            code.number(step.call());
            for (int a = 0; a < ARGUMENTS; a++) {
                code.argument(a, a < step.arguments().length ? step.arguments()[a] : 0);
            }
            code.call();
            code.jump(step.next());
        }
        int length = HEADERS + data.size() + code.size();
        ByteBuffer out = small(length);
        out.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1}).position(16);
        out.putShort((short) 2).putShort(code.machine()).putInt(1);
        out.putLong(PLACE + HEADERS + data.size() + entry).putLong(HEADER).putLong(0).putInt(0);
        out.putShort((short) HEADER).putShort((short) SEGMENT).putShort((short) 2);
        out.position(HEADER);
        out.putInt(1).putInt(5).putLong(0).putLong(PLACE).putLong(PLACE);
        out.putLong(length).putLong(length).putLong(0x10000);
        // The stack, which is not to be run.
        out.putInt(0x6474e551).putInt(6).position(HEADERS);
        return written(out.put(data.toByteArray()).put(code.octets()));
    }

    /// What a processor understands. Nothing but the result's register changes with a call.
    sealed interface Code {
        short machine();

        int size();

        byte[] octets();

        /// The first of it: says what failed, and exits.
        void report();

        /// Remembers which call is next.
        void place(int place);

        void number(Posix.Call call);

        void argument(int which, long value);

        void call();

        /// Back to the report, unless the next call comes.
        void jump(Next next);
    }

    static final class X86 implements Code {
        /// mov to rdi, rsi, rdx, r10
        private static final int[][] MOVES = {
            {0x48, 0xbf}, {0x48, 0xbe}, {0x48, 0xba}, {0x49, 0xba}
        };

        private final ByteBuffer out;

        /// @param steps at most
        X86(int steps) {
            out = small(64 * (steps + 1));
        }

        @Override
        public short machine() {
            return 62;
        }

        @Override
        public int size() {
            return out.position();
        }

        @Override
        public byte[] octets() {
            return written(out.duplicate());
        }

        private X86 add(int... octets) {
            for (int octet : octets) {
                out.put((byte) octet);
            }
            return this;
        }

        private void with(int instruction, int value) {
            out.put((byte) instruction).putInt(value);
        }

        @Override
        public void report() {
            add(0x55, 0x50); // push rbp; push rax
            argument(0, REPORT);
            add(0x48, 0x89, 0xe6); // mov rsi, rsp
            argument(2, REPORTED);
            number(Posix.Call.WRITE);
            call();
            argument(0, FAILED);
            number(Posix.Call.EXIT_GROUP);
            call();
        }

        @Override
        public void place(int place) {
            with(0xbd, place); // mov ebp
        }

        @Override
        public void number(Posix.Call call) {
            with(0xb8, call.x86); // mov eax
        }

        @Override
        public void argument(int which, long value) {
            add(MOVES[which]).out.putLong(value);
        }

        @Override
        public void call() {
            add(0x0f, 0x05); // syscall
        }

        @Override
        public void jump(Next next) {
            if (next == Next.IF_IT_FAILS) {
                return;
            }
            if (next == Next.UNLESS_A_PROGRAM) {
                add(0x48, 0x83, 0xf8, -ENOEXEC); // cmp rax
                add(0x0f, 0x85); // jne
            } else {
                add(0x48, 0x85, 0xc0); // test rax, rax
                add(0x0f, 0x88); // js
            }
            out.putInt(-(size() + 4));
        }
    }

    static final class Arm implements Code {
        private final ByteBuffer out;

        /// @param steps at most
        Arm(int steps) {
            out = small(128 * (steps + 2));
        }

        @Override
        public short machine() {
            return 183;
        }

        @Override
        public int size() {
            return out.position();
        }

        @Override
        public byte[] octets() {
            return written(out.duplicate());
        }

        /// movz and three movk
        private void move(int register, long value) {
            int[] parts = {0xd2800000, 0xf2a00000, 0xf2c00000, 0xf2e00000};
            for (int i = 0; i < 4; i++) {
                out.putInt(parts[i] | ((int) (value >> (16 * i) & 0xffff) << 5) | register);
            }
        }

        @Override
        public void report() {
            out.putInt(0xa9bf4fe0); // stp x0, x19, [sp, #-16]!
            argument(0, REPORT);
            out.putInt(0x910003e1); // mov x1, sp
            argument(2, REPORTED);
            number(Posix.Call.WRITE);
            call();
            argument(0, FAILED);
            number(Posix.Call.EXIT_GROUP);
            call();
        }

        @Override
        public void place(int place) {
            move(19, place);
        }

        @Override
        public void number(Posix.Call call) {
            move(8, call.other);
        }

        @Override
        public void argument(int which, long value) {
            move(which, value);
        }

        @Override
        public void call() {
            out.putInt(0xd4000001); // svc #0
        }

        @Override
        public void jump(Next next) {
            if (next == Next.IF_IT_FAILS) {
                return;
            }
            if (next == Next.UNLESS_A_PROGRAM) {
                out.putInt(0xb1000000 | (ENOEXEC << 10) | 31); // cmn x0
                out.putInt(0x54000001 | ((-size() / 4 & 0x7ffff) << 5)); // b.ne
            } else {
                out.putInt(0xb7f80000 | ((-size() / 4 & 0x3fff) << 5)); // tbnz x0, #63
            }
        }
    }
}
