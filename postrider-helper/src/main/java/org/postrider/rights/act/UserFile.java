package org.postrider.rights.act;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import org.postrider.rights.Errno;
import org.postrider.rights.FileFacts;
import org.postrider.rights.FileText;
import org.postrider.rights.ReadRules;
import org.postrider.rights.act.Posix.Stat;

/// A file of a user's, looked at before it is opened (a FIFO would wait, a device do something) and
/// again when it is open (it may be another one by then).
public final class UserFile {
    private UserFile() {}

    /// Reads all of it.
    ///
    /// @param uid who may own it besides root
    public static FileText read(String path, ReadRules rules, int uid) throws Act {
        FileFacts before = look(path, rules.follow());
        check(before, rules, uid);
        int flags = Posix.RDONLY | Posix.NONBLOCK | Posix.NOCTTY;
        int descriptor = Posix.open(path, rules.follow() ? flags : flags | Posix.NOFOLLOW, 0);
        if (descriptor < 0) {
            throw Act.failed("cannot open", descriptor);
        }
        try {
            FileFacts open =
                    switch (Posix.stat(descriptor)) {
                        case Stat.Known k -> k.facts();
                        case Stat.Unknown u -> throw Act.failed("fstat", -u.errno());
                    };
            check(open, rules, uid);
            return new FileText(text(descriptor, rules.limit()), open);
        } finally {
            Posix.close(descriptor);
        }
    }

    public static FileFacts look(String path, boolean follow) throws Act {
        return switch (Posix.stat(path, follow)) {
            case Stat.Known k -> k.facts();
            case Stat.Unknown u -> throw Act.failed("unable to lookup", -u.errno());
        };
    }

    private static void check(FileFacts facts, ReadRules rules, int uid) throws Act {
        if (!facts.regular()) {
            throw Act.unsafe(Errno.EPERM, "is not a regular file");
        }
        if (rules.ownedByUser() && facts.uid() != 0 && facts.uid() != uid) {
            throw Act.unsafe(
                    Errno.EPERM, "has bad owner uid " + Integer.toUnsignedString(facts.uid()));
        }
        if (facts.worldWritable()) {
            throw Act.unsafe(Errno.EPERM, "is world writable");
        }
        if (facts.size() > rules.limit()) {
            throw Act.failed("cannot read", -Errno.EFBIG);
        }
    }

    /// It may have grown since it was looked at.
    static String text(int descriptor, int limit) throws Act {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment part = arena.allocate(8 << 10);
            StringBuilder out = new StringBuilder();
            int got = Posix.read(descriptor, part);
            while (got > 0 && out.length() + got <= limit) {
                byte[] octets = part.asSlice(0, got).toArray(ValueLayout.JAVA_BYTE);
                out.append(new String(octets, StandardCharsets.ISO_8859_1));
                got = Posix.read(descriptor, part);
            }
            if (got != 0) {
                throw Act.failed("cannot read", got < 0 ? got : -Errno.EFBIG);
            }
            return out.toString();
        }
    }
}
