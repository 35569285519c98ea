package org.postrider.local;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.postrider.delivery.Outcome;
import org.postrider.local.expand.Leaf;

/// Mailboxes of a list, many of them written to at the same time: first together, some in one
/// request, and those for which that does not do, since they have to be waited for, each by itself.
/// All of those that were begun are done before the first of them counts. One thread's.
final class Beside {
    /// Fewer are delivered to one after another.
    private static final int LEAST = 2;

    /// In one request, and requests at a time.
    private static final int TOGETHER = 24;

    private static final int REQUESTS = 4;

    /// By themselves at a time.
    private static final int ALONE = 32;

    private final LocalAgent.Threads threads;
    private final Writing writing;
    private final Map<Leaf, CompletableFuture<@Nullable Outcome>> done = new IdentityHashMap<>();

    Beside(LocalAgent.Threads threads, Writing writing) {
        this.threads = threads;
        this.writing = writing;
    }

    /// Writes to the next ones of a list, unless they were.
    ///
    /// @param coming all that are left
    /// @param settled of those that have the mail
    void ahead(List<Leaf> coming, Predicate<String> settled) {
        if (coming.size() < LEAST || done.containsKey(coming.getFirst())) {
            return;
        }
        List<Leaf> begun = next(coming, settled);
        if (begun.size() < LEAST) {
            return;
        }
        List<CompletableFuture<Map<Leaf, CompletableFuture<@Nullable Outcome>>>> parts =
                new ArrayList<>();
        for (int at = 0; at < begun.size(); at += TOGETHER) {
            List<Leaf> part = begun.subList(at, Math.min(begun.size(), at + TOGETHER));
            parts.add(begin(() -> together(part)));
        }
        // Who has none by a fault is asked for by himself, and so is whoever it was that had it.
        parts.forEach(each -> done.putAll(each.exceptionally(_ -> Map.of()).join()));
        List<Leaf> left = begun.stream().filter(leaf -> !done.containsKey(leaf)).toList();
        for (int at = 0; at < left.size(); at += ALONE) {
            List<CompletableFuture<@Nullable Outcome>> now = new ArrayList<>();
            for (Leaf leaf : left.subList(at, Math.min(left.size(), at + ALONE))) {
                CompletableFuture<@Nullable Outcome> outcome = begin(() -> writing.one(leaf));
                done.put(leaf, outcome);
                now.add(outcome);
            }
            now.forEach(each -> each.exceptionally(_ -> null).join());
        }
    }

    private static List<Leaf> next(List<Leaf> coming, Predicate<String> settled) {
        List<Leaf> begun = new ArrayList<>();
        Set<String> keys = new HashSet<>();
        for (Leaf leaf : coming) {
            if (begun.size() == TOGETHER * REQUESTS
                    || !(leaf instanceof Leaf.Mailbox || leaf instanceof Leaf.Maildir)) {
                break;
            }
            // One that comes twice gets it once.
            String key = Settling.key(leaf);
            if (!settled.test(key) && keys.add(key)) {
                begun.add(leaf);
            }
        }
        return begun;
    }

    private Map<Leaf, CompletableFuture<@Nullable Outcome>> together(List<Leaf> part) {
        Map<Leaf, CompletableFuture<@Nullable Outcome>> out = new IdentityHashMap<>();
        writing.many(
                part, (leaf, outcome) -> out.put(leaf, CompletableFuture.completedFuture(outcome)));
        return out;
    }

    private <T extends @Nullable Object> CompletableFuture<T> begin(Supplier<T> what) {
        CompletableFuture<T> outcome = new CompletableFuture<>();
        threads.start(
                () -> {
                    try {
                        outcome.complete(what.get());
                    } catch (RuntimeException e) {
                        outcome.completeExceptionally(e);
                    }
                },
                () ->
                        outcome.completeExceptionally(
                                new IllegalStateException("a mailbox was not written to")));
        return outcome;
    }

    /// Writes to one, unless that was done ahead.
    ///
    /// @return null where nothing was done, since its user has a `.forward`
    @Nullable Outcome write(Leaf leaf) {
        CompletableFuture<@Nullable Outcome> ahead = done.remove(leaf);
        try {
            Outcome outcome = ahead == null ? null : ahead.join();
            return outcome == null ? writing.one(leaf) : outcome;
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException bug ? bug : e;
        }
    }
}
