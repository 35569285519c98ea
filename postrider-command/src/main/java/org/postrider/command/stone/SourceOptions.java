package org.postrider.command.stone;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.command.CommandException;
import org.postrider.command.OctetPath;
import org.postrider.command.Options;
import org.postrider.config.HostFacts;
import org.postrider.config.Reason;
import org.postrider.disk.Reading;

/// The command line of smtp-source, option by option.
final class SourceOptions {
    static final String NAME = "smtp-source";

    private static final String USAGE =
            "usage: smtp-source -cdLNov -s sess -l msglen -m msgs -C count -M myhostname -f from -t"
                    + " to -r rcptcount -R delay -w delay host[:port]";
    private static final int PORT = 25;
    private static final String FLAGS = "46AcdLNov";
    private static final String TEXTS = "fFMSt";

    /// Options that are a count or a time: what it is called, and its value without them.
    enum Figure {
        TRIES('C', "connection count", 1),
        LENGTH('l', "message length", 0),
        MESSAGES('m', "message count", 1),
        RECIPIENTS('r', "recipient count", 1),
        RANDOM('R', "random delay", 0),
        SESSIONS('s', "session count", 1),
        WINDOW('T', "TCP window size", 0),
        FIXED('w', "fixed delay", 0);

        private final char letter;
        private final String what;
        private final int usual;

        Figure(char letter, String what, int usual) {
            this.letter = letter;
            this.what = what;
            this.usual = usual;
        }

        private static @Nullable Figure of(char letter) {
            for (Figure each : values()) {
                if (each.letter == letter) {
                    return each;
                }
            }
            return null;
        }
    }

    private final Set<Character> flags = new HashSet<>();
    private final Map<Character, String> texts = new HashMap<>();
    private final Map<Figure, Integer> figures = new EnumMap<>(Figure.class);
    private final String target;
    private Endpoint.Family family = Endpoint.Family.ANY;

    /// @throws CommandException for one that cannot be used
    SourceOptions(String[] args, PrintStream err) {
        StringBuilder letters = new StringBuilder(FLAGS);
        TEXTS.chars().forEach(c -> letters.append((char) c).append(':'));
        for (Figure each : Figure.values()) {
            letters.append(each.letter).append(':');
        }
        Options options = new Options(NAME, letters.toString(), args, err);
        for (char c = options.next(); c != 0; c = options.next()) {
            option(c, options.argument());
        }
        String[] words = options.rest();
        if (words.length != 1) {
            throw usage();
        }
        target = words[0];
    }

    private static CommandException usage() {
        return new CommandException(1, USAGE);
    }

    private void option(char c, String argument) {
        Figure figure = Figure.of(c);
        if (figure != null) {
            figures.put(figure, Numbers.positive(argument, figure.what));
        } else if (TEXTS.indexOf(c) >= 0) {
            texts.put(c, argument);
        } else if (FLAGS.indexOf(c) >= 0) {
            flags.add(c);
            family =
                    switch (c) {
                        case '4' -> Endpoint.Family.FOUR;
                        case '6' -> Endpoint.Family.SIX;
                        default -> family;
                    };
        } else {
            throw usage();
        }
        if (texts.containsKey('F') && figure(Figure.LENGTH) > 0) {
            throw new CommandException(1, "-l option cannot be used with -F");
        }
        if (figure(Figure.FIXED) > 0 && figure(Figure.RANDOM) > 0) {
            throw new CommandException(1, "do not use -w and -R options at the same time");
        }
    }

    int figure(Figure figure) {
        return figures.getOrDefault(figure, figure.usual);
    }

    /// Whether counts are shown.
    boolean counting() {
        return flags.contains('c');
    }

    Endpoint.Family family() {
        return family;
    }

    Endpoint target() {
        return Endpoint.of(target, PORT);
    }

    /// @throws CommandException for a file of a mail that cannot be read
    SourceSettings settings() {
        String host = texts.getOrDefault('M', "");
        String self = texts.containsKey('M') ? host : HostFacts.hostName();
        String usual = "foo@" + self;
        String file = texts.get('F');
        return new SourceSettings(
                new SourceSettings.Speech(
                        self,
                        flags.contains('L'),
                        flags.contains('o'),
                        flags.contains('d'),
                        flags.contains('A')),
                new SourceSettings.Envelope(
                        texts.getOrDefault('f', usual),
                        texts.getOrDefault('t', usual),
                        figure(Figure.RECIPIENTS),
                        flags.contains('N')),
                new SourceSettings.Text(
                        texts.get('S'), file == null ? null : sent(file), figure(Figure.LENGTH)));
    }

    /// A file as it goes over the wire.
    private static byte[] sent(String file) {
        String text;
        try {
            text = Reading.text(OctetPath.of(file), Reading.table());
        } catch (IOException e) {
            throw new CommandException(1, "open " + file + ": " + Reason.of(e));
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (String line : text.split("\n", -1)) {
            String dotted = (line.startsWith(".") ? "." : "") + line + "\r\n";
            out.writeBytes(dotted.getBytes(StandardCharsets.ISO_8859_1));
        }
        return out.toByteArray();
    }
}
