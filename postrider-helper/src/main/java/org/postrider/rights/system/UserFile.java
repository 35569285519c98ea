package org.postrider.rights.system;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.postrider.rights.Errno;
import org.postrider.rights.FileFacts;
import org.postrider.rights.FileText;
import org.postrider.rights.ReadRules;
import org.postrider.rights.Trouble.Kind;
import org.postrider.rights.system.Posix.Stat;

/// A file of a user's, looked at before it is opened (a FIFO would wait, a device do something) and
/// again when it is open (it may be another one by then).
public final class UserFile {
    private UserFile() {}

    /// One that is open.
    public record Open(Reading reading, FileFacts facts) implements AutoCloseable {
        @Override
        public void close() {
            reading.close();
        }
    }

    /// Reads all of it.
    ///
    /// @param uid who may own it besides root
    public static FileText read(String path, ReadRules rules, int uid) throws Act {
        try (Open open = open(path, rules, uid)) {
            return new FileText(text(open.reading(), rules.limit()), open.facts());
        }
    }

    /// Opens it for reading.
    ///
    /// @param uid who may own it besides root
    public static Open open(String path, ReadRules rules, int uid) throws Act {
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
            return new Open(new Reading(descriptor), open);
        } catch (Act | RuntimeException | Error e) {
            Posix.close(descriptor);
            throw e;
        }
    }

    public static FileFacts look(String path, boolean follow) throws Act {
        return switch (Posix.stat(path, follow)) {
            case Stat.Known k -> k.facts();
            case Stat.Unknown u -> throw Act.failed("unable to lookup", -u.errno());
        };
    }

    /// With the rights of the files' user.
    ///
    /// @throws Act if one of them is there, or cannot be looked for now
    public static void absent(List<String> files) throws Act {
        for (String file : files) {
            switch (Posix.stat(file, false)) {
                case Stat.Known _ -> throw present(file + " is there");
                case Stat.Unknown u -> {
                    if (Errno.passes(u.errno())) {
                        throw present(file + ": " + Errno.text(u.errno()));
                    }
                }
            }
        }
    }

    private static Act present(String text) {
        return new Act(Kind.PRESENT, 0, text);
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
            throw tooLarge();
        }
    }

    /// It may have grown since it was looked at.
    private static String text(Reading from, int limit) throws Act {
        StringBuilder out = new StringBuilder();
        for (byte[] part = from.part(); part.length > 0; part = from.part()) {
            if (out.length() + part.length > limit) {
                throw tooLarge();
            }
            out.append(new String(part, StandardCharsets.ISO_8859_1));
        }
        return out.toString();
    }

    private static Act tooLarge() {
        return Act.failed("cannot read", -Errno.EFBIG);
    }
}
