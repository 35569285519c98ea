package org.postrider.command.stone;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.postrider.maps.Fold;

/// The server's side of one dialogue, in Postfix's smtp-sink's words: what is sent is taken, and
/// thrown away unless it is kept in a file.
final class SinkSession {
    /// Octets of a command that are read.
    private static final int LONGEST = 2048;

    private static final long SECOND = 1_000_000_000L;

    /// Who counts what is over.
    interface Counts {
        void quit();

        void message();
    }

    private final Line line;
    private final String client;
    private final SinkSettings is;
    private final Counts counts;
    private String protocol;
    private @Nullable String helo;
    private boolean inMail;
    private int recipients;
    private boolean over;
    private SinkDump.@Nullable Mail mail;

    /// @param client its address, `ipv6:` before one of that kind
    SinkSession(Line line, String client, SinkSettings settings, Counts counts) {
        this.line = line;
        this.client = client;
        this.is = settings;
        this.counts = counts;
        protocol = settings.lmtp() ? "LMTP" : "SMTP";
    }

    /// Until the client goes, or is sent away.
    void run() throws IOException {
        try {
            respond("connect", "");
            while (!over) {
                line.flushIfIdle();
                String text = line.read(LONGEST);
                if (text == null) {
                    return;
                }
                if (is.verbose()) {
                    System.err.print("smtp-sink: " + text + "\n");
                }
                command(text.strip());
            }
        } finally {
            reset();
        }
    }

    private void command(String text) throws IOException {
        if (text.isEmpty()) {
            say("500 5.5.2 Error: unknown command");
            return;
        }
        int end = 0;
        while (end < text.length() && text.charAt(end) != ' ' && text.charAt(end) != '\t') {
            end++;
        }
        String name = Fold.lower(text.substring(0, end));
        if (is.commands().enabled(name)) {
            respond(name, text.substring(end).stripLeading());
        } else {
            say("500 5.5.1 Error: unknown command");
        }
    }

    private void say(String reply) throws IOException {
        line.write(reply);
    }

    private void respond(String command, String text) throws IOException {
        SinkCommands.Fate[] fate = new SinkCommands.Fate[1];
        if (is.commands().fated(command, told -> fate[0] = told)) {
            fated(command, fate[0]);
            return;
        }
        pause(is.commands().seconds(command));
        switch (command) {
            case "connect" ->
                    say(
                            is.pix()
                                    ? "220 ********"
                                    : "220 " + is.host() + (is.esmtp() ? " ESMTP" : ""));
            case "helo" -> {
                reset();
                protocol = "SMTP";
                helo = text;
                say("250 " + is.host());
            }
            case "ehlo", "lhlo" -> hello(text);
            case "rset" -> {
                reset();
                say("250 2.1.0 Ok");
            }
            case "mail" -> sender(text);
            case "rcpt" -> recipient(text);
            case "data" -> data();
            case "." -> replies(is.lmtp() ? "250 2.2.0 Ok" : "250 2.0.0 Ok");
            case "quit" -> {
                say("221 Bye");
                over = true;
                counts.quit();
            }
            default -> say("250 2.0.0 Ok");
        }
    }

    private void fated(String command, SinkCommands.Fate fate) throws IOException {
        switch (fate) {
            case DROPPED -> over = true;
            case CLOSED -> {
                say("421 4.0.0 Server closing connection");
                over = true;
            }
            case HARD, SOFT -> {
                String reply = fate == SinkCommands.Fate.HARD ? is.hard() : is.soft();
                if (command.equals(".")) {
                    replies(reply);
                } else {
                    say(reply);
                }
            }
        }
    }

    private void pause(long seconds) throws IOException {
        if (seconds > 0) {
            line.flush();
            LockSupport.parkNanos(seconds * SECOND);
        }
    }

    private void hello(String text) throws IOException {
        reset();
        if (!is.lmtp()) {
            protocol = "ESMTP";
        }
        helo = text;
        say("250-" + is.host());
        for (String each :
                new String[] {
                    "PIPELINING",
                    "8BITMIME",
                    "AUTH PLAIN LOGIN",
                    "XCLIENT NAME HELO",
                    "XFORWARD NAME ADDR PROTO HELO",
                    "ENHANCEDSTATUSCODES",
                    "DSN"
                }) {
            int blank = each.indexOf(' ');
            if (!is.withheld().contains(blank < 0 ? each : each.substring(0, blank))) {
                say("250-" + each);
            }
        }
        say("250 ");
    }

    private static String behindColon(String text) {
        return text.substring(text.indexOf(':') + 1).stripLeading();
    }

    private void sender(String text) throws IOException {
        if (inMail) {
            say("503 5.5.1 Error: nested MAIL command");
            return;
        }
        inMail = true;
        recipients = 0;
        say("250 2.1.0 Ok");
        if (is.dump() != null) {
            mail = is.dump().mail(client, protocol, helo);
            mail.sender(behindColon(text));
        }
    }

    private void recipient(String text) throws IOException {
        if (!inMail) {
            say("503 5.5.1 Error: need MAIL command");
            return;
        }
        recipients++;
        say("250 2.1.5 Ok");
        if (mail != null) {
            mail.recipient(behindColon(text));
        }
    }

    private void data() throws IOException {
        if (!inMail || recipients == 0) {
            say("503 5.5.1 Error: need RCPT command");
            return;
        }
        say("354 End data with <CR><LF>.<CR><LF>");
        line.flush();
        if (is.abortDelay() >= 0) {
            LockSupport.parkNanos(is.abortDelay() * SECOND);
            say("550 This violates SMTP");
            over = true;
            return;
        }
        pause(is.readDelay());
        SinkDump.Mail kept = mail;
        if (kept == null) {
            over = !line.message(null);
        } else {
            try (OutputStream copy = kept.begin(client, protocol, helo)) {
                over = !line.message(copy);
            }
            if (!over) {
                kept.done();
                mail = null;
            }
        }
        inMail = false;
        if (!over) {
            respond(".", "");
            line.flushIfIdle();
            counts.message();
        }
    }

    /// One for each recipient in LMTP.
    private void replies(String reply) throws IOException {
        for (int i = is.lmtp() ? recipients : 1; i > 0; i--) {
            say(reply);
        }
    }

    private void reset() {
        inMail = false;
        if (mail != null) {
            mail.dropped();
            mail = null;
        }
    }
}
