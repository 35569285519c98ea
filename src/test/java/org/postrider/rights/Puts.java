package org.postrider.rights;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Messages that are put somewhere whatever files their users have.
public final class Puts {
    private Puts() {}

    public static Answer<Appended> append(
            Rights rights, Identity who, String path, MailboxRules rules, Content content) {
        return rights.put(new Request.Append(who, path, rules), List.of(), content);
    }

    /// A new file in a Maildir.
    ///
    /// @param path with a `/` at its end
    public static Answer<Appended> maildir(
            Rights rights, Identity who, String path, String host, Content content) {
        return rights.put(new Request.Maildir(who, path, host), List.of(), content);
    }

    /// The only file in a Maildir's directory `new`.
    public static Path only(Path maildir) throws IOException {
        try (var files = Files.list(maildir.resolve("new"))) {
            List<Path> all = files.toList();
            if (all.size() != 1) {
                throw new AssertionError(all);
            }
            return all.getFirst();
        }
    }
}
