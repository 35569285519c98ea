package org.postrider.command.stone;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.postrider.command.CommandException;
import org.postrider.command.Messages;
import org.postrider.command.Options;
import org.postrider.command.Terminal;
import org.postrider.config.Reason;
import org.postrider.time.Clock;

/// `smtp-sink [options] [inet:][host]:port|unix:path backlog`: takes mail and throws it away
/// (smtp-sink(1)).
public final class SmtpSink {
    private static final String NAME = "smtp-sink";
    private static final String USAGE =
            "usage: smtp-sink [-468acCeEFLpPv] [-A abort_delay] [-b soft_bounce_reply] [-B"
                    + " hard_bounce_reply] [-d dump-template] [-D dump-template] [-f commands] [-h"
                    + " hostname] [-m max_concurrency] [-M message_quit_count] [-n quit_count] [-q"
                    + " commands] [-r commands] [-R root-dir] [-s commands] [-S start-string] [-u"
                    + " user_privs] [-w delay] [host]:port backlog";
    private static final int CLIENTS = 256;
    private static final int TIMEOUT = 100;

    private final Terminal terminal;
    private final Messages say;
    private final @Nullable String bin;
    private final SinkCommands commands = new SinkCommands();
    private final Set<String> withheld = new HashSet<>();
    private Endpoint.Family family = Endpoint.Family.ANY;
    private String host = NAME;
    private String soft = "450 4.3.0 Error: command failed";
    private String hard = "500 5.3.0 Error: command failed";
    private String start = "";
    private @Nullable String single;
    private @Nullable String shared;
    private @Nullable String user;
    private boolean lmtp;
    private boolean pix;
    private boolean esmtp = true;
    private boolean verbose;
    private boolean counting;
    private int abortDelay = -1;
    private int readDelay;
    private int timeout = TIMEOUT;
    private int clients = CLIENTS;
    private int window;
    private int lastMessage;
    private int lastQuit;
    private int sessions;
    private int quits;
    private int messages;

    /// @param bin where this program's commands are, null where nobody knows
    public SmtpSink(Terminal terminal, @Nullable String bin) {
        this.terminal = terminal;
        this.bin = bin;
        say = new Messages(NAME, terminal.err());
    }

    /// Does not come back before it was told to end, by `-n`, `-M` or a signal.
    public int run(String[] args) {
        Options options =
                new Options(
                        NAME,
                        "468aA:b:B:cCd:D:eEf:Fh:H:Ln:m:M:NpPq:Q:r:R:s:S:t:T:u:vw:W:",
                        args,
                        terminal.err());
        try {
            for (char c = options.next(); c != 0; c = options.next()) {
                if (!flag(c)) {
                    argument(c, options.argument());
                }
            }
            String[] words = options.rest();
            if (words.length != 2 || SinkCommands.number(words[1]) <= 0) {
                throw new CommandException(1, USAGE);
            }
            if (single != null && shared != null) {
                throw new CommandException(1, "use only one of -d or -D, but not both");
            }
            Integer asUser = asUser(args);
            if (asUser != null) {
                return asUser;
            }
            for (String each : lmtp ? "lhlo".split(" ", -1) : "helo ehlo".split(" ", -1)) {
                if (esmtp || !each.equals("ehlo")) {
                    commands.enable(each);
                }
            }
            return serve(Endpoint.of(words[0], -1), SinkCommands.number(words[1]));
        } catch (CommandException e) {
            say.fatal(String.valueOf(e.getMessage()));
            return e.status();
        } catch (IOException e) {
            say.fatal(Reason.of(e));
            return 1;
        }
    }

