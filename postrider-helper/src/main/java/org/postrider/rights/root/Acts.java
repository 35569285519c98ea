package org.postrider.rights.root;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.postrider.rights.Account;
import org.postrider.rights.Accounts;
import org.postrider.rights.Answer;
import org.postrider.rights.Command;
import org.postrider.rights.Content;
import org.postrider.rights.FileFacts;
import org.postrider.rights.FileText;
import org.postrider.rights.Identity;
import org.postrider.rights.MailboxRules.Place;
import org.postrider.rights.Request;
import org.postrider.rights.Rights;
import org.postrider.rights.Trouble;
import org.postrider.rights.Trouble.Kind;
import org.postrider.rights.act.Act;
import org.postrider.rights.act.Mailbox;
import org.postrider.rights.act.Maildir;
import org.postrider.rights.act.Reading;
import org.postrider.rights.act.Run;
import org.postrider.rights.act.Starter;
import org.postrider.rights.act.Trusted;
import org.postrider.rights.act.Turns;
import org.postrider.rights.act.UserFile;
import org.postrider.rights.root.Permits.RefusedException;

/// Does what is asked for, with the rights of whom it is asked for and no others. Threads of the
/// system that are root's; each is root's again when its act is over.
public final class Acts {
    private final Permits permits;
    private final Accounts accounts;
    private final AtomicLong serial = new AtomicLong();
    private final Turns turns = new Turns();

    /// Of a mail system.
    ///
    /// @param directory of main.cf and master.cf
    public Acts(Path directory, Accounts accounts) {
        this.accounts = accounts;
        permits = new Permits(directory, accounts);
    }

    Permits permits() {
        return permits;
    }

    /// What an answer says first, and the file whose octets follow; to be closed.
    record Opened(Object head, Reading file, long most) {}

    /// Of a request that reads what is done is [Opened].
    public Answer<?> perform(Request request, Content content) {
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
            case Request.Append a -> append(a, content);
            case Request.Maildir m -> {
                permits.mailbox(m.who());
                new Switch(m.who()).user();
                yield new Maildir(m.path(), m.host(), serial).deliver(content);
            }
            case Request.Run r -> {
                permits.identity(r.who());
                Switch user = new Switch(r.who(), Switch.Opener.ROOT, 0);
                Command command = Starter.from(permits.queueDirectory(), r.command(), user);
                yield Run.run(command, content, user, Commands.starter(r.who(), user));
            }
            case Request.Configured c -> {
                permits.configured(c.path());
                yield new Opened(new byte[0], Trusted.open(c.path()), Long.MAX_VALUE);
            }
        };
    }

    /// The rights of a user for whom anything is done; they end with the request.
    private Switch as(Identity who) throws RefusedException {
        permits.identity(who);
        return new Switch(who);
    }

    private Object append(Request.Append a, Content content) throws Act, RefusedException {
        Identity who = a.who();
        boolean spool = a.rules().place() == Place.SPOOL;
        if (a.rules().place() == Place.OWN) {
            permits.mailbox(who);
        } else {
            permits.identity(who);
        }
        Switch user = spool ? permits.spool(who, a.path()) : new Switch(who);
        Mailbox mailbox = new Mailbox(a.path(), a.rules(), who.uid(), who.gid(), user);
        return turns.at(a.path(), a.rules().locks(), () -> mailbox.append(content));
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
