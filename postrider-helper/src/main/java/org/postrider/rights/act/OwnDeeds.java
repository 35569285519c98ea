package org.postrider.rights.act;

import java.util.function.Consumer;
import org.postrider.rights.Account;
import org.postrider.rights.Answer;
import org.postrider.rights.Content;
import org.postrider.rights.FileText;
import org.postrider.rights.Performer;
import org.postrider.rights.ReadRules;
import org.postrider.rights.Request;
import org.postrider.rights.Rights;
import org.postrider.rights.system.Act;
import org.postrider.rights.system.Actor;
import org.postrider.rights.system.Child;
import org.postrider.rights.system.Opened;
import org.postrider.rights.system.UserFile;

/// Requests done with this process's own rights. Root's helper does none in this way.
///
/// @param own whom it runs as
/// @param served socket to which commands are connected that are served
public record OwnDeeds(Deeds deeds, Account own, String served) implements Performer {
    /// A table or a key is not larger.
    private static final int CONFIGURED = 64 << 20;

    /// What a process that was killed left in mailboxes is undone first.
    ///
    /// @param records where they are kept: this process's alone
    /// @param warnings gets a line about each mailbox that was changed, or should have been
    public static OwnDeeds open(
            Account own, String served, String records, Consumer<String> warnings) throws Act {
        Deeds deeds = new Deeds(Records.open(records));
        deeds.recover(_ -> Actor.SELF, warnings);
        return new OwnDeeds(deeds, own, served);
    }

    @Override
    public Answer<?> performed(Request request, Content content) {
        try {
            return Opened.whole(Answer.done(act(request, content)));
        } catch (Act e) {
            return Answer.refused(e.trouble());
        }
    }

    private Object act(Request request, Content content) throws Act {
        return switch (request) {
            case Request.Read r -> read(r.path(), r.rules()).behind(r.rules().limit());
            case Request.ReadOwned r -> {
                UserFile.Open read = read(r.path(), r.rules());
                Object head = new Rights.Owned(own, new FileText("", read.facts()));
                yield new Opened(head, read.reading(), r.rules().limit());
            }
            case Request.Look l -> UserFile.look(l.path(), l.follow());
            case Request.PutUnless p -> deeds.put(p, content, Actor.SELF);
            case Request.Batch b -> deeds.put(b, content, (_, _) -> Actor.SELF);
            case Request.Run r -> Run.run(r.command(), content, deeds.starter(Actor.SELF, null));
            case Request.Serve s -> {
                int connection = Child.connection(served, s.number());
                yield Run.serve(s.command(), connection, deeds.starter(Actor.SELF, null));
            }
            case Request.Configured c -> {
                ReadRules any = new ReadRules(CONFIGURED, false, true);
                yield new Opened(new byte[0], read(c.path(), any).reading(), CONFIGURED);
            }
            case Request.Said _ -> "";
        };
    }

    private UserFile.Open read(String path, ReadRules rules) throws Act {
        return UserFile.open(path, rules, own.uid());
    }

    @Override
    public void close() {
        deeds.close();
    }
}
