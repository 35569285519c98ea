package org.postrider.command.stone;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.command.CommandException;
import org.postrider.command.Messages;
import org.postrider.command.OctetPath;
import org.postrider.command.Options;
import org.postrider.time.Clock;

/// The command line of smtp-sink: a table of its options, and what they come to.
final class SinkOptions {
    static final String NAME = "smtp-sink";

    private static final String USAGE =
            "usage: smtp-sink [-468acCeEFLpPv] [-A abort_delay] [-b soft_bounce_reply] [-B"
                    + " hard_bounce_reply] [-d dump-template] [-D dump-template] [-f commands] [-h"
                    + " hostname] [-m max_concurrency] [-M message_quit_count] [-n quit_count] [-q"
                    + " commands] [-r commands] [-R root-dir] [-s commands] [-S start-string] [-u"
                    + " user_privs] [-w delay] [host]:port backlog";

    private static final String MISSING = "No such file or directory";

    /// Options that only withhold a keyword of EHLO.
    private static final Map<Character, String> WITHHOLDS =
            Map.of(
                    '8', "8BITMIME",
                    'a', "AUTH",
                    'C', "XCLIENT",
                    'E', "ENHANCEDSTATUSCODES",
                    'F', "XFORWARD",
                    'N', "DSN",
                    'p', "PIPELINING");

    private static final Map<Character, Treatments.Fate> FATES =
            Map.of(
                    'f', Treatments.Fate.HARD,
                    'r', Treatments.Fate.SOFT,
                    'q', Treatments.Fate.DROPPED,
                    'Q', Treatments.Fate.CLOSED);

    /// Options that are a count or a time: what it is called, and its value without them.
    private enum Figure {
        READ('H', "data read delay", 0),
        CLIENTS('m', "concurrency limit", 256),
        LAST_MESSAGE('M', "message quit count", 0),
        LAST_QUIT('n', "quit count", 0),
        TIMEOUT('t', "timeout", 100),
        WINDOW('T', "TCP window size", 0);

        private final char letter;
        private final String what;
        private final int usual;

        Figure(char letter, String what, int usual) {
            this.letter = letter;
            this.what = what;
            this.usual = usual;
        }
    }

    private final Messages say;
    private final Map<Character, Consumer<String>> known = new HashMap<>();
    private final StringBuilder letters = new StringBuilder();
    private final Treatments treatments = new Treatments();
    private final Set<String> withheld = new HashSet<>();
    private final Set<Character> given = new HashSet<>();
    private final Map<Character, String> texts = new HashMap<>();
    private final Map<Figure, Integer> figures = new HashMap<>();
    private String soft = "450 4.3.0 Error: command failed";
    private String hard = "500 5.3.0 Error: command failed";
    private String start = "";
    private int abort = -1;
    private Endpoint.Family family = Endpoint.Family.ANY;
    private final String[] words;

    /// @throws CommandException for one that cannot be used
    SinkOptions(String[] args, PrintStream err) {
        say = new Messages(NAME, err);
        table();
        Options options = new Options(NAME, letters.toString(), args, err);
        for (char c = options.next(); c != 0; c = options.next()) {
            Consumer<String> one = known.get(c);
            if (one == null) {
                throw usage();
            }
            given.add(c);
            one.accept(options.argument());
        }
        words = options.rest();
        check();
    }

    private void table() {
        for (char each : "ceLPv".toCharArray()) {
            flag(each, () -> {});
        }
        flag('4', () -> family = Endpoint.Family.FOUR);
        flag('6', () -> family = Endpoint.Family.SIX);
        WITHHOLDS.forEach((letter, keyword) -> flag(letter, () -> withheld.add(keyword)));
        for (char each : "dDhRu".toCharArray()) {
            argument(each, text -> texts.put(each, text));
        }
        for (Figure each : Figure.values()) {
            argument(each.letter, text -> figures.put(each, Numbers.positive(text, each.what)));
        }
        FATES.forEach((letter, fate) -> argument(letter, text -> treatments.fate(text, fate)));
        argument('s', treatments::logged);
        argument('W', treatments::delay);
        argument(
                'w',
                text -> {
                    if (Numbers.leading(text) <= 0) {
                        throw usage();
                    }
                    treatments.delay(SinkVerb.DATA, Numbers.leading(text));
                });
        argument(
                'A',
                text -> {
                    if (!text.matches("[0-9]{1,9}")) {
                        throw usage();
                    }
                    abort = Integer.parseInt(text);
                });
        argument('b', text -> soft = reply(text, '4', "soft"));
        argument('B', text -> hard = reply(text, '5', "hard"));
        argument('S', text -> start = Escapes.read(text));
    }