    private boolean flag(char c) {
        switch (c) {
            case '4' -> family = Endpoint.Family.FOUR;
            case '6' -> family = Endpoint.Family.SIX;
            case '8' -> withheld.add("8BITMIME");
            case 'a' -> withheld.add("AUTH");
            case 'c' -> counting = true;
            case 'C' -> {
                withheld.add("XCLIENT");
                commands.disable("xclient");
            }
            case 'e' -> esmtp = false;
            case 'E' -> withheld.add("ENHANCEDSTATUSCODES");
            case 'F' -> {
                withheld.add("XFORWARD");
                commands.disable("xforward");
            }
            case 'L' -> lmtp = true;
            case 'N' -> withheld.add("DSN");
            case 'p' -> withheld.add("PIPELINING");
            case 'P' -> {
                pix = true;
                esmtp = false;
            }
            case 'v' -> verbose = true;
            default -> {
                return false;
            }
        }
        return true;
    }

    private void argument(char c, String text) {
        switch (c) {
            case 'A' -> {
                if (!text.matches("[0-9]{1,9}")) {
                    throw new CommandException(1, USAGE);
                }
                abortDelay = Integer.parseInt(text);
            }
            case 'b' -> soft = reply(text, '4', "soft");
            case 'B' -> hard = reply(text, '5', "hard");
            case 'd' -> single = text;
            case 'D' -> shared = text;
            case 'f', 'q', 'Q', 'r' -> fate(c, text);
            case 'h' -> host = text;
            case 'H' -> readDelay = positive(text, "data read delay");
            case 'm' -> clients = positive(text, "concurrency limit");
            case 'M' -> lastMessage = positive(text, "message quit count");
            case 'n' -> lastQuit = positive(text, "quit count");
            case 'R' ->
                    throw new CommandException(
                            1, "-R: another root directory is not built; run it in one");
            case 's' ->
                    throw new CommandException(
                            1, "-s: commands in the system's log are not built; -v shows them");
            case 'S' -> start = unescaped(text);
            case 't' -> timeout = positive(text, "timeout");
            case 'T' -> window = positive(text, "TCP window size");
            case 'u' -> user = text;
            case 'w' -> {
                if (SinkCommands.number(text) <= 0) {
                    throw new CommandException(1, USAGE);
                }
                commands.delay("data", SinkCommands.number(text), 0);
            }
            case 'W' -> commands.delay(text);
            default -> throw new CommandException(1, USAGE);
        }
    }

    private void fate(char c, String text) {
        commands.fate(
                text,
                switch (c) {
                    case 'f' -> SinkCommands.Fate.HARD;
                    case 'r' -> SinkCommands.Fate.SOFT;
                    case 'q' -> SinkCommands.Fate.DROPPED;
                    default -> SinkCommands.Fate.CLOSED;
                });
        if (c == 'f' || c == 'r') {
            withheld.add("PIPELINING");
        }
    }

    private String reply(String text, char first, String kind) {
        if (!text.matches(first + "[0-9][0-9](?![0-9]).*")) {
            say.info("error: bad " + kind + " error reply: " + text);
            throw new CommandException(1, USAGE);
        }
        return text;
    }

    private static int positive(String text, String what) {
        int number = SinkCommands.number(text);
        if (number <= 0) {
            throw new CommandException(1, "bad " + what + ": " + text);
        }
        return number;
    }

