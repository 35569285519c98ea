package org.postrider.access;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// A trace as lines: what is asked, what it answers, what is looked up, in order.
final class Steps implements Trace {
    final List<String> lines = new ArrayList<>();
    private final Deque<Asked> open = new ArrayDeque<>();

    @Override
    public void asked(Asked restriction) {
        open.push(restriction);
        lines.add(
                restriction.depth()
                        + " "
                        + restriction.parameter()
                        + ": "
                        + restriction.restriction()
                        + (restriction.warnOnly() ? "?" : ""));
    }

    @Override
    public void answered(String result) {
        lines.add(open.pop().depth() + " " + result);
    }

    @Override
    public void fact(Fact fact) {
        lines.add(
                fact.kind() + " " + fact.source() + " " + fact.question() + " -> " + fact.answer());
    }

    /// Restrictions that were asked and have not answered.
    int unanswered() {
        return open.size();
    }
}
