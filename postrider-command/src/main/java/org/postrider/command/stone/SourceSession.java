package org.postrider.command.stone;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import org.postrider.command.CommandException;
import org.postrider.command.Messages;
import org.postrider.message.MailDate;
import org.postrider.time.Clock;

/// The client's side of one dialogue.
final class SourceSession {
    private static final int LONGEST = 4096;
    private static final int WIDTH = 80;

    /// A question to the server.
    ///
    /// @param doing for who hears that the connection broke
    /// @param refused for who hears that it was answered otherwise
    /// @param wanted first digit of the reply
    private record Asked(String doing, String refused, char wanted) {
        private static final Asked SENDER = new Asked("sending sender", "sender rejected", '2');
        private static final Asked RECIPIENT =
                new Asked("sending recipient", "recipient rejected", '2');
        private static final Asked DATA = new Asked("sending DATA command", "data rejected", '3');
        private static final Asked END = new Asked("sending message", "end of data rejected", '2');
        private static final Asked RSET = new Asked("sending message", "rset rejected", '2');
        private static final Asked GREETING =
                new Asked("reading server greeting", "rejected at server banner", '2');

        private static Asked hello(String verb) {
            return new Asked("sending " + verb, verb + " rejected", '2');
        }
    }

    /// The mails that are to be sent, over this session and others.
    interface Mails {
        /// False where no mail is left to send over this connection.
        boolean another();

        /// A number for a mail, from 0.
        int serial();

        /// A number for a recipient, from 1.
        int recipient();

        void sent();
    }

    private final Line line;
    private final SourceSettings is;
    private final Messages say;
    private Asked now = Asked.GREETING;

    SourceSession(Line line, SourceSettings settings, Messages say) {
        this.line = line;
        this.is = settings;
        this.say = say;
    }

    /// Sends mail until none is left, or one is sent and the connection is not to be kept.
    void run(Mails mails) throws IOException {
        SourceSettings.Speech speech = is.speech();
        try {
            taken(Asked.GREETING);
            if (!speech.old()) {
                String hello = speech.lmtp() ? "LHLO" : "HELO";
                ask(Asked.hello(hello), hello + " " + speech.host());
            }
            do {
                if (mail(mails)) {
                    mails.sent();
                }
            } while (speech.keep() && mails.another());
            line.write("QUIT");
            line.flush();
        } catch (SocketTimeoutException e) {
            throw new CommandException(1, "timeout while " + now.doing());
        } catch (IOException e) {
            throw new CommandException(1, "lost connection while " + now.doing());
        }
    }

    /// Whether the answer was the wanted one.
    private boolean ask(Asked asked, String text) throws IOException {
        now = asked;
        line.write(text);
        line.flush();
        return taken(asked);
    }

    /// Whether a reply was the wanted one.
    ///
    /// @throws CommandException for one that was not, unless such are passed over
    private boolean taken(Asked asked) throws IOException {
        now = asked;
        StringBuilder text = new StringBuilder();
        String code;
        boolean more;
        do {
            String reply = line.read(LONGEST);
            if (reply == null) {
                throw new IOException("lost connection");
            }
            code = reply.length() < 3 ? reply : reply.substring(0, 3);
            more = reply.startsWith("-", 3);
            // The end of a line is no character that is shown.
            text.append(text.isEmpty() ? code + " " : "?");
            text.append(reply, Math.min(4, reply.length()), reply.length());
        } while (more);
        if (code.startsWith(String.valueOf(asked.wanted()))) {
            return true;
        }
        String why = asked.refused() + ": " + text;
        if (!is.speech().patient()) {
            throw new CommandException(1, why);
        }
        say.warning(why);
        return false;
    }

    /// False where something was refused.
    private boolean mail(Mails mails) throws IOException {
        boolean begun =
                ask(Asked.SENDER, "MAIL FROM:<" + is.envelope().from() + ">")
                        && recipients(mails)
                        && ask(Asked.DATA, "DATA");
        if (!begun) {
            ask(Asked.RSET, "RSET");
            return false;
        }
        line.write(content(mails.serial()));
        boolean done = ask(Asked.END, ".");
        for (int i = is.speech().lmtp() ? is.envelope().recipients() : 1; i > 1; i--) {
            done &= taken(Asked.END);
        }
        return done;
    }

    /// Whether there is one.
    private boolean recipients(Mails mails) throws IOException {
        SourceSettings.Envelope envelope = is.envelope();
        boolean any = false;
        for (int i = envelope.recipients(); i > 0; i--) {
            String number =
                    envelope.numbered()
                            ? Integer.toString(mails.recipient())
                            : i > 1 ? Integer.toString(i) : "";
            any |= ask(Asked.RECIPIENT, "RCPT TO:<" + number + envelope.to() + ">");
        }
        return any;
    }

    private byte[] content(int serial) {
        byte[] given = is.text().given();
        if (given != null) {
            return given;
        }
        StringBuilder out = new StringBuilder();
        if (!is.speech().old()) {
            header(serial, out);
        }
        body(is.text().length(), out);
        return out.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private void header(int serial, StringBuilder out) {
        Instant now = Instant.ofEpochMilli(Clock.system().wallMillis());
        long pid = ProcessHandle.current().pid();
        String id = String.format(Locale.ROOT, "%04x.%04x", pid & 0xffff, serial & 0xffff);
        out.append("From: <").append(is.envelope().from()).append(">\r\n");
        out.append("To: <").append(is.envelope().to()).append(">\r\n");
        out.append("Date: ").append(MailDate.of(now.toEpochMilli()));
        out.append("\r\nMessage-Id: <").append(id).append('@').append(is.speech().host());
        out.append(">\r\n");
        if (is.text().subject() != null) {
            out.append("Subject: ").append(is.text().subject()).append("\r\n");
        }
        out.append("\r\n");
    }

    /// @param length of the body in octets, of which whole lines are numbered; 0 for some text
    private static void body(int length, StringBuilder out) {
        if (length == 0) {
            for (int i = 1; i < 5; i++) {
                out.append("La de da de da ").append(i).append(".\r\n");
            }
            return;
        }
        int number = 1;
        for (int left = length; left > 0; left -= WIDTH) {
            String begin = left >= WIDTH ? Integer.toString(number++) : "";
            int rest = left >= WIDTH ? WIDTH - 2 - begin.length() : left;
            out.append(begin).append("X".repeat(rest)).append("\r\n");
        }
    }
}
