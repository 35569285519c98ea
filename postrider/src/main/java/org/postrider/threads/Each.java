package org.postrider.threads;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// For what has to be done to all, also when it fails for one.
public final class Each {
    private Each() {}

    /// Does it to every one, then throws what was thrown first.
    public static <T> void of(Iterable<T> all, Consumer<? super T> action) {
        Throwable first = null;
        for (T one : all) {
            try {
                action.accept(one);
            } catch (Throwable e) {
                first = first == null ? e : first;
            }
        }
        rethrow(first);
    }

    private static void rethrow(@Nullable Throwable e) {
        switch (e) {
            case null -> {
                // all went well
            }
            case RuntimeException r -> throw r;
            case Error error -> throw error;
            default -> throw new IllegalStateException(e);
        }
    }
}
