package org.postrider.local;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.postrider.delivery.Outcome;
import org.postrider.local.expand.Leaf;

/// Mailboxes of a long list, some of them written to at the same time: each waits for its own lock
/// and for the disk. All of those that were begun are done before the first of them counts. One
/// thread's.
final class Beside {
    /// A list of fewer is delivered to one after another.
    private static final int LEAST = 16;

    private static final int AT_ONCE = 32;

    private final LocalAgent.Threads threads;
    private final Function<Leaf, @Nullable Outcome> write;
    private final Map<Leaf, CompletableFuture<@Nullable Outcome>> done = new IdentityHashMap<>();

    Beside(LocalAgent.Threads threads, Function<Leaf, @Nullable Outcome> write) {
        this.threads = threads;
        this.write = write;
    }

    /// Writes to the next ones of a list, unless they were.
    ///
    /// @param coming all that are left
    /// @param settled of those that have the mail
    void ahead(List<Leaf> coming, Predicate<String> settled) {
        if (coming.size() < LEAST || done.containsKey(coming.getFirst())) {
            return;
        }
        Set<String> keys = new HashSet<>();
        List<CompletableFuture<@Nullable Outcome>> begun = new ArrayList<>();
        for (Leaf leaf : coming) {
            if (begun.size() == AT_ONCE
                    || !(leaf instanceof Leaf.Mailbox || leaf instanceof Leaf.Maildir)) {
                break;
            }
            // One that comes twice gets it once.
            String key = Settling.key(leaf);
            if (!settled.test(key) && keys.add(key)) {
                begun.add(begin(leaf));
            }
        }
        for (CompletableFuture<@Nullable Outcome> each : begun) {
            each.exceptionally(_ -> null).join();
        }
    }

    private CompletableFuture<@Nullable Outcome> begin(Leaf leaf) {
        CompletableFuture<@Nullable Outcome> outcome = new CompletableFuture<>();
        done.put(leaf, outcome);
        threads.start(
                () -> {
                    try {
                        outcome.complete(write.apply(leaf));
                    } catch (RuntimeException e) {
                        outcome.completeExceptionally(e);
                    }
                },
                () ->
                        outcome.completeExceptionally(
                                new IllegalStateException("a mailbox was not written to")));
        return outcome;
    }

    /// What became of one, null if it was not begun, or nothing was done.
    @Nullable Outcome of(Leaf leaf) {
        CompletableFuture<@Nullable Outcome> outcome = done.remove(leaf);
        try {
            return outcome == null ? null : outcome.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException bug ? bug : e;
        }
    }
}
