package org.postrider.command.explain;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postrider.access.Effect;
import org.postrider.access.Stage;
import org.postrider.address.Address;
import org.postrider.address.PathParser;
import org.postrider.peer.Client;
import org.postrider.peer.ClientAttributes;
import org.postrider.peer.ClientAttributes.Read;
import org.postrider.peer.Neutral;

/// Plays one dialogue without a session: at each command that restrictions decide on, the caller
/// that it has come to is explained, and the verdict held to what the dialogue expects. One thread.
final class Player {
    private static final Pattern PATH =
            Pattern.compile(
                    "(?i)(?:MAIL FROM|RCPT TO):\\s*(<(?:\"(?:[^\"\\\\]|\\\\.)*\"|[^\">])*>)(.*)");

    /// The session's own: it has not come to the restrictions.
    private static final Set<String> SESSIONS =
            Set.of(
                    "500",
                    "502",
                    "503 5.5.1",
                    "503 5.7.0",
                    "501 5.5.4",
                    "501 5.1.3",
                    "501 5.1.7",
                    "552",
                    "553 5.6.7",
                    "555");

    /// Told what was compared and what was not.
    interface Tally {
        void compared(Stage stage, String where, @Nullable String fault, Told told);

        void leftOut(String why, String where);

        /// Whether a change is to be looked for that turns a refusal.
        boolean turns(Told told);

        /// A change was found that turns a refusal, or none.
        void turned(boolean found, String where);
    }

    private final Trial trial;
    private final Function<InetAddress, Client> names;
    private final Tally tally;
    private final Deque<String> waiting = new ArrayDeque<>();
    private Client client;
    private String helo = "";
    private @Nullable String login;
    private boolean encrypted;
    private @Nullable Address sender;
    private @Nullable Address to;
    private int recipients;
    private boolean discarded;
    private boolean content;
    private String where = "";

    Player(Trial trial, String from, Function<InetAddress, Client> names, Tally tally)
            throws UnknownHostException {
        this.trial = trial;
        this.names = names;
        this.tally = tally;
        client = names.apply(InetAddress.getByName(from));
        waiting.add("");
    }

    void play(Dialogues.Case dialogue) {
        int at = 0;
        for (Dialogues.Line line : dialogue.lines()) {
            where = dialogue.file() + " " + dialogue.name() + " step " + ++at + ": ";
            switch (line.kind()) {
                case "C:" -> said(line.text());
                case "AUTH" -> waiting.add("AUTH " + line.text().split(" ")[1]);
                case "TLS" -> encrypted = true;
                case "S:" -> {
                    String command = waiting.poll();
                    if (command != null && Character.isDigit(line.text().charAt(0))) {
                        where += command + " ";
                        replied(command, Expected.of(line.text()));
                    }
                }
                case "WAIT" -> {
                    if (dialogue.verifies()) {
                        // What was verified gets old.
                        LockSupport.parkNanos((long) (Double.parseDouble(line.text()) * 1e9));
                    }
                }
                case "HANGS" -> {
                    tally.leftOut("a policy server that hangs", where);
                    return;
                }
                case "C<", "ON", "CLOSE", "SHUT", "SENDMAIL" -> {
                    tally.leftOut("what follows " + line.kind(), where);
                    return;
                }
                default -> {
                    // what the log or the next hop has
                }
            }
        }
    }

    /// Lines of content wait for no reply.
    private void said(String line) {
        if (!content) {
            waiting.add(line);
        } else if (line.equals(".")) {
            content = false;
            waiting.add(".");
        }
        // Sent before its reply is there: the reply says whether it is content.
        if (line.equalsIgnoreCase("DATA")) {
            content = true;
        }
    }

    private void replied(String command, Expected reply) {
        String verb = command.split("[ :]", 2)[0].toUpperCase(java.util.Locale.ROOT);
        String code = reply.code();
        if (SESSIONS.contains(code) || SESSIONS.contains(code + " " + reply.status())) {
            tally.leftOut("the session's own " + code + " " + reply.status(), where);
            content = false;
            return;
        }
        if (reply.conditions().stream().anyMatch(each -> each.text().startsWith("Error: too "))) {
            tally.leftOut("a client's rates", where);
            return;
        }
        switch (verb) {
            case "" -> judged(Stage.CLIENT, reply, caller(Stage.CLIENT));
            case "EHLO", "HELO" -> {
                String before = helo;
                helo = Neutral.of(command.substring(4).strip());
                judged(Stage.HELO, reply, caller(Stage.HELO));
                helo = reply.accepts() ? helo : before;
            }
            case "MAIL" -> mail(command, reply);
            case "RCPT" -> recipient(command, reply);
            case "DATA" -> data(reply);
            case "." -> ended(reply);
            case "XCLIENT" -> xclient(command, reply);
            case "AUTH" -> login = reply.accepts() ? command.substring(5) : login;
            case "RSET" -> reset();
            default -> tally.leftOut("no command of a mail: " + verb, where);
        }
    }

