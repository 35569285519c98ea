package org.postrider.rights.root;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.postrider.rights.Account;
import org.postrider.rights.Accounts;
import org.postrider.rights.Answer;
import org.postrider.rights.Appended;
import org.postrider.rights.Command;
import org.postrider.rights.Content;
import org.postrider.rights.Errno;
import org.postrider.rights.FileFacts;
import org.postrider.rights.FileText;
import org.postrider.rights.Identity;
import org.postrider.rights.Request;
import org.postrider.rights.Rights;
import org.postrider.rights.Trouble;
import org.postrider.rights.Trouble.Kind;
import org.postrider.rights.act.Act;
import org.postrider.rights.act.Actor;
import org.postrider.rights.act.Mailbox;
import org.postrider.rights.act.Maildir;
import org.postrider.rights.act.Reading;
import org.postrider.rights.act.Records;
import org.postrider.rights.act.Recovery;
import org.postrider.rights.act.Run;
import org.postrider.rights.act.Starter;
import org.postrider.rights.act.Trusted;
import org.postrider.rights.act.Turns;
import org.postrider.rights.act.UserFile;
import org.postrider.rights.root.Permits.RefusedException;

/// Does what is asked for, with the rights of whom it is asked for and no others. Threads of the
/// system that are root's; each is root's again when its act is over.
public final class Acts implements AutoCloseable {
    /// What bodies of batches have of this process's small heap.
    private static final int ROOM_KIB = 4 << 10;

    private final Permits permits;
    private final Accounts accounts;
    private final Semaphore room = new Semaphore(ROOM_KIB, true);
    private final Records records;
    private final AtomicLong serial = new AtomicLong();
    private final Turns turns = new Turns();

    /// Warnings that the server has not asked for yet; as many as there are records at most.
    private final List<String> said = new CopyOnWriteArrayList<>();

    private Acts(Permits permits, Accounts accounts, Records records) {
        this.permits = permits;
        this.accounts = accounts;
        this.records = records;
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
            Acts acts = new Acts(permits, accounts, Records.open(permits.ownDirectory()));
            Recovery.of(acts.records, acts::actor, acts.said::add);
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
        records.close();
    }

    /// What an answer says first, and the file whose octets follow; to be closed.
    record Opened(Object head, Reading file, long most) {
        /// The answer as it is once the octets are behind its head.
        ///
        /// @throws Act if there are more than it may be, or they cannot be read
        Object whole() throws Act {
            byte[] octets = file.all(most);
            String text = new String(octets, StandardCharsets.ISO_8859_1);
            return switch (head) {
                case FileText t -> new FileText(text, t.facts());
                case Rights.Owned o ->
                        new Rights.Owned(o.owner(), new FileText(text, o.text().facts()));
                default -> octets;
            };
        }
    }

    /// With what a request reads within the answer, for who has no connection that it could come
    /// behind.
    public Answer<?> performed(Request request, Content content) {
        Answer<?> answer = perform(request, content);
        if (!(answer instanceof Answer.Done<?> d && d.value() instanceof Opened opened)) {
            return answer;
        }
        try (Reading _ = opened.file()) {
            return Answer.done(opened.whole());
        } catch (Act e) {
            return Answer.refused(e.trouble());
        }
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
                UserFile.Open open = UserFile.open(r.path(), r.rules(), r.who().uid());
                FileText head = new FileText("", open.facts());
                yield new Opened(head, open.reading(), r.rules().limit());
            }
            case Request.ReadOwned r -> owned(r);
            case Request.Look l -> {
                as(l.who()).user();
                yield UserFile.look(l.path(), l.follow());
            }
            case Request.PutUnless p -> put(p, content);
            case Request.Batch b -> batch(b, content);
            case Request.Run r -> {
                permits.identity(r.who());
                Starter starter = starter(r.who());
                Command command = starter.from(permits.queueDirectory(), r.command());
                yield Run.run(command, content, starter, records);
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

    private Appended.Each batch(Request.Batch b, Content content) throws Act, RefusedException {
        int kib = 1 + (b.octets() >> 10);
        room.acquireUninterruptibly(kib);
        try {
            byte[] bodies = Bodies.read(content, b.octets());
            Permits once = permits.once();
            return new Together(records, turns, serial)
                    .put(b, bodies, (put, looks) -> opening(once, put, looks));
        } finally {
            room.release(kib);
        }
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

    private Appended put(Request.PutUnless p, Content content) throws Act, RefusedException {
        Switch user = putter(permits, p.put(), !p.files().isEmpty());
        if (!p.files().isEmpty()) {
            user.user();
            UserFile.absent(p.files());
        }
        return switch (p.put()) {
            case Request.Append a -> {
                Mailbox mailbox = new Mailbox(a, user);
                yield turns.at(a.path(), a.rules().locks(), () -> mailbox.append(content, records));
            }
            case Request.Maildir m -> {
                user.user();
                new Maildir(m, user, serial, records).deliver(content);
                yield Appended.NEW;
            }
        };
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
        int connection = Run.connection(queue + "/" + Rights.SERVED, s.number());
        Switch.root();
        Starter starter = starter(s.who());
        return Run.serve(starter.from(queue, s.command()), connection, starter);
    }

    /// Looked up and killed as the user, started by root.
    private Starter starter(Identity who) {
        return new Starter(new Switch(who, Switch.Opener.ROOT, 0), who, records);
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
            open.close();
            throw new RefusedException(r.path() + " was exchanged");
        }
        Rights.Owned head = new Rights.Owned(owner, new FileText("", open.facts()));
        return new Opened(head, open.reading(), r.rules().limit());
    }
}
