package org.postrider.command.stone;

import java.io.IOException;
import java.io.OutputStream;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The server's side of one dialogue: what is sent is taken, and thrown away unless it is kept in a
/// file. What each [SinkVerb] comes to stands in one table.
final class SinkSession {
    /// Octets of a command that are read.
    private static final int LONGEST = 2048;

    private static final long SECOND = 1_000_000_000L;

    private static final String OK = "250 2.0.0 Ok";

    /// What EHLO and LHLO announce, unless its first word is withheld.
    private static final List<String> KEYWORDS =
            List.of(
                    "PIPELINING",
                    "8BITMIME",
                    "AUTH PLAIN LOGIN",
                    "XCLIENT NAME HELO",
                    "XFORWARD NAME ADDR PROTO HELO",
                    "ENHANCEDSTATUSCODES",
                    "DSN");

    /// What a verb comes to.
    private interface Deed {
        /// @param text behind the verb
        void done(String text) throws IOException;
    }

    /// From MAIL to the end of the message.
    private static final class Transaction {
        private final SinkDump.@Nullable Mail kept;
        private int recipients;

        private Transaction(SinkDump.@Nullable Mail kept) {
            this.kept = kept;
        }
    }

    private final Line line;
    private final String client;
    private final SinkSettings is;
    private final Tally tally;
    private final @Nullable CommandLog log;
    private final Map<SinkVerb, Deed> deeds = new EnumMap<>(SinkVerb.class);
    private String protocol;
    private @Nullable String helo;
    private @Nullable Transaction transaction;

    /// Those of the message that has just come.
    private int answered;

    private boolean over;
    private boolean quit;

    /// @param client its address, `ipv6:` before one of that kind
    /// @param log for commands that are to be logged; null for none
    SinkSession(
            Line line,
            String client,
            SinkSettings settings,
            Tally tally,
            @Nullable CommandLog log) {
        this.line = line;
        this.client = client;
        this.is = settings;
        this.tally = tally;
        this.log = log;
        protocol = settings.manner().lmtp() ? "LMTP" : "SMTP";
        for (SinkVerb each : SinkVerb.values()) {
            deeds.put(each, _ -> say(OK));
        }
        deeds.put(SinkVerb.CONNECT, _ -> say(banner()));
        deeds.put(SinkVerb.HELO, this::helo);
        deeds.put(SinkVerb.EHLO, this::ehlo);
        deeds.put(SinkVerb.LHLO, this::ehlo);
        deeds.put(SinkVerb.MAIL, this::mail);
        deeds.put(SinkVerb.RCPT, this::rcpt);
        deeds.put(SinkVerb.DATA, _ -> data());
        deeds.put(SinkVerb.END, _ -> ofMessage(settings.manner().lmtp() ? "250 2.2.0 Ok" : OK));
        deeds.put(SinkVerb.RSET, _ -> rset());
        deeds.put(SinkVerb.QUIT, _ -> quit());
    }

    /// Until the client goes, or is sent away.
    ///
    /// @throws SinkDump.ClosedException where a mail that is to be kept cannot be
    void run() throws IOException {
        try {
            treat(SinkVerb.CONNECT, "connect", "");
            while (!over) {
                line.flushIfIdle();
                String text = line.read(LONGEST);
                if (text == null) {
                    return;
                }
                if (is.verbose()) {
                    System.err.print("smtp-sink: " + text + "\n");
                }
                command(text.stripLeading());
            }
        } finally {
            forget();
        }
    }

    private void command(String text) throws IOException {
        if (text.isBlank()) {
            say("500 5.5.2 Error: unknown command");
            return;
        }
        int end = 0;
        while (end < text.length() && text.charAt(end) != ' ' && text.charAt(end) != '\t') {
            end++;
        }
        String word = text.substring(0, end);
        SinkVerb verb = SinkVerb.of(word);
        if (verb == null || !verb.said() || !is.treatments().knows(verb)) {
            say("500 5.5.1 Error: unknown command");
        } else {
            treat(verb, word, text.substring(end));
        }
    }

