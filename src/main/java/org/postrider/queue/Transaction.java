package org.postrider.queue;

import java.util.List;

/// New messages and marks that become durable together or not at all.
public record Transaction(List<NewMessage> messages, List<Mark> marks) {
    public Transaction {
        messages = List.copyOf(messages);
        marks = List.copyOf(marks);
    }

    public static Transaction of(NewMessage message) {
        return new Transaction(List.of(message), List.of());
    }

    public static Transaction of(Mark mark) {
        return new Transaction(List.of(), List.of(mark));
    }
}
