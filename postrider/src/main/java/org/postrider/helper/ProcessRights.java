package org.postrider.helper;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import org.postrider.rights.Answer;
import org.postrider.rights.Content;
import org.postrider.rights.Performer;
import org.postrider.rights.Request;
import org.postrider.rights.Trouble;
import org.postrider.rights.Trouble.Kind;

/// Rights that this process has itself: what is asked for is done on threads of the system.
abstract class ProcessRights extends Asked implements AutoCloseable {
    private final Performer performer;
    private final ExecutorService threads;
    private final ExecutorService serving;

    /// @param threads as many as may be busy at a time
    /// @param serving as many as commands may be served at a time
    ProcessRights(Performer performer, ExecutorService threads, ExecutorService serving) {
        this.performer = performer;
        this.threads = threads;
        this.serving = serving;
    }

    /// When nothing is under way any more.
    @Override
    public final void close() {
        performer.close();
    }

    @Override
    Answer<?> asked(Request request, Content content) {
        ExecutorService on = request instanceof Request.Serve ? serving : threads;
        try {
            return result(on.submit(() -> performer.performed(request, content)));
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (RejectedExecutionException e) {
            return Answer.refused(new Trouble(Kind.UNAVAILABLE, 0, "the mail system ends"));
        }
    }

    /// An act under way goes to its end, which its own limits bring: it uses the caller's content.
    static <T> T result(Future<T> act) throws ExecutionException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return act.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
