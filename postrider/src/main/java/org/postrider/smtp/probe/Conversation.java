package org.postrider.smtp.probe;

import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.io.Connection;
import org.postrider.io.DeadlineException;
import org.postrider.log.LogTag;
import org.postrider.log.MailLog;
import org.postrider.smtp.Finger;
import org.postrider.smtp.Protocol;
import org.postrider.wire.ClientDialogue;
import org.postrider.wire.ClientStage;
import org.postrider.wire.Offer;
import org.postrider.wire.ServerReply;

/// The dialogue with the server, shown line by line: greeting, EHLO or LHLO, STARTTLS, QUIT. Each
/// step says itself what went wrong with it. One thread.
final class Conversation implements ClientDialogue.Oddities, ClientDialogue.Filter {
    /// Octets of a line that are kept.
    private static final int LINE_LIMIT = 2048;

    private static final ClientDialogue.Terms TERMS = new ClientDialogue.Terms(LINE_LIMIT, true);

    private final ClientDialogue dialogue;
    private final Manner manner;
    private boolean hears;

    /// How it is held.
    ///
    /// @param greetingMillis how long the greeting may take
    /// @param commandMillis the same of a command's reply
    record Manner(
            Protocol protocol,
            String heloName,
            long greetingMillis,
            long commandMillis,
            MailLog log,
            LogTag tag) {
        void info(String text) {
            log.info(tag, text);
        }
    }

    /// @param hears what is said is shown
    Conversation(Connection over, Manner manner, boolean hears) {
        this.manner = manner;
        this.hears = hears;
        dialogue = new ClientDialogue(over, TERMS, this, this);
    }

    ClientDialogue dialogue() {
        return dialogue;
    }

    void hears(boolean now) {
        hears = now;
    }

    /// @return false where the server does not want to talk
    boolean greeted() {
        ServerReply reply;
        try {
            reply = dialogue.greeting(manner.greetingMillis());
        } catch (IOException e) {
            manner.info(lost(e) + " while reading server greeting");
            return false;
        }
        return accepted(reply, "SMTP service not available");
    }

    /// Says EHLO or LHLO.
    ///
    /// @return the server's own name; null where it will not
    @Nullable String hello() {
        ClientStage which =
                manner.protocol() == Protocol.LMTP ? ClientStage.LHLO : ClientStage.EHLO;
        said(which + " " + manner.heloName());
        try {
            ServerReply reply = dialogue.hello(which, manner.heloName(), manner.commandMillis());
            if (!accepted(reply, which + " rejected")) {
                return null;
            }
            dialogue.take(reply, Set.of());
            String first = reply.lines().getFirst();
            return first.length() < 4 ? "" : first.substring(4).split(" ", 2)[0];
        } catch (IOException e) {
            manner.info(lost(e) + " while sending " + which);
            return null;
        }
    }

    boolean offersTls() {
        return dialogue.offers(Offer.STARTTLS);
    }

    /// @return false where the server will not
    boolean startsTls() {
        said("STARTTLS");
        try {
            return accepted(dialogue.startTls(manner.commandMillis()), "STARTTLS rejected");
        } catch (IOException e) {
            throw new Finger.Fatal(lost(e) + " while sending STARTTLS");
        }
    }

    void quits() {
        said("QUIT");
        try {
            dialogue.send("QUIT\r\n", manner.commandMillis());
            dialogue.reply(dialogue.stage(), manner.commandMillis());
        } catch (IOException e) {
            manner.log().warning(manner.tag(), lost(e) + " while sending QUIT command");
        }
    }

    private boolean accepted(ServerReply reply, String otherwise) {
        if (reply.code() / 100 == 2) {
            return true;
        }
        StringBuilder text = new StringBuilder();
        for (String line : reply.lines()) {
            // Postfix has one line of it, in which an end of a line is shown as a control.
            String words = line.substring(Math.min(4, line.length()));
            text.append(text.isEmpty() ? reply.code() + " " : "?").append(words);
        }
        manner.info(otherwise + ": " + shown(text.toString()));
        return false;
    }

    private void said(String line) {
        if (hears) {
            manner.info("> " + line);
        }
    }

    private static String lost(IOException e) {
        return e instanceof DeadlineException ? "timeout" : "lost connection";
    }

    /// Without what a terminal would act on.
    private static String shown(String octets) {
        StringBuilder out = new StringBuilder(octets.length());
        octets.chars().forEach(c -> out.append(c < ' ' || c > '~' ? '?' : (char) c));
        return out.toString();
    }

    @Override
    public String filtered(String line) {
        if (hears) {
            manner.info("< " + shown(line));
        }
        return line;
    }

    @Override
    public void noReplyCode(String line, boolean several) {
        if (!several) {
            return;
        }
        manner.log().warning(manner.tag(), "non-ESMTP response: " + shown(line));
    }

    @Override
    public void longLine(int limit, String start) {
        manner.log().warning(manner.tag(), "response longer than " + limit + ": " + shown(start));
    }

    @Override
    public void longReply(int limit, String start) {
        manner.log()
                .warning(
                        manner.tag(),
                        "multi-line response longer than " + limit + ": " + shown(start));
    }

    @Override
    public void badSize(String value) {
        // No mail is sent.
    }
}
