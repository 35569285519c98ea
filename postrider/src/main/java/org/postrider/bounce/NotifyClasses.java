package org.postrider.bounce;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.postrider.config.Settings;
import org.postrider.maps.Fold;

/// What the postmaster is told of (notify_classes).
public final class NotifyClasses {
    private static final Set<String> ALL =
            Set.of(
                    "bounce",
                    "2bounce",
                    "data",
                    "delay",
                    "policy",
                    "protocol",
                    "resource",
                    "software");

    private NotifyClasses() {}

    /// Whether it is one of those that are named; case does not count.
    public static boolean has(Settings settings, String which) {
        return settings.get(BounceParams.NOTIFY_CLASSES).stream()
                .anyMatch(word -> Fold.lower(word).equals(which));
    }

    /// A sentence for each word that names nothing: Postfix's servers do not start with one.
    public static List<String> problems(Settings settings) {
        List<String> out = new ArrayList<>();
        for (String word : settings.get(BounceParams.NOTIFY_CLASSES)) {
            if (!ALL.contains(Fold.lower(word))) {
                out.add(
                        "notify_classes: "
                                + word
                                + ": none of bounce 2bounce data delay policy protocol resource"
                                + " software: nobody is told of it");
            }
        }
        return out;
    }
}
