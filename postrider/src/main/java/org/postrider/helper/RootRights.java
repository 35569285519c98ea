package org.postrider.helper;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import org.postrider.rights.Performer;

/// What the helper does, in this process, which is root's: a server that root runs within a program
/// of its own. The same is refused.
public final class RootRights extends ProcessRights {
    private RootRights(Performer performer, ExecutorService threads, ExecutorService serving) {
        super(performer, threads, serving);
    }

    /// Of a mail system.
    ///
    /// @param directory of main.cf and master.cf
    /// @param threads threads of the system, as many as may be busy at a time
    /// @param serving threads of the system, as many as commands may be served at a time
    /// @param warnings gets a line about each mailbox that a process which was killed left amiss
    /// @throws IOException if the configuration is not to be relied on, or its data_directory
    public static RootRights open(
            Path directory,
            ExecutorService threads,
            ExecutorService serving,
            Consumer<String> warnings)
            throws IOException {
        try {
            // Rights are a thread's: not the caller's are changed.
            Performer performer = result(threads.submit(() -> Performer.root(directory, warnings)));
            return new RootRights(performer, threads, serving);
        } catch (ExecutionException e) {
            Throwable why = e.getCause();
            throw new IOException(why == null ? null : why.getMessage(), why);
        }
    }
}
