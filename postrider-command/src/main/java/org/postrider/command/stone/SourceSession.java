package org.postrider.command.stone;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.postrider.command.CommandException;
import org.postrider.command.Messages;
import org.postrider.time.Clock;

/// The client's side of one dialogue, in Postfix's smtp-source's order and words.
final class SourceSession {
    private static final int LONGEST = 4096;
    private static final int WIDTH = 80;
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss xx (zzz)", Locale.ROOT);

    private final Line line;
    private final SourceSettings is;
    private final Messages say;
    private final AtomicLong names;
    private String now = "";

    /// @param names numbers of recipients that have been given away
    SourceSession(Line line, SourceSettings settings, Messages say, AtomicLong names) {
        this.line = line;
        this.is = settings;
        this.say = say;
        this.names = names;
    }

    /// What is sent before it can begin.
    interface Next {
        /// False where no mail is left to send.
        boolean more();

        void sent();
    }

    /// Sends mail until none is left, or one is sent and the connection is not to be kept.
    void run(Next next, AtomicInteger serial) throws IOException {
        try {
            now = "reading server greeting";
            taken("at server banner", '2', true);
            if (!is.old()) {
                String hello = is.lmtp() ? "LHLO" : "HELO";
                now = "sending " + hello;
                send(hello + " " + is.host());
                taken(hello, '2', false);
            }
            do {
                if (mail(serial.getAndIncrement())) {
                    next.sent();
                }
            } while (is.keep() && next.more());
            send("QUIT");
            line.flush();
        } catch (SocketTimeoutException e) {
            throw new CommandException(1, "timeout while " + now);
        } catch (IOException e) {
            throw new CommandException(1, "lost connection while " + now);
        }
    }

    private void send(String text) throws IOException {
        line.write(text);
        line.flush();
    }

    /// Whether a reply was the wanted one.
    ///
    /// @param banner it is about the connection, not a command's
    /// @throws CommandException for one that was not, unless such are passed over
    private boolean taken(String what, char wanted, boolean banner) throws IOException {
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
        if (!code.isEmpty() && code.charAt(0) == wanted) {
            return true;
        }
        String why = banner ? "rejected " + what + ": " + text : what + " rejected: " + text;
        if (!is.patient()) {
            throw new CommandException(1, why);
        }
        say.warning(why);
        return false;
    }

    /// False where something was refused.
    private boolean mail(int serial) throws IOException {
        now = "sending sender";
        send("MAIL FROM:<" + is.from() + ">");
        if (!taken("sender", '2', false)) {
            return reset();
        }
        now = "sending recipient";
        boolean any = false;
        for (int i = is.recipients(); i > 0; i--) {
            String number =
                    is.numbered()
                            ? Long.toString(names.incrementAndGet())
                            : i > 1 ? Integer.toString(i) : "";
            send("RCPT TO:<" + number + is.to() + ">");
            any |= taken("recipient", '2', false);
        }
        if (!any) {
            return reset();
        }
        now = "sending DATA command";
        send("DATA");
        if (!taken("data", '3', false)) {
            return reset();
        }
        now = "sending message";
        line.write(content(serial));
        send(".");
        boolean done = true;
        for (int i = is.lmtp() ? is.recipients() : 1; i > 0; i--) {
            done &= taken("end of data", '2', false);
        }
        return done;
    }

    private boolean reset() throws IOException {
        now = "sending message";
        send("RSET");
        taken("rset", '2', false);
        return false;
    }

    private byte[] content(int serial) {
        byte[] given = is.content();
        if (given != null) {
            return given;
        }
        StringBuilder out = new StringBuilder();
        if (!is.old()) {
            String id =
                    String.format(
                            Locale.ROOT,
                            "%04x.%04x",
                            ProcessHandle.current().pid() & 0xffff,
                            serial & 0xffff);
            Instant now = Instant.ofEpochMilli(Clock.system().wallMillis());
            out.append("From: <").append(is.from()).append(">\r\n");
            out.append("To: <").append(is.to()).append(">\r\n");
            out.append("Date: ").append(DATE.format(now.atZone(ZoneId.systemDefault())));
            out.append("\r\nMessage-Id: <").append(id).append("@").append(is.host());
            out.append(">\r\n");
            if (is.subject() != null) {
                out.append("Subject: ").append(is.subject()).append("\r\n");
            }
            out.append("\r\n");
        }
        if (is.length() > 0) {
            int number = 1;
            for (int left = is.length(); left > 0; left -= WIDTH) {
                // Whole lines are numbered.
                String begin = left >= WIDTH ? Integer.toString(number++) : "";
                int rest = left >= WIDTH ? WIDTH - 2 - begin.length() : left;
                out.append(begin).append("X".repeat(rest)).append("\r\n");
            }
        } else {
            for (int i = 1; i < 5; i++) {
                out.append("La de da de da ").append(i).append(".\r\n");
            }
        }
        return out.toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
