package org.postrider.rights.root;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.postrider.rights.Account;
import org.postrider.rights.Accounts;
import org.postrider.rights.Answer;
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
import org.postrider.rights.act.Run;
import org.postrider.rights.act.Trusted;
import org.postrider.rights.act.UserFile;
import org.postrider.rights.root.Permits.RefusedException;

/// Does what is asked for, with the rights of whom it is asked for and no others. Threads of the
/// system that are root's; each is root's again when its act is over.
public final class Acts {
    private final Permits permits;
    private final Accounts accounts;
    private final AtomicLong serial = new AtomicLong();

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

    /// Of a `Configured` what is done is a [org.postrider.rights.act.Reading], to be closed.
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
                yield UserFile.read(r.path(), r.rules(), r.who().uid());
            }
            case Request.ReadOwned r -> owned(r);
            case Request.Look l -> {
                as(l.who()).user();
                yield UserFile.look(l.path(), l.follow());
            }
            case Request.Append a -> append(a, content);
            case Request.Maildir m -> {
                as(m.who()).user();
                yield new Maildir(m.path(), m.host(), serial).deliver(content);
            }
            case Request.Run r -> {
                permits.identity(r.who());
                Switch user = new Switch(r.who(), Switch.Opener.ROOT, 0);
                yield Run.run(r.command(), content, user, Commands.starter(r.who(), user));
            }
            case Request.Configured c -> {
                permits.configured(c.path());
                yield Trusted.open(c.path());
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
        permits.identity(who);
        boolean spool = a.rules().place() == Place.SPOOL;
        Switch user = spool ? permits.spool(who, a.path()) : new Switch(who);
        return new Mailbox(a.path(), a.rules(), who.uid(), who.gid(), user).append(content);
    }

    /// Root sees whose file it is, whom it is then read as, if it is still the same file.
    private Rights.Owned owned(Request.ReadOwned r) throws Act, RefusedException {
        FileFacts facts = UserFile.look(r.path(), r.rules().follow());
        Account owner = accounts.numbered(facts.uid());
        if (owner == null) {
            throw new RefusedException(
                    "cannot find username for uid " + Integer.toUnsignedString(facts.uid()));
        }
        as(owner.identity()).user();
        FileText text = UserFile.read(r.path(), r.rules(), owner.uid());
        if (text.facts().uid() != owner.uid()) {
            throw new RefusedException(r.path() + " was exchanged");
        }
        return new Rights.Owned(owner, text);
    }
}
