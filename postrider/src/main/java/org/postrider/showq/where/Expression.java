package org.postrider.showq.where;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.queue.Mark;
import org.postrider.showq.QueueEntry;

/// What is asked of a message and of one of its recipients.
public sealed interface Expression {
    /// All of them.
    record And(List<Expression> all) implements Expression {}

    /// One of them.
    record Or(List<Expression> any) implements Expression {}

    /// None of the recipients fulfils it.
    record Not(Expression what) implements Expression {}

    /// Something about the message.
    non-sealed interface OfMessage extends Expression {
        boolean test(QueueEntry entry, long nowMillis);
    }

    /// Something about one recipient that is owed.
    non-sealed interface OfRecipient extends Expression {
        boolean test(QueueEntry entry, int recipient);

        /// What is asked of why it waits, where there was an attempt.
        static OfRecipient reason(java.util.function.Predicate<Mark.Reason> of) {
            return (entry, recipient) -> {
                Mark.@Nullable Reason reason = entry.reason(recipient);
                return reason != null && of.test(reason);
            };
        }
    }
}
