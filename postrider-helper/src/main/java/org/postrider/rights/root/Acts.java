package org.postrider.rights.root;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.postrider.rights.Account;
import org.postrider.rights.Accounts;
import org.postrider.rights.Answer;
import org.postrider.rights.Command;
import org.postrider.rights.Content;
import org.postrider.rights.Errno;
import org.postrider.rights.FileFacts;
import org.postrider.rights.FileText;
import org.postrider.rights.Identity;
import org.postrider.rights.Performer;
import org.postrider.rights.Request;
import org.postrider.rights.Rights;
import org.postrider.rights.Trouble;
import org.postrider.rights.Trouble.Kind;
import org.postrider.rights.act.CommandLine;
import org.postrider.rights.act.Deeds;
import org.postrider.rights.act.Records;
import org.postrider.rights.act.Run;
import org.postrider.rights.root.Permits.RefusedException;
import org.postrider.rights.system.Act;
import org.postrider.rights.system.Actor;
import org.postrider.rights.system.Child;
import org.postrider.rights.system.Opened;
import org.postrider.rights.system.OwnDirectory;
import org.postrider.rights.system.Starter;
import org.postrider.rights.system.Trusted;
import org.postrider.rights.system.UserFile;

/// Does what is asked for, with the rights of whom it is asked for and no others. Threads of the
/// system that are root's; each is root's again when its act is over.
public final class Acts implements Performer {
    private final Permits permits;
    private final Accounts accounts;
    private final Deeds deeds;

    /// Warnings that the server has not asked for yet; as many as there are records at most.
    private final List<String> said = new CopyOnWriteArrayList<>();

    private Acts(Permits permits, Accounts accounts, Records records) {
        this.permits = permits;
        this.accounts = accounts;
        deeds = new Deeds(records);
    }

    /// Of a mail system. What a process that was killed left in mailboxes is undone first, with the
    /// rights of whom it was done for.
    ///
    /// @param directory of main.cf and master.cf
    /// @param warnings gets a line about each mailbox that was changed, or should have been
    /// @throws Act if the configuration is not to be relied on, or `helper` in data_directory,
    ///   where what is under way is kept, is not to be had
    public static Acts open(Path directory, Accounts accounts, Consumer<String> warnings)
            throws Act {
        Permits permits = new Permits(directory, accounts);
        try {
            OwnDirectory own = OwnDirectory.open(permits.ownDirectory(), Records.SIZE);
            Acts acts = new Acts(permits, accounts, Records.of(own));
            acts.deeds.recover(acts::actor, acts.said::add);
            acts.said.forEach(warnings);
            return acts;
        } catch (RefusedException e) {
            throw new Act(Kind.FORBIDDEN, Errno.EPERM, e.trouble().text());
        } finally {
            Switch.root();
        }
    }

    private Actor actor(Request.Put put) throws Act {
        // The thread still has the rights of the one before.
        Switch.root();
        try {
            return opening(permits, put, false);
        } finally {
            Switch.root();
        }
    }

    Permits permits() {
        return permits;
    }

    /// When nothing is under way any more.
    @Override
    public void close() {
        deeds.close();
    }

    /// For who has no connection that the octets of a file could come behind.
    @Override
    public Answer<?> performed(Request request, Content content) {
        return Opened.whole(perform(request, content));
    }

    /// Of a request that reads what is done is [Opened].
    Answer<?> perform(Request request, Content content) {
        try {
            return Answer.done(act(request, content));
        } catch (Act e) {
            return Answer.refused(e.trouble());
        } catch (RefusedException e) {
            return Answer.refused(e.trouble());
        } catch (Accounts.LookupException e) {
            String text = "user lookup error: " + e.getMessage();
            return Answer.refused(new Trouble(Kind.UNAVAILABLE, e.errno(), text));
        } finally {
            Switch.root();
        }
    }

