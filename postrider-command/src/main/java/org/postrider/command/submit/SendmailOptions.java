package org.postrider.command.submit;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.command.CommandException;
import org.postrider.command.Messages;
import org.postrider.command.Options;
import org.postrider.command.Terminal;
import org.postrider.maps.Fold;
import org.postrider.queue.Recipient;

/// The command line of sendmail(1), read as Postfix's does: the letters of getopt(3), a few words
/// that are not, and what it refuses or reads past with a warning. Texts are octets kept as chars.
final class SendmailOptions {
    /// Letters, those with a value followed by `:`.
    private static final String KNOWN = "A:B:C:F:GIL:N:O:R:UV:X:b:ce:f:h:imno:p:r:q:tvx";

    /// RFC 3461 4.4: an envelope id is at most this long.
    private static final int ENVELOPE_ID_MAX = 100;

    private static final String VERP_CHARACTERS = "-=+";

    /// What is to be done: `m` submit, `p` list, `i` newaliases, `d` daemon, `s` SMTP, `h` nothing.
    char mode = 'm';

    boolean dotEnds = true;
    boolean extract;
    boolean flush;

    /// `-bv`: nothing is sent, a report is.
    boolean verify;

    /// `-G`: mail of others, which is passed on.
    boolean gateway;

    /// How often `-v` was said: once asks for a report.
    int verbose;

    /// What `-O` was said with; once main.cf is known, what it asks of next hops: `smtputf8`,
    /// `requiretls`.
    final Set<String> asked = new LinkedHashSet<>();

    /// The table that `-oA` names.
    @Nullable String aliases;

    /// The postqueue option of a partial flush.
    @Nullable String flushWhat;

    @Nullable String sender;
    @Nullable String fullName;
    @Nullable String configuration;
    @Nullable String encoding;
    @Nullable String envelopeId;

    /// `1` full, `2` headers: as Postfix's maildrop has it.
    @Nullable String returns;

    /// Two characters; empty for those of default_verp_delimiters.
    @Nullable String verp;

    int notify;
    List<String> recipients = List.of();

    private final Messages say;

    private SendmailOptions(Messages say) {
        this.say = say;
    }

    /// Before any was read.
    static SendmailOptions none(Messages say) {
        return new SendmailOptions(say);
    }

    /// @param name the command's; `mailq` and `newaliases` have modes of their own
    /// @throws CommandException in Postfix's words, with the status that has the submitter try
    ///   again
    static SendmailOptions read(String name, String[] given, Terminal terminal, Messages say) {
        SendmailOptions out = new SendmailOptions(say);
        out.mode = name.equals("mailq") ? 'p' : name.equals("newaliases") ? 'i' : 'm';
        String[] args = out.renamed(given);
        // Postfix reads its options twice and complains as often.
        invalid(name, args, terminal);
        Options options = new Options(name, KNOWN, args, terminal.err());
        for (char c = options.next(); c != 0; c = options.next()) {
            if (c == '?') {
                throw fatal("usage: " + name + " [options]");
            }
            out.option(c, options.argument());
        }
        out.recipients = List.of(options.rest());
        out.verifying();
        return out;
    }

    /// What makes no sense where nothing is sent.
    private void verifying() {
        if (verify) {
            String useless =
                    extract
                            ? "-t"
                            : notify != 0
                                    ? "-N"
                                    : returns != null ? "-R" : verbose > 0 ? "-v" : null;
            if (useless != null) {
                throw fatal(useless + " option cannot be used with -bv");
            }
        }
    }

    private static void invalid(String name, String[] args, Terminal terminal) {
        Options options = new Options(name, KNOWN, args, terminal.err());
        char c = options.next();
        while (c != 0 && c != '?') {
            c = options.next();
        }
    }

    static CommandException fatal(String text) {
        return new CommandException(Sendmail.TEMPORARY, text);
    }

