package org.postrider.rights;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.postrider.rights.act.OwnDeeds;
import org.postrider.rights.root.Acts;
import org.postrider.rights.system.Act;
import org.postrider.rights.system.Posix;

/// Does requests within this process. On threads of the system.
public interface Performer extends AutoCloseable {
    /// @return of the type that the request asks for, with what is read in it
    Answer<?> performed(Request request, Content content);

    /// When nothing is under way any more.
    @Override
    void close();

    /// What the helper does, and refuses, in a process of root's.
    ///
    /// @param directory of main.cf and master.cf
    /// @param warnings gets a line about each mailbox that a process which was killed left amiss
    /// @throws IOException if the configuration is not to be relied on, or its data_directory
    static Performer root(Path directory, Consumer<String> warnings) throws IOException {
        try {
            return Acts.open(directory, Accounts.system(), warnings);
        } catch (Act e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /// With this process's own rights, and no others: whoever asks sees to it that they are those
    /// of whom it is for.
    ///
    /// @param own whom this process runs as
    /// @param served socket to which commands are connected that are served
    /// @param records where what is under way is kept; this process's alone
    /// @param warnings gets a line about each mailbox that was changed, or should have been
    /// @throws IOException if that is not to be had
    static Performer own(Account own, Path served, Path records, Consumer<String> warnings)
            throws IOException {
        try {
            return OwnDeeds.open(own, served.toString(), records.toString(), warnings);
        } catch (Act e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /// Whom this process runs as, whether or not that user has an account.
    static Account process(Accounts accounts) {
        int uid = Posix.user();
        Account account = accounts.numbered(uid);
        String name = "uid " + Integer.toUnsignedString(uid);
        return account == null
                ? new Account(name, uid, Posix.group(), "", "/", "/bin/sh")
                : account;
    }
}
