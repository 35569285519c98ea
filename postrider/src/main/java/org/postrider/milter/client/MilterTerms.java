package org.postrider.milter.client;

import java.time.Duration;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.config.Param;
import org.postrider.config.Values;
import org.postrider.dsn.Status;
import org.postrider.maps.Fold;
import org.postrider.milter.Answer;
import org.postrider.milter.MilterParams;
import org.postrider.wire.Reply;

/// What is configured of one milter. Immutable.
///
/// @param name `inet:host:port`, `unix:path`, as it was written
/// @param defaultAction what happens if it cannot be asked, as it was written
/// @param protocol versions and options, as they were written
/// @param softBounce what it refuses for good may come again
/// @param fault what is wrong with how it is configured, null for nothing
public record MilterTerms(
        String name,
        Timeouts timeouts,
        String defaultAction,
        String protocol,
        boolean softBounce,
        @Nullable String fault) {
    /// How long it may take, in milliseconds, to be connected and agree, to answer a command, and
    /// to answer a piece of a mail's content.
    public record Timeouts(long connect, long command, long content) {}

    private static final Set<String> ACTIONS =
            Set.of("accept", "reject", "tempfail", "quarantine", "shutdown");

    public static final Answer UNAVAILABLE_FOR_GOOD = refused(550, 5, 0, "Service unavailable");
    public static final Answer UNAVAILABLE =
            refused(451, 7, 1, "Service unavailable - try again later");
    public static final Answer MISCONFIGURED =
            refused(451, 3, 5, "Server configuration problem - try again later");

    /// The same under a name.
    public MilterTerms called(String other) {
        return new MilterTerms(other, timeouts, defaultAction, protocol, softBounce, fault);
    }

    /// The same with another action where it cannot be asked.
    public MilterTerms failing(String action) {
        return new MilterTerms(name, timeouts, action, protocol, softBounce, fault);
    }

    /// The same with other versions and options.
    public MilterTerms speaking(String other) {
        return new MilterTerms(name, timeouts, defaultAction, other, softBounce, fault);
    }

    /// The same with another of its times.
    public MilterTerms within(Param<Duration> which, long millis) {
        Timeouts t = timeouts;
        Timeouts other =
                which == MilterParams.CONNECT_TIMEOUT
                        ? new Timeouts(millis, t.command(), t.content())
                        : which == MilterParams.COMMAND_TIMEOUT
                                ? new Timeouts(t.connect(), millis, t.content())
                                : new Timeouts(t.connect(), t.command(), millis);
        return new MilterTerms(name, other, defaultAction, protocol, softBounce, fault);
    }

    /// The same, which cannot be asked; the first reason counts.
    public MilterTerms broken(String why) {
        return fault != null
                ? this
                : new MilterTerms(name, timeouts, defaultAction, protocol, softBounce, why);
    }

    /// What is wrong with how it is configured, for the administrator; empty for nothing.
    public String problem() {
        String what =
                fault != null
                        ? fault
                        : offer() == null
                                ? "bad protocol information: " + badProtocol()
                                : !ACTIONS.contains(Fold.lower(defaultAction))
                                        ? "unrecognized default action: " + defaultAction
                                        : "";
        return what.isEmpty() ? "" : "milter " + name + ": " + what;
    }

    /// The same, but that what it shares with all others is said of the parameter that it comes
    /// from.
    public String problem(MilterTerms shared) {
        boolean action = defaultAction.equals(shared.defaultAction());
        String said = problem();
        return said.replace(
                        ": unrecognized default action: ",
                        ": "
                                + (action ? MilterParams.DEFAULT_ACTION.name() + ": " : "")
                                + "unrecognized default action: ")
                .replace(
                        ": bad protocol information: ",
                        ": "
                                + (protocol.equals(shared.protocol())
                                        ? MilterParams.PROTOCOL.name() + ": "
                                        : "")
                                + "bad protocol information: ");
    }

    static Answer refused(int code, int subject, int detail, String text) {
        return new Answer.Refused(Reply.of(code, new Status(code / 100, subject, detail), text));
    }

    /// It is gone, late or talks nonsense.
    Answer unreached(Consumer<String> warnings) {
        return switch (Fold.lower(defaultAction)) {
            case "accept" -> Answer.GO_ON;
            case "reject" -> UNAVAILABLE_FOR_GOOD;
            case "tempfail" -> UNAVAILABLE;
            case "quarantine" -> new Answer.Hold();
            case "shutdown" -> new Answer.Shutdown();
            default -> {
                warnings.accept(
                        "milter " + name + ": unrecognized default action: " + defaultAction);
                yield MISCONFIGURED;
            }
        };
    }

    /// It cannot be asked as it is configured, or wants something that makes no sense.
    Answer misconfigured() {
        return switch (Fold.lower(defaultAction)) {
            case "accept" -> Answer.GO_ON;
            case "quarantine" -> new Answer.Hold();
            default -> MISCONFIGURED;
        };
    }

    /// The version that it is offered, and whether it answers fields of a header; null if the
    /// setting says nothing of the kind.
    @Nullable Offer offer() {
        int version = 0;
        boolean silentHeaders = false;
        for (String word : Values.words(protocol)) {
            switch (Fold.lower(word)) {
                case "2", "3", "4", "6" -> version = Math.max(version, word.charAt(0) - '0');
                case "no_header_reply" -> silentHeaders = true;
                default -> {
                    return null;
                }
            }
        }
        return version == 0 ? null : Offer.of(version, silentHeaders);
    }

    /// What in it says nothing of the kind.
    String badProtocol() {
        for (String word : Values.words(protocol)) {
            if (speaking(word + " 6").offer() == null) {
                return word;
            }
        }
        return protocol;
    }
}
