package org.postrider.showq;

import org.postrider.showq.where.Expression;
import org.postrider.showq.where.FilterParser;
import org.postrider.showq.where.Matching;

/// Which queued messages are meant: `to:gmail.com age>1h reply~421 size>1M` (docs/queue-tools.md).
///
/// A message is meant if one recipient that is owed fulfils the whole filter; `not` is true where
/// no recipient fulfils what follows it. So `to:a.example reply~421` asks for one recipient with
/// both, and `not to:a.example` for a message that has none there. Immutable; any thread.
public final class Filter {
    /// The longest text, in octets.
    public static final int LONGEST = 4096;

    private final String text;
    private final Expression expression;
    private final boolean unlisted;

    private Filter(String text, FilterParser.Parsed parsed) {
        this.text = text;
        expression = parsed.expression();
        unlisted = parsed.unlisted();
    }

    /// @param text octets as chars
    /// @throws FilterException where it is none
    public static Filter parse(String text) throws FilterException {
        if (text.length() > LONGEST) {
            throw new FilterException("the filter is longer than " + LONGEST + " octets", LONGEST);
        }
        return new Filter(text, FilterParser.parse(text));
    }

    /// Takes time in proportion to the message's owed recipients and their texts.
    ///
    /// @param nowMillis what ages are counted to, since 1970
    public boolean matches(QueueEntry entry, long nowMillis) {
        return new Matching(entry, nowMillis).fulfilled(expression);
    }

    /// Whether it asks for what no listing shows (who brought a message, and by which login): its
    /// answers are for those only who may see that, too.
    public boolean unlisted() {
        return unlisted;
    }

    /// As it was written.
    public String text() {
        return text;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Filter o && o.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
