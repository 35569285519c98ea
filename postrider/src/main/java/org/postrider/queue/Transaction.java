package org.postrider.queue;

import java.util.ArrayList;
import java.util.List;

/// New messages and marks that become durable together or not at all.
public record Transaction(List<NewMessage> messages, List<Mark> marks) {
    public Transaction {
        messages = List.copyOf(messages);
        marks = List.copyOf(marks);
    }

    /// Nothing yet.
    public static final Transaction NONE = new Transaction(List.of(), List.of());

    public static Transaction of(List<Mark> marks) {
        return marks.isEmpty() ? NONE : new Transaction(List.of(), marks);
    }

    /// This and one message more.
    public Transaction and(NewMessage message) {
        List<NewMessage> all = new ArrayList<>(messages);
        all.add(message);
        return new Transaction(all, marks);
    }

    /// These marks, then those of this.
    public Transaction after(List<? extends Mark> first) {
        List<Mark> all = new ArrayList<>(first);
        all.addAll(marks);
        return new Transaction(messages, all);
    }

    public boolean isEmpty() {
        return messages.isEmpty() && marks.isEmpty();
    }

    public static Transaction of(NewMessage message) {
        return new Transaction(List.of(message), List.of());
    }

    public static Transaction of(Mark mark) {
        return new Transaction(List.of(), List.of(mark));
    }
}
