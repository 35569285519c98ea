package org.postrider.command.stone;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.postrider.command.CommandException;
import org.postrider.command.Messages;
import org.postrider.command.OctetPath;
import org.postrider.command.Options;
import org.postrider.command.Terminal;
import org.postrider.config.HostFacts;
import org.postrider.config.Reason;
import org.postrider.disk.Reading;

/// `smtp-source [options] [inet:]host[:port]|unix:path`: sends mail, over several connections at
/// once (smtp-source(1)).
public final class SmtpSource {
    private static final String NAME = "smtp-source";
    private static final String USAGE =
            "usage: smtp-source -cdLNov -s sess -l msglen -m msgs -C count -M myhostname -f from -t"
                    + " to -r rcptcount -R delay -w delay host[:port]";
    private static final int PORT = 25;
    private static final int TIMEOUT = 300_000;
    private static final long SECOND = 1_000_000_000L;

    private final Terminal terminal;
    private final Messages say;
    private final AtomicInteger left = new AtomicInteger(1);
    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicInteger serial = new AtomicInteger();
    private final AtomicLong names = new AtomicLong();
    private final AtomicReference<@Nullable CommandException> failed = new AtomicReference<>();
    private Endpoint.Family family = Endpoint.Family.ANY;
    private boolean patient;
    private boolean counting;
    private boolean keep;
    private boolean lmtp;
    private boolean numbered;
    private boolean old;
    private int tries = 1;
    private int sessions = 1;
    private int recipients = 1;
    private int length;
    private int window;
    private int fixed;
    private int random;
    private @Nullable String host;
    private @Nullable String from;
    private @Nullable String to;
    private @Nullable String subject;
    private @Nullable String file;

    public SmtpSource(Terminal terminal) {
        this.terminal = terminal;
        say = new Messages(NAME, terminal.err());
    }

    /// @return 0 when all was sent, or refused and passed over (`-A`); else 1
    public int run(String[] args) {
        Options options =
                new Options(NAME, "46AcC:df:F:l:Lm:M:Nor:R:s:S:t:T:vw:", args, terminal.err());
        try {
            for (char c = options.next(); c != 0; c = options.next()) {
                if (!flag(c)) {
                    argument(c, options.argument());
                }
            }
            String[] words = options.rest();
            if (words.length != 1) {
                throw new CommandException(1, USAGE);
            }
            send(Endpoint.of(words[0], PORT), settings());
            if (counting) {
                terminal.out().print("\n");
            }
            return 0;
        } catch (CommandException e) {
            say.fatal(String.valueOf(e.getMessage()));
            return e.status();
        }
    }

    private boolean flag(char c) {
        switch (c) {
            case '4' -> family = Endpoint.Family.FOUR;
            case '6' -> family = Endpoint.Family.SIX;
            case 'A' -> patient = true;
            case 'c' -> counting = true;
            case 'd' -> keep = true;
            case 'L' -> lmtp = true;
            case 'N' -> numbered = true;
            case 'o' -> old = true;
            case 'v' -> {}
            default -> {
                return false;
            }
        }
        return true;
    }

    private void argument(char c, String text) {
        switch (c) {
            case 'C' -> tries = positive(text, "connection count");
            case 'f' -> from = text;
            case 'F' -> file = text;
            case 'l' -> length = positive(text, "message length");
            case 'm' -> left.set(positive(text, "message count"));
            case 'M' -> host = text;
            case 'r' -> recipients = positive(text, "recipient count");
            case 'R' -> random = positive(text, "random delay");
            case 's' -> sessions = positive(text, "session count");
            case 'S' -> subject = text;
            case 't' -> to = text;
            case 'T' -> window = positive(text, "TCP window size");
            case 'w' -> fixed = positive(text, "fixed delay");
            default -> throw new CommandException(1, USAGE);
        }
        if (file != null && length > 0) {
            throw new CommandException(1, "-l option cannot be used with -F");
        }
        if (fixed > 0 && random > 0) {
            throw new CommandException(1, "do not use -w and -R options at the same time");
        }
    }

