package org.postrider.local;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.delivery.Probe;
import org.postrider.local.expand.Expansion;
import org.postrider.local.expand.Leaf;
import org.postrider.local.expand.World;
import org.postrider.memory.Budget;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Recipient;

/// What a recipient stands for: at first as if no user had a `.forward`, where whoever writes to
/// the mailboxes will see whether that is so; once more, with all `.forward` files, if it is not.
/// One thread; others may ask what is supposed of a place.
final class Finding {
    private final LocalAgent agent;
    private final LocalWorld world;
    private final QueuedMessage message;
    private final Recipient to;
    private final Consumer<String> warnings;

    /// Null where nothing is supposed.
    private @Nullable Supposed supposed;

    private boolean mistaken;
    private final Set<String> tried = new HashSet<>();

    Finding(
            LocalAgent agent,
            LocalWorld world,
            QueuedMessage message,
            Recipient to,
            Consumer<String> warnings) {
        this.agent = agent;
        this.world = world;
        this.message = message;
        this.to = to;
        this.warnings = warnings;
    }

    /// @throws Expansion.TooMany where they are
    Gathered find(Budget.Share memory) {
        if (!message.envelope().verifies()) {
            Supposed now = new Supposed(world);
            Gathered found = new Gathered(memory, false);
            boolean fits = false;
            try {
                expand(now, found);
                fits = now.holds(found.places);
            } catch (Expansion.TooMany e) {
                // As many with what is so, which is then said.
            }
            if (fits) {
                now.taken();
                supposed = now;
                return found;
            }
            found.forget();
        }
        Gathered found = new Gathered(memory, message instanceof Probe);
        expand(world, found);
        return found;
    }

    private void expand(World in, Gathered found) {
        agent.expansion(in, message, found)
                .run(to, message.envelope().senderFor(to), message.id().text());
    }

    /// The files that the user of a place has not, as it is supposed.
    List<String> unless(Leaf leaf) {
        Supposed now = supposed;
        return now == null ? List.of() : now.unless(leaf);
    }

    /// What was supposed of somebody is not so.
    void mistaken() {
        mistaken = true;
    }

    /// The mail came there, or not, and will not be tried again now.
    void tried(String key) {
        tried.add(key);
    }

    boolean wasTried(String key) {
        return tried.contains(key);
    }

    /// Finds out what is so, if it was mistaken.
    ///
    /// @param found is what was found from then on
    /// @return false if it was not
    /// @throws Expansion.TooMany where they are
    boolean again(Gathered found) {
        Supposed before = supposed;
        if (!mistaken || before == null) {
            return false;
        }
        mistaken = false;
        supposed = null;
        found.begin();
        LocalWorld real =
                agent.world(text -> {
                    if (!before.said(text)) {
                        warnings.accept(text);
                    }
                });
        expand(real, found);
        return true;
    }
}
