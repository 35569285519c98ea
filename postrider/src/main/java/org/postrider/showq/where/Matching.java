package org.postrider.showq.where;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.showq.QueueEntry;

/// Asks one message. What does not depend on a recipient is asked first and once; then the owed
/// recipients are gone through, once for each `not` that asks about them and once for the whole.
/// One thread.
public final class Matching {
    /// For a message of which nobody is owed.
    private static final int NOBODY = -1;

    private final QueueEntry entry;
    private final long nowMillis;

    /// Stands for what was found out already, by its place.
    private record Known(boolean value) implements Expression.OfMessage {
        @Override
        public boolean test(QueueEntry entry, long nowMillis) {
            return value;
        }
    }

    public Matching(QueueEntry entry, long nowMillis) {
        this.entry = entry;
        this.nowMillis = nowMillis;
    }

    /// Whether one of the owed recipients fulfils it.
    public boolean fulfilled(Expression whole) {
        Expression left = reduced(whole);
        if (left instanceof Known known) {
            return known.value();
        }
        boolean any = false;
        for (int i = 0; i < entry.recipients(); i++) {
            if (entry.owed(i)) {
                any = true;
                if (holds(left, i)) {
                    return true;
                }
            }
        }
        return !any && holds(left, NOBODY);
    }

    /// What is left to be asked of each recipient.
    private Expression reduced(Expression of) {
        return switch (of) {
            case Expression.OfRecipient _ -> of;
            case Expression.OfMessage message -> new Known(message.test(entry, nowMillis));
            case Expression.Not not -> new Known(!fulfilled(not.what()));
            case Expression.And(List<Expression> all) -> {
                List<Expression> left = left(all, false);
                yield left == null
                        ? new Known(false)
                        : left.isEmpty() ? new Known(true) : new Expression.And(left);
            }
            case Expression.Or(List<Expression> any) -> {
                List<Expression> left = left(any, true);
                yield left == null
                        ? new Known(true)
                        : left.isEmpty() ? new Known(false) : new Expression.Or(left);
            }
        };
    }

    /// @param decides what one of them has to be to decide for all
    /// @return null where it is decided
    private @Nullable List<Expression> left(List<Expression> of, boolean decides) {
        List<Expression> out = new java.util.ArrayList<>(of.size());
        for (Expression each : of) {
            Expression left = reduced(each);
            if (!(left instanceof Known(boolean value))) {
                out.add(left);
            } else if (value == decides) {
                return null;
            }
        }
        return out;
    }

    private boolean holds(Expression of, int recipient) {
        switch (of) {
            case Expression.OfRecipient one -> {
                return recipient != NOBODY && one.test(entry, recipient);
            }
            case Expression.OfMessage message -> {
                return message.test(entry, nowMillis);
            }
            case Expression.And(List<Expression> all) -> {
                for (Expression each : all) {
                    if (!holds(each, recipient)) {
                        return false;
                    }
                }
                return true;
            }
            case Expression.Or(List<Expression> any) -> {
                for (Expression each : any) {
                    if (holds(each, recipient)) {
                        return true;
                    }
                }
                return false;
            }
            case Expression.Not _ -> throw new IllegalStateException("not reduced");
        }
    }
}