    /// `\n`, `\t`, `\101` and their like.
    private static String unescaped(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\' || i + 1 == text.length()) {
                out.append(c);
                continue;
            }
            char letter = text.charAt(++i);
            int known = "abfnrtv\\".indexOf(letter);
            if (known >= 0) {
                out.append("\u0007\b\f\n\r\t\u000b\\".charAt(known));
                continue;
            }
            int octal = 0;
            int digits = 0;
            while (digits < 3 && i < text.length() && "01234567".indexOf(text.charAt(i)) >= 0) {
                octal = octal * 8 + (text.charAt(i++) - '0');
                digits++;
            }
            out.append(digits == 0 ? letter : (char) (octal & 0xff));
            i -= digits == 0 ? 0 : 1;
        }
        return out.toString();
    }

    /// As root, it is started again with the user's rights, as no program takes mail with root's.
    ///
    /// @return what that came to, null where it is the one that serves
    private @Nullable Integer asUser(String[] args) throws IOException {
        if (!"root".equals(System.getProperty("user.name"))) {
            return null;
        }
        if (user == null) {
            throw new CommandException(1, "-u option is required if running as root");
        }
        if (user.equals("root")) {
            return null;
        }
        List<String> words =
                new ArrayList<>(
                        List.of(
                                "setpriv",
                                "--reuid=" + user,
                                "--regid=" + group(user),
                                "--init-groups",
                                "--inh-caps=-all",
                                "--",
                                (bin == null ? "bin" : bin) + "/" + NAME));
        words.addAll(List.of(args));
        terminal.err().flush();
        Process child = new ProcessBuilder(words).inheritIO().start();
        Thread ends = Thread.ofPlatform().unstarted(child::destroy);
        Runtime.getRuntime().addShutdownHook(ends);
        try {
            return child.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }

    private static String group(String user) throws IOException {
        Process it = new ProcessBuilder("id", "-g", user).start();
        it.getOutputStream().close();
        String group =
                new String(
                        it.getInputStream().readAllBytes(),
                        java.nio.charset.StandardCharsets.US_ASCII);
        if (group.isBlank()) {
            throw new CommandException(1, "unknown user: " + user);
        }
        return group.strip();
    }

    private SinkSettings settings() {
        String template = shared == null ? single : shared;
        SinkDump dump =
                template == null
                        ? null
                        : new SinkDump(template, shared != null, start, host, Clock.system());
        return new SinkSettings(
                host,
                lmtp,
                pix,
                esmtp,
                withheld,
                soft,
                hard,
                abortDelay,
                readDelay,
                timeout * 1_000,
                verbose,
                commands,
                dump);
    }

    private int serve(Endpoint where, int backlog) throws IOException {
        SinkSettings settings = settings();
        Semaphore room = new Semaphore(clients);
        if (where.path() != null) {
            try (ServerSocketChannel listening =
                    ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                listening.bind(UnixDomainSocketAddress.of(where.path()), backlog);
                while (true) {
                    room.acquireUninterruptibly();
                    SocketChannel one = listening.accept();
                    session(room, new Line(one), "local", settings);
                }
            }
        }
        try (ServerSocket listening = new ServerSocket()) {
            listening.setReuseAddress(true);
            if (window > 0) {
                listening.setReceiveBufferSize(window);
            }
            listening.bind(where.address(family), backlog);
            while (true) {
                room.acquireUninterruptibly();
                Socket one = listening.accept();
                InetAddress from = one.getInetAddress();
                boolean six = from.getAddress().length > 4;
                String address = (six ? "ipv6:" : "") + from.getHostAddress();
                session(room, new Line(one, settings.timeout()), address, settings);
            }
        }
    }

    private void session(Semaphore room, Line line, String client, SinkSettings settings) {
        Thread.ofVirtual()
                .start(() -> {
                    try (line) {
                        new SinkSession(line, client, settings, counts()).run();
                    } catch (IOException e) {
                        if (!(e instanceof java.net.SocketException)
                                || e instanceof Line.TooLongException) {
                            say.warning(Reason.of(e));
                        }
                    } finally {
                        room.release();
                        over();
                    }
                });
    }

    private SinkSession.Counts counts() {
        return new SinkSession.Counts() {
            @Override
            public void quit() {
                synchronized (SmtpSink.this) {
                    quits++;
                }
            }

            @Override
            public void message() {
                synchronized (SmtpSink.this) {
                    messages++;
                    show();
                    if (lastMessage > 0 && messages >= lastMessage) {
                        end();
                    }
                }
            }
        };
    }

    private synchronized void over() {
        sessions++;
        show();
        if (lastQuit > 0 && quits >= lastQuit) {
            end();
        }
    }

    private void show() {
        if (counting) {
            String line = "sess=" + sessions + " quit=" + quits + " mesg=" + messages + "\r";
            terminal.out().print(line);
            terminal.out().flush();
        }
    }

    private void end() {
        terminal.out().flush();
        System.exit(0);
    }
}
