package org.postrider.rights.system;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.postrider.rights.system.Posix.Call;

/// A program that is a list of system calls and nothing else: no loader, no library, no name in the
/// environment that it heeds. Made anew for what it is to do, with all that it needs in it. A call
/// that fails ends it: it says the result and the call's place in the list at descriptor [#REPORT],
/// 8 octets each, and exits with 127.
///
/// ```
/// file = header segments code place-of-the-list data *(number 4*argument least most)
/// code =        x20 = place-of-the-list, x19 = 0
///        next:  x8, x0 to x3 = number and arguments at x20; system call
///               if x0 < least or x0 > most: go to failed
///               x20 += 56, x19 += 1; go to next
///      failed:  write(REPORT, {x0, x19}, 16); exit_group(127)
/// ```
///
/// The file is loaded at one place, to be read and run and not to be written. The code is the same
/// for every list; `objdump -D -b binary -m PROCESSOR` shows that it is the above, whose registers
/// are those of aarch64 (on x86-64 rbx, rbp, and those of syscall(2)).
final class Program {
    /// Where it says what failed; to be closed when the program becomes another.
    static final int REPORT = 3;

    private static final long PLACE = 0x400000;
    private static final int HEADER = 64;
    private static final int SEGMENT = 56;
    private static final int HEADERS = HEADER + 2 * SEGMENT;
    private static final int ARGUMENTS = 4;
    private static final int ROW = ARGUMENTS + 3;
    private static final int ENOEXEC = 8;

    /// What runs the list.
    ///
    /// @param machine the ELF header's number for it
    enum Processor {
        X86_64(
                62,
                "488b1d5100000031ed488b03488b7b08488b7310488b53184c8b53200f05483b43287c0e"
                        + "483b43307f084883c338ffc5ebd7"
                        + "5550b801000000bf030000004889e6ba100000000f05b8e7000000bf7f0000000f05"
                        + "0f1f4000"),
        AARCH64(
                183,
                "14030058130080d2880240a9810a41a9831240f9010000d4849642a91f0004ebcb000054"
                        + "1f0005eb8c00005494e2009173060091f5ffff17"
                        + "e04fbfa9080880d2600080d2e1030091020280d2010000d4"
                        + "c80b80d2e00f80d2010000d41f2003d5");

        private final int machine;
        private final byte[] code;

        Processor(int machine, String code) {
            this.machine = machine;
            this.code = HexFormat.of().parseHex(code);
        }
    }

    /// When the call behind it comes: the results between these.
    enum Next {
        IF_IT_SUCCEEDS(0, Long.MAX_VALUE),
        IF_IT_FAILS(Long.MIN_VALUE, Long.MAX_VALUE),
        UNLESS_A_PROGRAM(-ENOEXEC, -ENOEXEC);

        private final long least;
        private final long most;

        Next(long least, long most) {
            this.least = least;
            this.most = most;
        }
    }

    private final Processor processor;
    private final ByteArrayOutputStream data = new ByteArrayOutputStream();
    private final ByteArrayOutputStream list = new ByteArrayOutputStream();
    private final List<String> names = new ArrayList<>();

    /// For this machine's.
    Program() {
        this(Posix.X86 ? Processor.X86_64 : Processor.AARCH64);
    }

    Program(Processor processor) {
        this.processor = processor;
    }

    /// Calls it next.
    ///
    /// @param name for who reads of its failure
    /// @param arguments four at most
    Program then(String name, Call call, long... arguments) {
        return then(name, Next.IF_IT_SUCCEEDS, call, arguments);
    }

    private Program then(String name, Next next, Call call, long... arguments) {
        long[] row = new long[ROW];
        row[0] = processor == Processor.X86_64 ? call.x86 : call.other;
        System.arraycopy(arguments, 0, row, 1, arguments.length);
        row[ARGUMENTS + 1] = next.least;
        row[ARGUMENTS + 2] = next.most;
        names.add(name);
        list.writeBytes(octets(row));
        return this;
    }

    /// Becomes another program, or not.
    ///
    /// @param next of the last of the list IF_IT_SUCCEEDS, since none comes behind a program
    Program become(
            String name, Next next, String path, List<String> words, List<String> environment) {
        return then(name, next, Call.EXECVE, text(path), texts(words), texts(environment));
    }

    /// The call at a place of the list.
    String name(int place) {
        return place >= 0 && place < names.size() ? names.get(place) : "start";
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
        return put(octets(numbers));
    }

    /// Where the program finds them, 4 octets each.
    long small(List<Integer> numbers) {
        ByteBuffer octets = room(Integer.BYTES * numbers.size());
        numbers.forEach(octets::putInt);
        return put(octets.array());
    }

    private static ByteBuffer room(int length) {
        return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] octets(long... numbers) {
        ByteBuffer octets = room(Long.BYTES * numbers.length);
        octets.asLongBuffer().put(numbers);
        return octets.array();
    }

    private long put(byte[] octets) {
        long place = begin() + data.size();
        data.writeBytes(octets);
        data.writeBytes(new byte[-data.size() & 7]);
        return place;
    }

    /// Where the data is.
    private long begin() {
        return PLACE + HEADERS + processor.code.length + Long.BYTES;
    }

    byte[] file() {
        long end = begin() + data.size();
        int length = (int) (end - PLACE) + list.size();
        ByteBuffer out = room(length);
        out.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1}).position(16);
        out.putShort((short) 2).putShort((short) processor.machine).putInt(1);
        out.putLong(PLACE + HEADERS).putLong(HEADER).putLong(0).putInt(0);
        out.putShort((short) HEADER).putShort((short) SEGMENT).putShort((short) 2);
        out.position(HEADER);
        out.putInt(1).putInt(5).putLong(0).putLong(PLACE).putLong(PLACE);
        out.putLong(length).putLong(length).putLong(0x10000);
        // The stack, which is not to be run.
        out.putInt(0x6474e551).putInt(6).position(HEADERS);
        out.put(processor.code).putLong(end).put(data.toByteArray()).put(list.toByteArray());
        return out.array();
    }
}
