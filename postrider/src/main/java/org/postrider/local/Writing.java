package org.postrider.local;

import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.delivery.Outcome;
import org.postrider.local.expand.Leaf;
import org.postrider.local.write.Writer;
import org.postrider.queue.QueuedMessage;

/// Writes one message to the places of a recipient, each under its own key and under what is
/// supposed of its user.
record Writing(
        Writer writer,
        Settling settling,
        Finding finding,
        QueuedMessage message,
        Consumer<String> warnings) {
    /// One place.
    ///
    /// @return null where nothing was done, since its user has a `.forward`
    @Nullable Outcome one(Leaf leaf) {
        return writer.write(to(leaf), message, warnings);
    }

    /// Mailboxes and Maildirs, all at once.
    ///
    /// @param done is told what each came to, as `one` says it; not of those that are to be written
    ///   to by themselves, since nothing was done
    void many(List<Leaf> some, BiConsumer<Leaf, @Nullable Outcome> done) {
        List<Writer.To> all = some.stream().map(this::to).toList();
        writer.write(all, message, warnings, (to, outcome) -> done.accept(to.leaf(), outcome));
    }

    private Writer.To to(Leaf leaf) {
        return new Writer.To(leaf, settling.delivery(leaf), finding.unless(leaf));
    }
}