    /// What getopt does not know: `-q` alone, and VERP's option of before Postfix 2.3.
    private String[] renamed(String[] given) {
        List<String> out = new ArrayList<>(List.of(given));
        for (int i = 0; i < given.length && given[i].startsWith("-"); i++) {
            String word = given[i];
            if (word.equals("--") || word.equals("-")) {
                break;
            }
            boolean alone = word.equals("-V") && i + 1 < given.length && given[i + 1].length() == 2;
            if (word.equals("-q")) {
                // An argument of its own, so that getopt does not take the next word.
                out.set(i, "-q\0");
            } else if (alone || (word.startsWith("-V") && word.length() == 4)) {
                String instead = "-X" + word.substring(1);
                say.warning(
                        "option "
                                + word
                                + " is deprecated with Postfix 2.3; specify "
                                + instead
                                + " instead");
                out.set(i, instead);
            } else if (word.length() == 2 && valued(word.charAt(1))) {
                i++;
            }
        }
        return out.toArray(new String[0]);
    }

    private static boolean valued(char letter) {
        int at = KNOWN.indexOf(letter);
        return at >= 0 && at + 1 < KNOWN.length() && KNOWN.charAt(at + 1) == ':';
    }

    private void option(char c, String value) {
        switch (c) {
            case 'n' -> throw fatal("-n option not supported");
            case 'I' -> mode = 'i';
            case 'i' -> dotEnds = false;
            case 't' -> extract = true;
            case 'v' -> verbose++;
            case 'G' -> gateway = true;
            case 'O' -> {
                // The last one counts.
                asked.remove(value);
                asked.add(value);
            }
            case 'f', 'r' -> sender = value;
            case 'F' -> fullName = value;
            case 'C' -> configuration = value;
            case 'B' -> encoding = encoding(value);
            case 'N' -> notify(value);
            case 'R' -> returns(value);
            case 'V' -> envelopeId(value);
            case 'X' -> verp(value);
            case 'b' -> mode(value.isEmpty() ? 0 : value.charAt(0));
            case 'q' -> queue(value);
            case 'o' -> set(value);
            default -> {
                // read past, as Postfix does
            }
        }
    }

    /// What sendmail 3.12 takes of `-O`: an option that is not enabled is warned of, and so is a
    /// value that is neither yes nor no. All others are read past.
    void asks(SubmitSettings main) {
        List<String> said = List.copyOf(asked);
        asked.clear();
        for (String each : said) {
            int equals = each.indexOf('=');
            String name = Fold.lower(equals < 0 ? each : each.substring(0, equals + 1));
            // Abbreviated as far as nothing, as in Postfix.
            boolean requireTls = "requiretls=".startsWith(name);
            if (!requireTls && !"smtputf8=".startsWith(name)) {
                continue;
            }
            String option = requireTls ? "requiretls" : "smtputf8";
            boolean enabled = requireTls ? main.requireTls() : main.smtputf8();
            if (!enabled) {
                say.warning(
                        (requireTls
                                        ? "Ignoring option '-O " + each + ", because the"
                                        : "'-O " + each + "' was requested, but the")
                                + " configuration is '"
                                + option
                                + "_enable = no'");
                continue;
            }
            switch (Fold.lower(equals < 0 ? "" : each.substring(equals + 1))) {
                case "yes" -> asked.add(option);
                case "no" -> asked.remove(option);
                default -> say.warning("bad -O option: '" + each + "' -- ignored");
            }
        }
    }

    private void set(String value) {
        if (value.equals("A")) {
            throw fatal("-oA requires pathname");
        }
        if (value.startsWith("A")) {
            aliases = value.substring(1);
        }
        if (value.startsWith("i")) {
            dotEnds = false;
        }
    }