    /// @param word as the client wrote it
    private void treat(SinkVerb verb, String word, String text) throws IOException {
        if (log != null && is.treatments().logs(verb)) {
            log.told(word, text.startsWith(" ") ? text.substring(1) : text);
        }
        Treatments.Fate fate = is.treatments().fate(verb);
        if (fate == null) {
            pause(is.treatments().seconds(verb));
            deeds.getOrDefault(verb, _ -> say(OK)).done(text.strip());
            return;
        }
        switch (fate) {
            case DROPPED -> over = true;
            case CLOSED -> {
                say("421 4.0.0 Server closing connection");
                over = true;
            }
            case HARD -> rejected(verb, is.rejections().hard());
            case SOFT -> rejected(verb, is.rejections().soft());
        }
    }

    private void rejected(SinkVerb verb, String reply) throws IOException {
        if (verb == SinkVerb.END) {
            ofMessage(reply);
        } else {
            say(reply);
        }
    }

    private void say(String reply) throws IOException {
        line.write(reply);
    }

    private void pause(long seconds) throws IOException {
        if (seconds > 0) {
            line.flush();
            LockSupport.parkNanos(seconds * SECOND);
        }
    }

    private String banner() {
        return switch (is.manner().banner()) {
            case STARS -> "220 ********";
            case SMTP -> "220 " + is.manner().host();
            case ESMTP -> "220 " + is.manner().host() + " ESMTP";
        };
    }

    private void helo(String text) throws IOException {
        greeted(text, "SMTP");
        say("250 " + is.manner().host());
    }

    private void ehlo(String text) throws IOException {
        greeted(text, is.manner().lmtp() ? protocol : "ESMTP");
        say("250-" + is.manner().host());
        for (String each : KEYWORDS) {
            if (!is.manner().withheld().contains(each.split(" ", 2)[0])) {
                say("250-" + each);
            }
        }
        say("250 ");
    }

    private void greeted(String name, String spoken) {
        forget();
        helo = name;
        protocol = spoken;
    }

    private void mail(String text) throws IOException {
        if (transaction != null) {
            say("503 5.5.1 Error: nested MAIL command");
            return;
        }
        SinkDump dump = is.dump();
        SinkDump.Mail kept = dump == null ? null : dump.mail(client, protocol, helo);
        if (kept != null) {
            kept.sender(behindColon(text));
        }
        transaction = new Transaction(kept);
        say("250 2.1.0 Ok");
    }

    private void rcpt(String text) throws IOException {
        Transaction in = transaction;
        if (in == null) {
            say("503 5.5.1 Error: need MAIL command");
            return;
        }
        in.recipients++;
        if (in.kept != null) {
            in.kept.recipient(behindColon(text));
        }
        say("250 2.1.5 Ok");
    }

    private static String behindColon(String text) {
        return text.substring(text.indexOf(':') + 1).stripLeading();
    }

    private void data() throws IOException {
        Transaction in = transaction;
        if (in == null || in.recipients == 0) {
            say("503 5.5.1 Error: need RCPT command");
            return;
        }
        say("354 End data with <CR><LF>.<CR><LF>");
        line.flush();
        if (is.pauses().abort() >= 0) {
            pause(is.pauses().abort());
            say("550 This violates SMTP");
            over = true;
            return;
        }
        pause(is.pauses().read());
        if (!taken(in.kept)) {
            over = true;
            return;
        }
        answered = in.recipients;
        transaction = null;
        treat(SinkVerb.END, ".", "");
        line.flushIfIdle();
        tally.message();
    }

    /// Reads a message.
    ///
    /// @return false where the client went before its end
    private boolean taken(SinkDump.@Nullable Mail kept) throws IOException {
        if (kept == null) {
            return line.message(null);
        }
        boolean whole;
        try (OutputStream copy = kept.begin(client, protocol, helo)) {
            whole = line.message(copy);
        }
        if (whole) {
            kept.done();
        }
        return whole;
    }

    /// A reply to a message: one for each recipient in LMTP.
    private void ofMessage(String reply) throws IOException {
        for (int i = is.manner().lmtp() ? answered : 1; i > 0; i--) {
            say(reply);
        }
    }

    private void rset() throws IOException {
        forget();
        say("250 2.1.0 Ok");
    }

    private void quit() throws IOException {
        say("221 Bye");
        over = true;
        quit = true;
    }

    /// Whether the client ended it by QUIT.
    boolean saidQuit() {
        return quit;
    }

    /// Ends what is begun of a mail.
    private void forget() {
        if (transaction != null && transaction.kept != null) {
            transaction.kept.dropped();
        }
        transaction = null;
    }
}
