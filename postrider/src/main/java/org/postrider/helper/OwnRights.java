package org.postrider.helper;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.rights.Account;
import org.postrider.rights.Accounts;
import org.postrider.rights.Answer;
import org.postrider.rights.Content;
import org.postrider.rights.Errno;
import org.postrider.rights.Identity;
import org.postrider.rights.Performer;
import org.postrider.rights.ReadRules;
import org.postrider.rights.Request;
import org.postrider.rights.Trouble;
import org.postrider.rights.Trouble.Kind;

/// The rights of the user that this process runs as, for that user: a mail system that was started
/// without root. What would need others is refused by name.
public final class OwnRights extends ProcessRights {
    private final Account own;

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
        super(
                Performer.own(own, served.socket(), data.resolve("deliveries"), warnings),
                threads,
                served.threads());
        this.own = own;
    }

    /// Where commands are served.
    ///
    /// @param socket the mail system's
    /// @param threads threads of the system, as many as may be served at a time
    public record Served(Path socket, ExecutorService threads) {}

    /// Whom this process runs as, whether or not that user has an account.
    public static OwnRights ofThisProcess(
            Accounts accounts,
            ExecutorService threads,
            Served served,
            Path data,
            Consumer<String> warnings)
            throws IOException {
        return new OwnRights(Performer.process(accounts), threads, served, data, warnings);
    }

    @Override
    public List<String> limits() {
        return List.of(
                own.uid() == 0
                        ? "the mail system runs as root within another program and acts for no"
                                + " user: no mail is delivered to files and commands"
                        : "the mail system runs as user "
                                + own.name()
                                + " and was not started by root: mail is delivered to files and"
                                + " commands of this user only");
    }

    @Override
    Answer<?> asked(Request request, Content content) {
        String others = others(request);
        return others == null ? super.asked(request, content) : forbidden(others);
    }

    /// @return whose rights it would need, null for this user's
    private @Nullable String others(Request request) {
        return switch (request) {
            case Request.Read r -> other(r.who());
            case Request.Look l -> other(l.who());
            case Request.PutUnless p -> other(p.put().who());
            case Request.Run r -> other(r.command().place().root(), r.who());
            case Request.Serve s -> other(s.command().place().root(), s.who());
            case Request.ReadOwned _, Request.Configured _ -> other(own.identity());
            case Request.Batch _, Request.Said _ -> throw new IllegalArgumentException();
        };
    }

    private @Nullable String other(@Nullable String root, Identity who) {
        return root == null ? other(who) : "chroot " + root;
    }

    private @Nullable String other(Identity who) {
        return who.uid() == 0 || who.uid() != own.uid() ? "user " + who.name() : null;
    }

    @Override
    public Answer<Owned> readOwned(String path, ReadRules rules) {
        Answer<Owned> read = super.readOwned(path, rules);
        if (read instanceof Answer.Done<Owned> d) {
            int uid = d.value().text().facts().uid();
            return uid == own.uid() ? read : forbidden("uid " + Integer.toUnsignedString(uid));
        }
        return read;
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
}
