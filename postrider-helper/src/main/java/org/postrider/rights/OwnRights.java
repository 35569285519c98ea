package org.postrider.rights;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.postrider.rights.Trouble.Kind;
import org.postrider.rights.act.Act;
import org.postrider.rights.act.Actor;
import org.postrider.rights.act.Mailbox;
import org.postrider.rights.act.Maildir;
import org.postrider.rights.act.Posix;
import org.postrider.rights.act.Records;
import org.postrider.rights.act.Recovery;
import org.postrider.rights.act.Run;
import org.postrider.rights.act.Starter;
import org.postrider.rights.act.Turns;
import org.postrider.rights.act.UserFile;

/// The rights of the user that this process runs as, for that user: a mail system that was started
/// without root. What would need others is refused by name.
public final class OwnRights implements Rights, AutoCloseable {
    /// A table or a key is not larger.
    private static final int CONFIGURED = 64 << 20;

    private final Account own;
    private final ExecutorService threads;
    private final Records records;
    private final Served served;
    private final AtomicLong serial = new AtomicLong();
    private final Turns turns = new Turns();

    /// What a process that was killed left in mailboxes is undone first.
    ///
    /// @param own whom this process runs as
    /// @param threads threads of the system, as many as may be busy at a time
    /// @param data this process's alone; what is under way is kept in `deliveries` there
    /// @param warnings gets a line about each mailbox that was changed, or should have been
    /// @throws IOException if that is not to be had
    public OwnRights(
            Account own,
            ExecutorService threads,
            Served served,
            Path data,
            Consumer<String> warnings)
            throws IOException {
        this.own = own;
        this.threads = threads;
        this.served = served;
        try {
            records = Records.open(data.resolve("deliveries").toString());
            Recovery.of(records, request -> Actor.SELF, warnings);
        } catch (Act e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /// When nothing is under way any more.
    @Override
    public void close() {
        records.close();
    }

    /// Where commands are served.
    ///
    /// @param socket the mail system's
    /// @param threads threads of the system, as many as may be served at a time
    public record Served(String socket, ExecutorService threads) {}

    /// Whom this process runs as, whether or not that user has an account.
    public static OwnRights ofThisProcess(
            Accounts accounts,
            ExecutorService threads,
            Served served,
            Path data,
            Consumer<String> warnings)
            throws IOException {
        int uid = Posix.user();
        int gid = Posix.group();
        Account account = accounts.numbered(uid);
        String name = "uid " + Integer.toUnsignedString(uid);
        return new OwnRights(
                account == null ? new Account(name, uid, gid, "", "/", "/bin/sh") : account,
                threads,
                served,
                data,
                warnings);
    }

    @Override
    public List<String> limits() {
        return List.of(
                "the mail system runs as user "
                        + own.name()
                        + " and was not started by root: mail is delivered to files and commands"
                        + " of this user only");
    }

    @Override
    public Answer<FileText> read(Identity who, String path, ReadRules rules) {
        return act(who, () -> UserFile.read(path, rules, who.uid()));
    }

    @Override
    public Answer<Owned> readOwned(String path, ReadRules rules) {
        Answer<FileText> read = act(own.identity(), () -> UserFile.read(path, rules, own.uid()));
        return switch (read) {
            case Answer.Refused<FileText> r -> r.as();
            case Answer.Done<FileText> d -> owned(d.value());
        };
    }

    private Answer<Owned> owned(FileText text) {
        int uid = text.facts().uid();
        if (uid != own.uid()) {
            return forbidden("uid " + Integer.toUnsignedString(uid));
        }
        return Answer.done(new Owned(own, text));
    }

    @Override
    public Answer<FileFacts> look(Identity who, String path, boolean follow) {
        return act(who, () -> UserFile.look(path, follow));
    }

    @Override
    public Answer<Appended> put(Request.Put put, List<String> files, Content content) {
        return act(
                put.who(),
                () -> {
                    UserFile.absent(files);
                    return switch (put) {
                        case Request.Append a -> appended(a, content);
                        case Request.Maildir m -> {
                            new Maildir(m, Actor.SELF, serial, records).deliver(content);
                            yield Appended.NEW;
                        }
                    };
                });
    }

    private Appended appended(Request.Append a, Content content) throws Act {
        Mailbox mailbox = new Mailbox(a, Actor.SELF);
        return turns.at(a.path(), a.rules().locks(), () -> mailbox.append(content, records));
    }

    @Override
    public Answer<Ended> run(Identity who, Command command, Content content) {
        if (command.place().root() != null) {
            return forbidden("chroot " + command.place().root());
        }
        return act(who, () -> Run.run(command, content, Starter.self(records), records));
    }

    @Override
    public Answer<Ended> serve(Identity who, Command command, long number) {
        if (command.place().root() != null) {
            return forbidden("chroot " + command.place().root());
        }
        return act(
                served.threads(),
                who,
                () ->
                        Run.serve(
                                command,
                                Run.connection(served.socket(), number),
                                Starter.self(records)));
    }

    @Override
    public Answer<byte[]> configured(String path) {
        ReadRules any = new ReadRules(CONFIGURED, false, true);
        return switch (act(own.identity(), () -> UserFile.read(path, any, own.uid()))) {
            case Answer.Refused<FileText> r -> r.as();
            case Answer.Done<FileText> d ->
                    Answer.done(
                            d.value()
                                    .octets()
                                    .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
        };
    }

    private <T> Answer<T> forbidden(String whom) {
        return Answer.refused(
                new Trouble(
                        Kind.FORBIDDEN,
                        Errno.EPERM,
                        "the mail system runs as user "
                                + own.name()
                                + " and has no rights of "
                                + whom));
    }

    private <T> Answer<T> act(Identity who, Callable<T> what) {
        return act(threads, who, what);
    }

    private <T> Answer<T> act(ExecutorService on, Identity who, Callable<T> what) {
        if (who.uid() == 0 || who.uid() != own.uid()) {
            return forbidden("user " + who.name());
        }
        try {
            return Answer.done(result(on.submit(what)));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Act act) {
                return Answer.refused(act.trouble());
            }
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