    private static int positive(String text, String what) {
        int number = SinkCommands.number(text);
        if (number <= 0) {
            throw new CommandException(1, "bad " + what + ": " + text);
        }
        return number;
    }

    private SourceSettings settings() {
        String self = host == null ? HostFacts.hostName() : host;
        return new SourceSettings(
                self,
                from == null ? "foo@" + self : from,
                to == null ? "foo@" + self : to,
                recipients,
                lmtp,
                old,
                keep,
                patient,
                numbered,
                subject,
                file == null ? null : message(file),
                length);
    }

    /// A file as it goes over the wire.
    private static byte[] message(String file) {
        String text;
        try {
            text = Reading.text(OctetPath.of(file), Reading.table());
        } catch (IOException e) {
            throw new CommandException(1, "open " + file + ": " + Reason.of(e));
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (String line : text.split("\n", -1)) {
            String sent = (line.startsWith(".") ? "." : "") + line + "\r\n";
            out.writeBytes(sent.getBytes(StandardCharsets.ISO_8859_1));
        }
        return out.toByteArray();
    }

    private void send(Endpoint where, SourceSettings settings) {
        List<Thread> running = new ArrayList<>();
        int at = Math.min(sessions, left.get());
        for (int i = 0; i < at; i++) {
            running.add(
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    connections(where, settings);
                                } catch (CommandException e) {
                                    failed.compareAndSet(null, e);
                                }
                            }));
        }
        for (Thread each : running) {
            try {
                each.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
        CommandException why = failed.get();
        if (why != null) {
            throw why;
        }
    }

    /// One after the other, as long as mail is left and nothing has failed.
    private void connections(Endpoint where, SourceSettings settings) {
        boolean first = true;
        while (failed.get() == null && take()) {
            if (!first) {
                pause();
            }
            first = false;
            SourceSession.Next next =
                    new SourceSession.Next() {
                        @Override
                        public boolean more() {
                            boolean more = failed.get() == null && take();
                            if (more) {
                                pause();
                            }
                            return more;
                        }

                        @Override
                        public void sent() {
                            count();
                        }
                    };
            try (Line line = connected(where)) {
                new SourceSession(line, settings, say, names).run(next, serial);
            } catch (IOException e) {
                throw new CommandException(1, "connect: " + Reason.of(e));
            }
        }
    }

    private boolean take() {
        return left.getAndUpdate(n -> Math.max(0, n - 1)) > 0;
    }

    private void pause() {
        long nanos = fixed * SECOND;
        if (random > 0) {
            nanos = ThreadLocalRandom.current().nextLong((long) random * SECOND + 1);
        }
        if (nanos > 0) {
            LockSupport.parkNanos(nanos);
        }
    }

    private synchronized void count() {
        int done = sent.incrementAndGet();
        if (counting) {
            terminal.out().print(done + "\r");
            terminal.out().flush();
        }
    }

    private Line connected(Endpoint where) throws IOException {
        for (int i = 1; ; i++) {
            try {
                return connect(where);
            } catch (ConnectException e) {
                if (i >= tries) {
                    throw e;
                }
                // The other side may be too busy for one more.
                LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(SECOND / 100));
            }
        }
    }

    private Line connect(Endpoint where) throws IOException {
        if (where.path() != null) {
            return new Line(SocketChannel.open(UnixDomainSocketAddress.of(where.path())));
        }
        Socket socket = new Socket();
        try {
            if (window > 0) {
                socket.setSendBufferSize(window);
            }
            socket.connect(
                    where.host().isEmpty()
                            ? new java.net.InetSocketAddress("localhost", where.port())
                            : where.address(family),
                    TIMEOUT);
            return new Line(socket, TIMEOUT);
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }
}
