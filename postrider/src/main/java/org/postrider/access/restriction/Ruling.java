package org.postrider.access.restriction;

import org.postrider.access.AccessReplies;
import org.postrider.access.Stage;
import org.postrider.access.Subject;
import org.postrider.maps.TableException;
import org.postrider.wire.NotifyClass;
import org.postrider.wire.Reply;

/// What one restriction says.
public sealed interface Ruling {
    /// This list is done; the client may go on.
    record Permit() implements Ruling {}

    /// Nothing: the next one is asked.
    record Dunno() implements Ruling {}

    /// @param about what the postmaster may be told it is
    record Reject(Reply reply, NotifyClass about) implements Ruling {
        /// By a rule.
        public Reject(Reply reply) {
            this(reply, NotifyClass.POLICY);
        }
    }

    /// The next one is asked; if none refuses, this reply does. The first one counts.
    record DeferIfPermit(Reply reply) implements Ruling {}

    /// The next one is asked; a refusal for good becomes this reply. The first one counts.
    record DeferIfReject(Reply reply) implements Ruling {}

    /// A table named restrictions of its own: they are asked here.
    ///
    /// @param named what the table was asked about
    /// @param instead they stand for a server that did not answer ([Question#instead])
    record Ask(String restrictions, Named named, boolean instead) implements Ruling {}

    Ruling PERMIT = new Permit();
    Ruling DUNNO = new Dunno();

    /// A restriction that cannot be asked keeps everybody out for now.
    Ruling.Reject MISCONFIGURED = new Reject(AccessReplies.CONFIGURATION, NotifyClass.SOFTWARE);

    /// A table cannot answer about what it was asked.
    static Ruling.Reject failed(TableException why, Stage stage, Subject about) {
        return new Reject(
                AccessReplies.lookupFailure(why, stage, about),
                why.misconfigured() ? NotifyClass.SOFTWARE : NotifyClass.DATA);
    }

    /// For a trace.
    default String text() {
        return switch (this) {
            case Permit _ -> "permit";
            case Dunno _ -> "dunno";
            case Reject(Reply reply, _) -> "reject " + reply.line();
            case DeferIfPermit(Reply reply) -> "defer_if_permit " + reply.line();
            case DeferIfReject(Reply reply) -> "defer_if_reject " + reply.line();
            case Ask(String restrictions, _, _) -> restrictions;
        };
    }
}
