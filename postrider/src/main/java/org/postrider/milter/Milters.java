package org.postrider.milter;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.postrider.config.Values;
import org.postrider.dsn.Status;

/// The milters of one listener, or of cleanup. None can be asked yet: each does what is to be done
/// where a milter is out of reach. Immutable.
public record Milters(List<Milter> all) {
    /// What a milter out of reach does to a session. The first that does not accept decides.
    public enum Action {
        ACCEPT,
        REJECT,
        TEMPFAIL,
        QUARANTINE,
        SHUTDOWN,
        /// One whose name means nothing.
        UNKNOWN;

        /// How a mail is refused by it; meaningless where it is not.
        public Refusal refusal() {
            return switch (this) {
                case REJECT -> new Refusal(550, new Status(5, 5, 0), "Service unavailable");
                case TEMPFAIL, SHUTDOWN ->
                        new Refusal(
                                451, new Status(4, 7, 1), "Service unavailable - try again later");
                case ACCEPT, QUARANTINE, UNKNOWN ->
                        new Refusal(
                                451,
                                new Status(4, 3, 5),
                                "Server configuration problem - try again later");
            };
        }

        public boolean refuses() {
            return this != ACCEPT && this != QUARANTINE;
        }
    }

    /// @param code of a reply
    public record Refusal(int code, Status status, String text) {}

    /// @param name `inet:host:port`, `unix:path`
    /// @param action milter_default_action's word, or its own
    record Milter(String name, String action) {
        Action meant() {
            for (Action a : Action.values()) {
                if (a != Action.UNKNOWN && a.name().equalsIgnoreCase(action)) {
                    return a;
                }
            }
            return Action.UNKNOWN;
        }
    }

    public static final Milters NONE = new Milters(List.of());

    /// @param words names, or `{ name, attribute=value … }`
    /// @param defaultAction milter_default_action
    public static Milters of(List<String> words, String defaultAction) {
        List<Milter> out = new ArrayList<>();
        for (String word : words) {
            out.add(one(word, defaultAction));
        }
        return new Milters(List.copyOf(out));
    }

    private static Milter one(String word, String defaultAction) {
        List<String> parts = Values.words(bare(word));
        String action = defaultAction;
        for (String part : parts) {
            String attribute = bare(part);
            int equals = attribute.indexOf('=');
            String name = equals < 0 ? "" : attribute.substring(0, equals).strip();
            if (name.toLowerCase(Locale.ROOT).equals("default_action")) {
                action = attribute.substring(equals + 1).strip();
            }
        }
        return new Milter(parts.isEmpty() ? word : parts.getFirst(), action);
    }

    private static String bare(String word) {
        return word.startsWith("{") && word.endsWith("}")
                ? word.substring(1, word.length() - 1).strip()
                : word;
    }

    /// For one client's session or one local mail; nobody is connected yet.
    ///
    /// @param warnings gets what is wrong with a milter
    public MailFilter open(Macros macros, Consumer<String> warnings) {
        return all.isEmpty() ? MailFilter.NONE : new MilterSession(this, macros, warnings);
    }

    public boolean isEmpty() {
        return all.isEmpty();
    }

    /// What comes of asking them.
    ///
    /// @param warnings gets a line for each that was not reached
    public Action ask(Consumer<String> warnings) {
        for (Milter milter : all) {
            warnings.accept(
                    "connect to Milter service " + milter.name() + ": milters are not built yet");
            Action action = milter.meant();
            if (action == Action.UNKNOWN) {
                warnings.accept(
                        "milter "
                                + milter.name()
                                + ": unrecognized default action: "
                                + milter.action());
            }
            if (action != Action.ACCEPT) {
                return action;
            }
        }
        return Action.ACCEPT;
    }
}
