package org.postrider.rights.act;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.postrider.rights.Errno;
import org.postrider.rights.FileFacts;
import org.postrider.rights.act.Records.Tail;
import org.postrider.rights.system.Act;
import org.postrider.rights.system.Posix;

/// The end of a mailbox behind which a process was killed. It is cut off if it is what that process
/// wrote and nothing else; in doubt the file stays as it is.
final class Torn {
    private static final int PART = 64 << 10;

    /// Octets of the part before that are looked at once more with the next.
    private static final int OVERLAP = 400;

    /// Where another program's message begins: on a line of its own, or in the middle of one that
    /// ours broke off in. A message of ours has `From ` quoted at the beginning of its lines.
    private static final Pattern ANOTHER =
            Pattern.compile(
                    "\nFrom |(?<=[^\n>]|[^\n]>)From [^\n]{0,320} (Mon|Tue|Wed|Thu|Fri|Sat|Sun) "
                            + "[A-Z][a-z]{2} [ 0-3][0-9] [0-9]{2}:");

    private Torn() {}

    /// With the file locked.
    ///
    /// @return octets that were cut off, none if it is as it was before
    static long cut(int descriptor, FileFacts facts, Tail left) throws Act {
        if (facts.number().inode() != left.number().inode()
                || facts.number().device() != left.number().device()) {
            throw stays("the file was exchanged");
        }
        if (facts.size() < left.before()) {
            throw stays("the file is shorter than it was");
        }
        if (facts.size() > left.end()) {
            throw stays("the file has grown");
        }
        long octets = facts.size() - left.before();
        if (octets > 0) {
            // What was being written is kept octet for octet: nothing in it is another's.
            compare(descriptor, left, Math.clamp(left.partAt() - left.before(), 0, octets));
            last(descriptor, left, facts.size());
            Act.must("truncate", Posix.truncate(descriptor, left.before()));
            Act.must("fsync", Posix.sync(descriptor));
        }
        return octets;
    }

    private static Act stays(String why) {
        return Act.unsafe(Errno.EPERM, why);
    }

    /// What was being written may have come to any octet of it, and others' may follow that look
    /// like nothing in particular.
    private static void last(int descriptor, Tail left, long size) throws Act {
        long octets = size - left.partAt();
        if (octets < 0 || octets > left.part().length) {
            throw stays("others have written to the file");
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment read = arena.allocate(Math.max(1, octets));
            for (long at = 0; at < octets; ) {
                int got = Posix.read(descriptor, read.asSlice(at, octets - at), left.partAt() + at);
                Act.must("cannot read", got);
                if (got == 0) {
                    throw stays("others have written to the file");
                }
                at += got;
            }
            MemorySegment ours = MemorySegment.ofArray(left.part()).asSlice(0, octets);
            if (read.asSlice(0, octets).mismatch(ours) >= 0) {
                throw stays("others have written to the file");
            }
        }
    }

    private static void compare(int descriptor, Tail left, long octets) throws Act {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment part = arena.allocate(PART);
            String text = "";
            for (long at = 0; at < octets; ) {
                int got = Posix.read(descriptor, part, left.before() + at);
                Act.must("cannot read", got);
                byte[] read =
                        part.asSlice(0, Math.min(got, octets - at)).toArray(ValueLayout.JAVA_BYTE);
                text =
                        text.substring(Math.max(0, text.length() - OVERLAP))
                                + new String(read, StandardCharsets.ISO_8859_1);
                if (at == 0) {
                    int known = Math.min(text.length(), left.beginning().length());
                    if (!text.startsWith(left.beginning().substring(0, known))) {
                        throw stays("others have written to the file");
                    }
                }
                if (got == 0 || ANOTHER.matcher(text).find()) {
                    throw stays("others have written to the file");
                }
                at += got;
            }
        }
    }
}
