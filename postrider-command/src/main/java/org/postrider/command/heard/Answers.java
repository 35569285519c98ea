package org.postrider.command.heard;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.postrider.access.Trace.Fact;
import org.postrider.access.Trace.Kind;

/// What others answered once: they are asked once however often the lists are tried, since a policy
/// server may count what it is asked. Any thread.
public final class Answers {
    private record Question(Kind kind, String source, String text) {}

    private final Map<Question, String> known = new ConcurrentHashMap<>();

    public void remember(Fact fact) {
        if (fact.kind() == Kind.POLICY || fact.kind() == Kind.VERIFY) {
            known.putIfAbsent(
                    new Question(fact.kind(), fact.source(), fact.question()), fact.answer());
        }
    }

    /// Null for nothing that is known.
    public @Nullable String of(Kind kind, String source, String question) {
        return known.get(new Question(kind, source, question));
    }
}