    private void mode(char c) {
        if (c == 'h' || c == 'H') {
            mode = 'h';
        } else if (c == 'v') {
            verify = true;
        } else if (c != 0 && "dilmps".indexOf(c) >= 0) {
            mode = c;
        } else {
            throw fatal("unsupported: -b" + (c == 0 ? "" : c));
        }
    }

    private void queue(String value) {
        if (value.equals("\0")) {
            flush = true;
        } else if (value.startsWith("R")) {
            site(value);
        } else if (value.startsWith("I")) {
            if (value.length() == 1) {
                throw fatal("specify: -qIqueueid");
            }
            delivering("-qI");
            flush = true;
            flushWhat = "-i" + value.substring(1);
        } else if (value.isEmpty() || !Character.isDigit(value.charAt(0))) {
            throw fatal(
                    "-q" + (value.isEmpty() ? "" : value.substring(0, 1)) + " is not implemented");
        } else {
            // -q30m: how often a daemon runs the queue; ours needs no telling.
            mode = 'h';
        }
    }

    private void site(String value) {
        if (value.length() == 1) {
            throw fatal("specify: -q" + value + "sitename");
        }
        delivering("-qR");
        flush = true;
        flushWhat = "-s" + value.substring(1);
    }

    private void delivering(String option) {
        if (mode != 'm') {
            throw fatal(option + " can be used only in delivery mode");
        }
    }

    private static String encoding(String value) {
        return switch (value) {
            case "8BITMIME" -> "8bit";
            case "7BIT" -> "7bit";
            default -> throw fatal("-B option needs 8BITMIME or 7BIT");
        };
    }

    private void notify(String value) {
        int sum = 0;
        boolean good = true;
        for (String word : value.split("[, \t\r\n]+", -1)) {
            int one = wanted(word);
            if (one == 0 && !word.isEmpty()) {
                say.warning(
                        "unknown DSN NOTIFY command value \"" + word + "\" in \"" + value + "\"");
                good = false;
            } else if (one != 0 && verbose > 0) {
                say.info("name_mask: " + Fold.lower(word));
            }
            sum |= one;
        }
        boolean alone = (sum & Recipient.NEVER) == 0 || sum == Recipient.NEVER;
        if (!good || sum == 0 || !alone) {
            say.warning("bad -N option value: '" + value + "' -- ignored");
        } else {
            notify = sum;
        }
    }

    private static int wanted(String word) {
        return word.equalsIgnoreCase("never")
                ? Recipient.NEVER
                : word.equalsIgnoreCase("success")
                        ? Recipient.SUCCESS
                        : word.equalsIgnoreCase("failure")
                                ? Recipient.FAILURE
                                : word.equalsIgnoreCase("delay") ? Recipient.DELAY : 0;
    }

    private void returns(String value) {
        if (value.equalsIgnoreCase("full")) {
            returns = "1";
        } else if (value.equalsIgnoreCase("hdrs")) {
            returns = "2";
        } else {
            say.warning("bad -R option value -- ignored");
        }
    }

    private void envelopeId(String value) {
        boolean printable = true;
        for (int i = 0; i < value.length(); i++) {
            printable &= value.charAt(i) >= ' ' && value.charAt(i) < 127;
        }
        if (value.length() > ENVELOPE_ID_MAX) {
            say.warning("too long -V option value -- ignored");
        } else if (!printable) {
            say.warning("bad syntax in -V option value -- ignored");
        } else {
            envelopeId = value;
        }
    }

    private void verp(String value) {
        if (!value.startsWith("V")) {
            throw fatal("unsupported: -X" + (value.isEmpty() ? "" : value.substring(0, 1)));
        }
        String given = value.substring(1);
        boolean good = given.isEmpty() || given.length() == 2;
        for (int i = 0; i < given.length(); i++) {
            good &= VERP_CHARACTERS.indexOf(given.charAt(i)) >= 0;
        }
        if (!good) {
            throw fatal("-V requires two characters from " + VERP_CHARACTERS);
        }
        verp = given;
    }
}
