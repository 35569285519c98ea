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

    /// Reads all of it.
    ///
    /// @param uid who may own it besides root
    public static FileText read(String path, ReadRules rules, int uid) throws Act {
        Open open = open(path, rules, uid);
        try (Reading reading = open.reading()) {
            byte[] octets = reading.all(rules.limit());
            return new FileText(new String(octets, StandardCharsets.ISO_8859_1), open.facts());
        }
    }

    /// One that is open; what is read of it is to be closed.
    public record Open(Reading reading, FileFacts facts) {
        /// For an answer whose octets follow.
        ///
        /// @param most of them
        public Opened behind(int most) {
            return new Opened(new FileText("", facts), reading, most);
        }
    }

    /// Opens it for reading.
    ///
    /// @param uid who may own it besides root
    public static Open open(String path, ReadRules rules, int uid) throws Act {
        check(look(path, rules.follow()), rules, uid);
        int flags = Posix.RDONLY | Posix.NONBLOCK | Posix.NOCTTY;
        int descriptor = Posix.open(path, rules.follow() ? flags : flags | Posix.NOFOLLOW, 0);
        Act.must("cannot open", descriptor);
        Reading reading = new Reading(descriptor);
        try {
            FileFacts open = facts("fstat", Posix.stat(descriptor));
            check(open, rules, uid);
            return new Open(reading, open);
        } catch (Act | RuntimeException | Error e) {
            reading.close();
            throw e;
        }
    }

    /// What is known of a file.
    ///
    /// @param what of which it is said that it failed where nothing is known
    static FileFacts facts(String what, Stat of) throws Act {
        return switch (of) {
            case Stat.Known k -> k.facts();
            case Stat.Unknown u -> throw Act.failed(what, -u.errno());
        };
    }

    public static FileFacts look(String path, boolean follow) throws Act {
        return facts("unable to lookup", Posix.stat(path, follow));
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
            throw Act.failed("cannot read", -Errno.EFBIG);
        }
    }
}
