package org.postrider.command.stone;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.postrider.command.CommandException;
import org.postrider.config.Values;

/// How smtp-sink was told to treat each [SinkVerb].
final class Treatments {
    /// What becomes of a command in place of its reply; the first of several counts.
    enum Fate {
        /// Nothing is said, the connection is closed.
        DROPPED,
        /// 421, the connection is closed.
        CLOSED,
        /// 5xx
        HARD,
        /// 4xx
        SOFT
    }

    /// @param odds of 100 that `seconds` are waited once more; 0 for once
    private record Delay(int seconds, int odds) {
        private static final int SIDES = 100;

        Delay {
            if (odds < 0 || odds >= SIDES) {
                throw new IllegalArgumentException("odds: " + odds);
            }
        }

        long drawn() {
            if (odds == 0) {
                return seconds;
            }
            long times = 0;
            while (ThreadLocalRandom.current().nextInt(SIDES) < odds) {
                times++;
            }
            return times * seconds;
        }
    }

    private final Map<SinkVerb, Fate> fates = new EnumMap<>(SinkVerb.class);
    private final Map<SinkVerb, Delay> delays = new EnumMap<>(SinkVerb.class);
    private final Set<SinkVerb> logged = EnumSet.noneOf(SinkVerb.class);
    private final Set<SinkVerb> unknown = EnumSet.noneOf(SinkVerb.class);

    /// @param verbs with white space or commas between them
    void fate(String verbs, Fate fate) {
        for (SinkVerb each : named(verbs)) {
            fates.merge(each, fate, (one, other) -> one.compareTo(other) < 0 ? one : other);
        }
    }

    void logged(String verbs) {
        logged.addAll(named(verbs));
    }

    private static Set<SinkVerb> named(String verbs) {
        Set<SinkVerb> out = EnumSet.noneOf(SinkVerb.class);
        Values.words(verbs).forEach(each -> out.add(SinkVerb.named(each)));
        return out;
    }

    /// @param text `command:seconds[:odds]`
    void delay(String text) {
        String[] parts = text.split(":", 3);
        if (parts.length < 2 || parts[0].isEmpty() || parts[1].isEmpty()) {
            throw new CommandException(1, "invalid command delay argument: " + text);
        }
        SinkVerb verb = SinkVerb.named(parts[0]);
        int seconds = Numbers.leading(parts[1]);
        if (seconds <= 0) {
            throw new CommandException(1, "non-positive '" + parts[0] + "' delay");
        }
        try {
            int odds = parts.length > 2 ? Numbers.leading(parts[2]) : 0;
            delays.put(verb, new Delay(seconds, odds));
        } catch (IllegalArgumentException e) {
            throw new CommandException(1, "delay odds for '" + parts[0] + "' out of range");
        }
    }

    void delay(SinkVerb verb, int seconds) {
        delays.put(verb, new Delay(seconds, 0));
    }

    /// It is answered as what nobody knows.
    void forget(SinkVerb verb) {
        unknown.add(verb);
    }

    boolean knows(SinkVerb verb) {
        return !unknown.contains(verb);
    }

    boolean logs(SinkVerb verb) {
        return logged.contains(verb);
    }

    /// Whether some command is to be logged.
    boolean logs() {
        return !logged.isEmpty();
    }

    @Nullable Fate fate(SinkVerb verb) {
        return fates.get(verb);
    }

    /// Seconds to wait before the reply.
    long seconds(SinkVerb verb) {
        Delay delay = delays.get(verb);
        return delay == null ? 0 : delay.drawn();
    }
}