    private void reset() {
        sender = null;
        to = null;
        recipients = 0;
        discarded = false;
    }

    private Caller caller(Stage at) {
        Address from = sender == null ? Address.NULL : sender;
        Address rcpt = to == null ? new Address("postmaster") : to;
        return new Caller(
                client,
                helo,
                login,
                new Caller.Encryption(encrypted, false, null),
                new Caller.Mail(from, rcpt, at.compareTo(Stage.DATA) >= 0 ? 0 : recipients));
    }

    /// Up to the stage nothing refuses, or what refuses says what is expected.
    private Told judged(Stage stage, Expected reply, Caller caller) {
        trial.world().outside().probing().forget();
        Told told = trial.run(caller, Trial.Change.NONE);
        Told.At at = told.refusing();
        boolean later = at == null || at.stage().compareTo(stage) > 0;
        boolean here = at != null && at.stage() == stage;
        String fault =
                later ? reply.fault(null) : here ? reply.fault(told.reply()) : "refused before";
        for (Expected other : fault == null ? reply.changed() : List.<Expected>of()) {
            if (other.fault(here ? told.reply() : null) == null) {
                fault = other + " would do as well";
            }
        }
        tally.compared(stage, where, fault, told);
        if (here && tally.turns(told)) {
            boolean turns = !new Changes(trial).turning(told, caller).isEmpty();
            tally.turned(turns, where + told.reply());
        }
        return told;
    }

    private static @Nullable Address path(String command) {
        Matcher matcher = PATH.matcher(command);
        return matcher.matches() ? PathParser.parse(matcher.group(1), false) : null;
    }

    private void mail(String command, Expected reply) {
        Address from = path(command);
        if (from == null) {
            tally.leftOut("an address that is none", where);
            return;
        }
        reset();
        sender = from;
        judged(Stage.SENDER, reply, caller(Stage.SENDER));
        if (!reply.accepts()) {
            sender = null;
        }
    }

    private void recipient(String command, Expected reply) {
        Address rcpt = path(command);
        if (rcpt == null || sender == null) {
            tally.leftOut("an address that is none", where);
            return;
        }
        if (discarded) {
            tally.leftOut("behind a DISCARD", where);
            return;
        }
        Address before = to;
        to = rcpt;
        Told told = judged(Stage.RECIPIENT, reply, caller(Stage.RECIPIENT));
        if (reply.accepts()) {
            recipients++;
            discarded = told.stages().stream().anyMatch(Player::discards);
        } else {
            to = before;
        }
    }

    private static boolean discards(Told.At at) {
        return at.stage().compareTo(Stage.RECIPIENT) <= 0
                && at.decision().effects().stream().anyMatch(Effect.Discard.class::isInstance);
    }

    private void data(Expected reply) {
        if (recipients == 1) {
            judged(Stage.DATA, reply, caller(Stage.DATA));
        } else {
            tally.leftOut(recipients + " recipients at DATA", where);
        }
        content = reply.accepts();
    }

    private void ended(Expected reply) {
        if (recipients == 1) {
            judged(Stage.END_OF_DATA, reply, caller(Stage.END_OF_DATA));
        } else {
            tally.leftOut(recipients + " recipients at the end of data", where);
        }
        reset();
    }

    private void xclient(String command, Expected reply) {
        if (!reply.accepts()) {
            tally.leftOut("XCLIENT that is not taken", where);
            return;
        }
        String given = command.substring("XCLIENT ".length());
        if (!(ClientAttributes.read("XCLIENT", given, true) instanceof Read.Good(var attributes))) {
            throw new IllegalStateException(where);
        }
        reset();
        client = attributes.applied(client);
        String named = attributes.get("HELO");
        helo = named == null ? "" : named;
        login = attributes.has("LOGIN") ? attributes.get("LOGIN") : login;
        judged(Stage.CLIENT, reply, caller(Stage.CLIENT));
    }
}