    private Object act(Request request, Content content) throws Act, RefusedException {
        return switch (request) {
            case Request.Read r -> {
                as(r.who()).user();
                yield UserFile.open(r.path(), r.rules(), r.who().uid()).behind(r.rules().limit());
            }
            case Request.ReadOwned r -> owned(r);
            case Request.Look l -> {
                as(l.who()).user();
                yield UserFile.look(l.path(), l.follow());
            }
            case Request.PutUnless p ->
                    deeds.put(p, content, putter(permits, p.put(), !p.files().isEmpty()));
            case Request.Batch b -> {
                Permits once = permits.once();
                yield deeds.put(b, content, (put, looks) -> opening(once, put, looks));
            }
            case Request.Run r -> {
                permits.identity(r.who());
                Starter starter = starter(r.who());
                Command command = in(permits.queueDirectory(), r.command(), starter);
                yield Run.run(command, content, starter);
            }
            case Request.Serve s -> serve(s);
            case Request.Said s -> {
                List<String> all = List.copyOf(said);
                said.removeAll(all);
                yield String.join("\n", all);
            }
            case Request.Configured c -> {
                permits.configured(c.path());
                yield new Opened(new byte[0], Trusted.open(c.path()), Long.MAX_VALUE);
            }
        };
    }

    /// @param looks whether files of the user's are looked for as well
    private static Switch putter(Permits by, Request.Put put, boolean looks)
            throws RefusedException {
        if (looks) {
            by.identity(put.who());
        }
        return switch (put) {
            case Request.Append a -> appender(by, a);
            case Request.Maildir m -> {
                by.mailbox(m.who());
                yield new Switch(m.who());
            }
        };
    }

    private static Actor opening(Permits by, Request.Put put, boolean looks) throws Act {
        try {
            return putter(by, put, looks);
        } catch (RefusedException e) {
            throw new Act(Kind.FORBIDDEN, Errno.EPERM, e.trouble().text());
        } catch (Accounts.LookupException e) {
            throw new Act(Kind.UNAVAILABLE, e.errno(), "user lookup error: " + e.getMessage());
        }
    }

    /// The rights of a user for whom anything is done; they end with the request.
    private Switch as(Identity who) throws RefusedException {
        permits.identity(who);
        return new Switch(who);
    }

    /// Who opens a mailbox, and who writes it.
    private static Switch appender(Permits by, Request.Append a) throws RefusedException {
        return switch (a.rules().place()) {
            case SPOOL -> by.spool(a.who(), a.path());
            case OWN -> {
                by.mailbox(a.who());
                yield new Switch(a.who());
            }
            case FILE -> {
                by.identity(a.who());
                yield new Switch(a.who());
            }
        };
    }

    /// The connection is made by the owner of the socket's directory, who could lead root
    /// elsewhere.
    private Object serve(Request.Serve s) throws Act, RefusedException {
        permits.identity(s.who());
        String queue = permits.queueDirectory();
        Switch owner = permits.directoryOwner(queue + "/private");
        if (owner != null) {
            owner.user();
        }
        int connection = Child.connection(queue + "/" + Rights.SERVED, s.number());
        Switch.root();
        Starter starter = starter(s.who());
        return Run.serve(in(queue, s.command(), starter), connection, starter);
    }

    private static Command in(String directory, Command command, Starter starter) {
        starter.actor().user();
        return CommandLine.from(directory, command);
    }

    /// Looked up and killed as the user, started by root.
    private Starter starter(Identity who) {
        return deeds.starter(new Switch(who, Switch.Opener.ROOT, 0), who);
    }

    /// Root sees whose file it is, whom it is then read as, if it is still the same file.
    private Opened owned(Request.ReadOwned r) throws Act, RefusedException {
        FileFacts facts = UserFile.look(r.path(), r.rules().follow());
        Account owner = accounts.numbered(facts.uid());
        if (owner == null) {
            throw new RefusedException(
                    "cannot find username for uid " + Integer.toUnsignedString(facts.uid()));
        }
        as(owner.identity()).user();
        UserFile.Open open = UserFile.open(r.path(), r.rules(), owner.uid());
        if (open.facts().uid() != owner.uid()) {
            open.reading().close();
            throw new RefusedException(r.path() + " was exchanged");
        }
        Rights.Owned head = new Rights.Owned(owner, new FileText("", open.facts()));
        return new Opened(head, open.reading(), r.rules().limit());
    }
}
