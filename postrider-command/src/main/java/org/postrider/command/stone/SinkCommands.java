package org.postrider.command.stone;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.postrider.command.CommandException;
import org.postrider.config.Values;
import org.postrider.maps.Fold;

/// What becomes of each command that a client of smtp-sink sends.
final class SinkCommands {
    /// In place of the reply.
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

    private record Delay(int seconds, int odds) {}

    private static final Set<String> ALL =
            Set.of(
                    "connect",
                    "helo",
                    "ehlo",
                    "lhlo",
                    "xclient",
                    "xforward",
                    "auth",
                    "mail",
                    "rcpt",
                    "data",
                    ".",
                    "rset",
                    "noop",
                    "vrfy",
                    "quit");

    private final Set<String> disabled = new HashSet<>(Set.of("connect", "helo", "ehlo", "lhlo"));
    private final Map<String, Set<Fate>> fates = new HashMap<>();
    private final Map<String, Delay> delays = new HashMap<>();

    private static String known(String command) {
        String name = Fold.lower(command);
        if (!ALL.contains(name)) {
            throw new CommandException(1, "unknown command: " + command);
        }
        return name;
    }

    void enable(String command) {
        disabled.remove(command);
    }

    void disable(String command) {
        disabled.add(command);
    }

    boolean enabled(String command) {
        return ALL.contains(command) && !disabled.contains(command);
    }

    /// @param commands with white space or commas between them
    void fate(String commands, Fate fate) {
        for (String each : Values.words(commands)) {
            fates.computeIfAbsent(known(each), name -> new HashSet<>()).add(fate);
        }
    }

    /// Tells the first of a command's fates, if it has one.
    boolean fated(String command, Consumer<Fate> told) {
        Set<Fate> some = fates.getOrDefault(command, Set.of());
        for (Fate each : Fate.values()) {
            if (some.contains(each)) {
                told.accept(each);
                return true;
            }
        }
        return false;
    }

    /// @param text `command:seconds[:odds]`
    void delay(String text) {
        String[] parts = text.split(":", 3);
        if (parts.length < 2 || parts[0].isEmpty() || parts[1].isEmpty()) {
            throw new CommandException(1, "invalid command delay argument: " + text);
        }
        delay(parts[0], number(parts[1]), parts.length > 2 ? number(parts[2]) : 0);
    }

    /// @param odds of 100 that it is waited once more
    void delay(String command, int seconds, int odds) {
        String name = known(command);
        if (seconds <= 0) {
            throw new CommandException(1, "non-positive '" + command + "' delay");
        }
        if (odds < 0 || odds > 99) {
            throw new CommandException(1, "delay odds for '" + command + "' out of range");
        }
        delays.put(name, new Delay(seconds, odds));
    }

    /// Digits that it begins with, 0 without any, as atoi(3).
    static int number(String text) {
        int end = 0;
        while (end < text.length() && end < 9 && Character.isDigit(text.charAt(end))) {
            end++;
        }
        return end == 0 ? 0 : Integer.parseInt(text.substring(0, end));
    }

    /// Seconds to wait before the reply.
    long seconds(String command) {
        Delay delay = delays.get(command);
        if (delay == null || delay.odds() == 0) {
            return delay == null ? 0 : delay.seconds();
        }
        long out = 0;
        while (ThreadLocalRandom.current().nextInt(100) < delay.odds()) {
            out += delay.seconds();
        }
        return out;
    }
}