    private void flag(char letter, Runnable done) {
        letters.append(letter);
        known.put(letter, _ -> done.run());
    }

    private void argument(char letter, Consumer<String> done) {
        letters.append(letter).append(':');
        known.put(letter, done);
    }

    private String reply(String text, char first, String kind) {
        if (!text.matches(first + "[0-9][0-9](?![0-9]).*")) {
            say.info("error: bad " + kind + " error reply: " + text);
            throw usage();
        }
        return text;
    }

    private static CommandException usage() {
        return new CommandException(1, USAGE);
    }

    private void check() {
        if (words.length != 2 || Numbers.leading(words[1]) <= 0) {
            throw usage();
        }
        if (given.contains('d') && given.contains('D')) {
            throw new CommandException(1, "use only one of -d or -D, but not both");
        }
    }

    /// Whose rights it is to have; null for its own.
    @Nullable String user() {
        return texts.get('u');
    }

    /// What kept mails are below; null for the system's own root directory.
    @Nullable Path root() {
        String text = texts.get('R');
        if (text == null) {
            return null;
        }
        Path root = OctetPath.of(text);
        if (text.isEmpty() || !Files.isDirectory(root)) {
            String why = Files.exists(root) && !text.isEmpty() ? "Not a directory" : MISSING;
            throw new CommandException(1, "chroot(" + text + "): " + why);
        }
        return root.toAbsolutePath();
    }

    /// Where it listens.
    ///
    /// @param clients at one time
    /// @param window octets of TCP's, 0 for the system's own
    record Listening(
            Endpoint where, Endpoint.Family family, int backlog, int clients, int window) {}

    Listening listening() {
        return new Listening(
                Endpoint.of(words[0], -1),
                family,
                Numbers.leading(words[1]),
                figure(Figure.CLIENTS),
                figure(Figure.WINDOW));
    }

    private int figure(Figure figure) {
        return figures.getOrDefault(figure, figure.usual);
    }

    Tally tally(PrintStream out, Runnable enough) {
        return new Tally(
                out,
                given.contains('c'),
                figure(Figure.LAST_MESSAGE),
                figure(Figure.LAST_QUIT),
                enough);
    }

    SinkSettings settings(Clock clock) {
        boolean lmtp = given.contains('L');
        SinkSettings.Banner banner =
                given.contains('P')
                        ? SinkSettings.Banner.STARS
                        : given.contains('e')
                                ? SinkSettings.Banner.SMTP
                                : SinkSettings.Banner.ESMTP;
        boolean esmtp = banner == SinkSettings.Banner.ESMTP;
        for (SinkVerb each :
                lmtp ? List.of(SinkVerb.HELO, SinkVerb.EHLO) : List.of(SinkVerb.LHLO)) {
            treatments.forget(each);
        }
        if (!esmtp) {
            treatments.forget(SinkVerb.EHLO);
        }
        Map.of('C', SinkVerb.XCLIENT, 'F', SinkVerb.XFORWARD)
                .forEach((letter, verb) -> {
                    if (given.contains(letter)) {
                        treatments.forget(verb);
                    }
                });
        if (given.contains('f') || given.contains('r')) {
            withheld.add("PIPELINING");
        }
        return new SinkSettings(
                new SinkSettings.Manner(host(), lmtp, banner, Set.copyOf(withheld)),
                new SinkSettings.Rejections(soft, hard),
                new SinkSettings.Pauses(abort, figure(Figure.READ), figure(Figure.TIMEOUT) * 1_000),
                treatments,
                given.contains('v'),
                dump(clock));
    }

    private String host() {
        return texts.getOrDefault('h', NAME);
    }

    private @Nullable SinkDump dump(Clock clock) {
        boolean shared = given.contains('D');
        String template = texts.get(shared ? 'D' : 'd');
        return template == null
                ? null
                : new SinkDump(new SinkDump.Place(root(), template, shared), start, host(), clock);
    }
}
