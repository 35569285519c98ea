package org.postrider.smtpd.proxy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.dsn.DsnSplit;
import org.postrider.dsn.Status;
import org.postrider.io.Connection;
import org.postrider.io.DeadlineException;
import org.postrider.smtpd.SmtpdReplies;
import org.postrider.wire.ClientDialogue;
import org.postrider.wire.ClientStage;
import org.postrider.wire.Reply;
import org.postrider.wire.ServerReply;

/// The dialogue with a filter over one connection, in Postfix's words where it goes wrong. Once it
/// is broken each command is answered for the filter. One thread.
final class ProxyDialogue implements AutoCloseable {
    /// What is said to the client if the filter says nothing that can be passed on.
    static final Reply BROKEN = SmtpdReplies.QUEUE_WRITE;

    private static final int SHOWN = 100;

    private final ProxyFilter filter;
    private final Consumer<String> warnings;
    private final Connection connection;
    private final ClientDialogue dialogue;
    private boolean broken;

    /// The filter has said what nobody asked for: where it stands is not known any more.
    private boolean astray;

    private ProxyDialogue(ProxyFilter filter, Consumer<String> warnings, Connection connection) {
        this.filter = filter;
        this.warnings = warnings;
        this.connection = connection;
        dialogue =
                new ClientDialogue(
                        connection,
                        new ClientDialogue.Terms(filter.means().lineLimit(), false),
                        new Odd(filter.name(), warnings),
                        ClientDialogue.Filter.NONE);
    }

    private record Odd(String name, Consumer<String> warnings) implements ClientDialogue.Oddities {
        @Override
        public void noReplyCode(String line, boolean several) {
            // said of each such line of a reply
        }

        @Override
        public void longLine(int limit, String start) {
            warnings.accept(name + ": response longer than " + limit + ": " + start + "...");
        }

        @Override
        public void longReply(int limit, String start) {
            // the rest is passed over
        }

        @Override
        public void badSize(String value) {
            // nothing is decided by it
        }
    }

    /// Null where it cannot be reached, which is said.
    static @Nullable ProxyDialogue open(ProxyFilter filter, Consumer<String> warnings) {
        try {
            return new ProxyDialogue(filter, warnings, filter.connect());
        } catch (IOException e) {
            String why = e instanceof DeadlineException ? "Connection timed out" : e.getMessage();
            warnings.accept("connect to proxy filter " + filter.name() + ": " + why);
            return null;
        }
    }

    /// Nothing the filter says counts any more.
    boolean lost() {
        return broken || astray;
    }

    /// Its connection is of no more use.
    boolean broken() {
        return broken;
    }

    /// Greeting, EHLO, XFORWARD.
    ///
    /// @return null if the mail may begin
    @Nullable Reply begin(ClientFacts client) {
        if (!positive(command("", '2'))) {
            return BROKEN;
        }
        ServerReply hello = asked("EHLO " + filter.ehlo());
        if (hello == null || expected("EHLO " + filter.ehlo(), hello, '2') != null) {
            return BROKEN;
        }
        dialogue.take(hello, Set.of());
        for (String each : client.commands(dialogue.forwards(), warnings)) {
            if (!positive(command(each, '2'))) {
                return BROKEN;
            }
        }
        return null;
    }

    private static boolean positive(Reply reply) {
        return reply.code() / 100 == 2;
    }

    /// Says a line, and takes the reply to it.
    ///
    /// @param line empty for the greeting
    /// @param wanted the reply's first digit; 0 for any
    /// @return the filter's reply, or the one that stands for it
    Reply command(String line, char wanted) {
        ServerReply said = asked(line);
        if (said == null) {
            return BROKEN;
        }
        Reply refused = expected(line, said, wanted);
        return refused != null ? refused : passed(said);
    }

    /// Null where there is no reply, which is said.
    private @Nullable ServerReply asked(String line) {
        if (broken) {
            return null;
        }
        try {
            long timeout = filter.means().timeoutMillis();
            if (!line.isEmpty()) {
                dialogue.send(line + "\r\n", timeout);
            }
            ServerReply said = dialogue.reply(ClientStage.GREETING, timeout);
            for (String each : said.lines()) {
                if (!each.matches("[0-9]{3}([ -].*)?")) {
                    warnings.accept(
                            "received garbage from proxy "
                                    + filter.name()
                                    + ": "
                                    + each.substring(0, Math.min(SHOWN, each.length())));
                }
            }
            return said;
        } catch (IOException e) {
            failed(e);
            return null;
        }
    }

    private void failed(IOException e) {
        if (!broken) {
            broken = true;
            warnings.accept(
                    (e instanceof DeadlineException
                                    ? "timeout talking to proxy "
                                    : "lost connection with proxy ")
                            + filter.name());
        }
    }

    /// Null where the reply is one of those that are wanted.
    private @Nullable Reply expected(String line, ServerReply said, char wanted) {
        String text = String.join("\r\n", said.lines());
        if (wanted == 0 || text.charAt(0) == wanted) {
            return null;
        }
        warnings.accept(
                "proxy "
                        + filter.name()
                        + " rejected \""
                        + (line.isEmpty() ? "connection request" : line)
                        + "\": \""
                        + text
                        + "\"");
        Reply reply = passed(said);
        if (reply.code() < 400) {
            astray = true;
            return BROKEN;
        }
        return reply;
    }

    /// As the client gets it; what is no reply of SMTP becomes one of ours.
    private Reply passed(ServerReply said) {
        List<String> texts = new ArrayList<>();
        String code = said.lines().getFirst();
        code = code.length() < 3 ? "" : code.substring(0, 3);
        Status status = null;
        for (String each : said.lines()) {
            if (!each.matches("[2-5][0-9]{2}([ -].*)?") || !each.startsWith(code)) {
                astray = true;
                return BROKEN;
            }
            texts.add(each.length() > 4 ? each.substring(4) : "");
        }
        Status own = DsnSplit.status(texts.getFirst());
        if (own != null && own.kind() == said.code() / 100) {
            String before = own + " ";
            if (texts.stream().allMatch(t -> t.startsWith(before))) {
                status = own;
                texts.replaceAll(t -> t.substring(before.length()));
            }
        }
        return new Reply(said.code(), status, texts);
    }

    /// Writes content as it lies; what fails is said at once, and known by [#lost].
    void content(byte[] from, int offset, int length) {
        if (broken) {
            return;
        }
        try {
            connection.deadline(filter.means().timeoutMillis());
            connection.write(from, offset, length);
        } catch (IOException e) {
            failed(e);
        }
    }

    /// QUIT, unless content is under way; the reply is not waited for.
    void quit(boolean inContent) {
        if (broken || inContent) {
            connection.close();
        } else {
            dialogue.quit(0);
        }
    }

    @Override
    public void close() {
        connection.close();
    }
}
