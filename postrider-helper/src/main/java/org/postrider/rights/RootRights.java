package org.postrider.rights;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.postrider.rights.Trouble.Kind;
import org.postrider.rights.root.Acts;

/// What the helper does, in this process, which is root's: a server that root runs within a program
/// of its own. The same is refused.
public final class RootRights implements Rights, AutoCloseable {
    private final Acts acts;
    private final ExecutorService threads;
    private final ExecutorService serving;

    /// Of a mail system.
    ///
    /// @param directory of main.cf and master.cf
    /// @param threads threads of the system, as many as may be busy at a time
    /// @param serving threads of the system, as many as commands may be served at a time
    /// @param warnings gets a line about each mailbox that a process which was killed left amiss
    /// @throws IOException if the configuration is not to be relied on, or its data_directory
    public RootRights(
            Path directory,
            ExecutorService threads,
            ExecutorService serving,
            Consumer<String> warnings)
            throws IOException {
        this.threads = threads;
        this.serving = serving;
        try {
            acts =
                    OwnRights.result(
                            threads.submit(
                                    () -> Acts.open(directory, Accounts.system(), warnings)));
        } catch (ExecutionException e) {
            Throwable why = e.getCause();
            throw new IOException(why == null ? null : why.getMessage(), why);
        }
    }

    /// When nothing is under way any more.
    @Override
    public void close() {
        acts.close();
    }

    @Override
    public List<String> limits() {
        return List.of();
    }

    @Override
    public Answer<FileText> read(Identity who, String path, ReadRules rules) {
        return ask(new Request.Read(who, path, rules), Content.none());
    }

    @Override
    public Answer<Owned> readOwned(String path, ReadRules rules) {
        return ask(new Request.ReadOwned(path, rules), Content.none());
    }

    @Override
    public Answer<FileFacts> look(Identity who, String path, boolean follow) {
        return ask(new Request.Look(who, path, follow), Content.none());
    }

    @Override
    public Answer<Appended> put(Request.Put put, List<String> files, Content content) {
        return ask(new Request.PutUnless(put, files), content);
    }

    @Override
    public Answer<Ended> run(Identity who, Command command, Content content) {
        return ask(new Request.Run(who, command), content);
    }

    @Override
    public Answer<Ended> serve(Identity who, Command command, long number) {
        return ask(serving, new Request.Serve(who, command, number), Content.none());
    }

    @Override
    public Answer<byte[]> configured(String path) {
        return ask(new Request.Configured(path), Content.none());
    }

    private <T> Answer<T> ask(Request request, Content content) {
        return ask(threads, request, content);
    }

    /// The answer's type is that of the request.
    @SuppressWarnings("unchecked")
    private <T> Answer<T> ask(ExecutorService on, Request request, Content content) {
        try {
            return (Answer<T>) OwnRights.result(on.submit(() -> acts.performed(request, content)));
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (RejectedExecutionException e) {
            return Answer.refused(new Trouble(Kind.UNAVAILABLE, 0, "the mail system ends"));
        }
    }
}
