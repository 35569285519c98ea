package org.postrider.command.stone;

import java.io.IOException;
import java.io.PrintStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.postrider.command.CommandException;
import org.postrider.command.Messages;
import org.postrider.command.Terminal;
import org.postrider.command.stone.SourceOptions.Figure;
import org.postrider.config.Reason;

/// `smtp-source [options] [inet:]host[:port]|unix:path`: sends mail, over several connections at
/// once (smtp-source(1)).
public final class SmtpSource {
    private static final int TIMEOUT = 300_000;
    private static final long SECOND = 1_000_000_000L;

    private final Terminal terminal;
    private final Messages say;

    public SmtpSource(Terminal terminal) {
        this.terminal = terminal;
        say = new Messages(SourceOptions.NAME, terminal.err());
    }

    /// @return 0 when all was sent, or refused and passed over (`-A`); else 1
    public int run(String[] args) {
        try {
            SourceOptions options = new SourceOptions(args, terminal.err());
            Endpoint target = options.target();
            new Job(options, target, options.settings()).send();
            if (options.counting()) {
                terminal.out().print("\n");
            }
            return 0;
        } catch (CommandException e) {
            say.fatal(String.valueOf(e.getMessage()));
            return e.status();
        }
    }

    /// All the mails of one run, which several connections take from it.
    private final class Job implements SourceSession.Mails {
        private final SourceOptions options;
        private final Endpoint target;
        private final SourceSettings settings;
        private final AtomicInteger left;
        private final AtomicInteger sent = new AtomicInteger();
        private final AtomicInteger serial = new AtomicInteger();
        private final AtomicInteger recipient = new AtomicInteger();
        private final AtomicReference<@Nullable CommandException> failed = new AtomicReference<>();

        private Job(SourceOptions options, Endpoint target, SourceSettings settings) {
            this.options = options;
            this.target = target;
            this.settings = settings;
            left = new AtomicInteger(options.figure(Figure.MESSAGES));
        }

        private void send() {
            List<Thread> running = new ArrayList<>();
            for (int i = Math.min(options.figure(Figure.SESSIONS), left.get()); i > 0; i--) {
                running.add(Thread.ofVirtual().start(this::connections));
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
        private void connections() {
            try {
                for (boolean more = take(); more; more = another()) {
                    try (Line line = connected()) {
                        new SourceSession(line, settings, say).run(this);
                    }
                }
            } catch (CommandException e) {
                failed.compareAndSet(null, e);
            } catch (IOException e) {
                failed.compareAndSet(null, new CommandException(1, "connect: " + Reason.of(e)));
            }
        }

        private boolean take() {
            return failed.get() == null && left.getAndUpdate(n -> Math.max(0, n - 1)) > 0;
        }

        @Override
        public boolean another() {
            boolean more = take();
            if (more) {
                pause();
            }
            return more;
        }

        private void pause() {
            int random = options.figure(Figure.RANDOM);
            long nanos =
                    random > 0
                            ? ThreadLocalRandom.current().nextLong(random * SECOND + 1)
                            : options.figure(Figure.FIXED) * SECOND;
            if (nanos > 0) {
                LockSupport.parkNanos(nanos);
            }
        }

        @Override
        public int serial() {
            return serial.getAndIncrement();
        }

        @Override
        public int recipient() {
            return recipient.incrementAndGet();
        }

        @Override
        public synchronized void sent() {
            int done = sent.incrementAndGet();
            if (options.counting()) {
                PrintStream out = terminal.out();
                out.print(done + "\r");
                out.flush();
            }
        }

        private Line connected() throws IOException {
            for (int i = options.figure(Figure.TRIES); ; i--) {
                try {
                    return connect();
                } catch (ConnectException e) {
                    if (i <= 1) {
                        throw e;
                    }
                    // The other side may be too busy for one more.
                    LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(SECOND / 100));
                }
            }
        }

        private Line connect() throws IOException {
            if (target.path() != null) {
                return new Line(SocketChannel.open(UnixDomainSocketAddress.of(target.path())));
            }
            Socket socket = new Socket();
            try {
                int window = options.figure(Figure.WINDOW);
                if (window > 0) {
                    socket.setSendBufferSize(window);
                }
                InetSocketAddress where =
                        target.host().isEmpty()
                                ? new InetSocketAddress("localhost", target.port())
                                : target.address(options.family());
                socket.connect(where, TIMEOUT);
                return new Line(socket, TIMEOUT);
            } catch (IOException | RuntimeException e) {
                socket.close();
                throw e;
            }
        }
    }
}
