package org.postrider.command.stone;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.postrider.command.CommandException;
import org.postrider.command.Messages;
import org.postrider.command.Terminal;
import org.postrider.config.Reason;
import org.postrider.time.Clock;

/// `smtp-sink [options] [inet:][host]:port|unix:path backlog`: takes mail and throws it away
/// (smtp-sink(1)).
public final class SmtpSink {
    private final Terminal terminal;
    private final Messages say;
    private final @Nullable String bin;

    /// @param bin where this program's commands are, null where nobody knows
    public SmtpSink(Terminal terminal, @Nullable String bin) {
        this.terminal = terminal;
        this.bin = bin;
        say = new Messages(SinkOptions.NAME, terminal.err());
    }

    /// Does not come back before it was told to end, by `-n`, `-M` or a signal.
    public int run(String[] args) {
        try {
            SinkOptions options = new SinkOptions(args, terminal.err());
            OtherUser other = OtherUser.of(options.user());
            // Said by the one that may look.
            options.root();
            if (other != null) {
                terminal.err().flush();
                String here = bin == null ? "bin" : bin;
                return ended(other.start(Path.of(here, SinkOptions.NAME), args));
            }
            return serve(options);
        } catch (CommandException e) {
            say.fatal(String.valueOf(e.getMessage()));
            return e.status();
        } catch (IOException e) {
            say.fatal(Reason.of(e));
            return 1;
        }
    }

    /// Waits for the one that serves, which ends with this process.
    private static int ended(Process child) {
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(child::destroy));
        try {
            return child.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }

    /// A socket of either kind that waits for clients.
    private interface Door extends AutoCloseable {
        Guest next() throws IOException;

        @Override
        void close() throws IOException;
    }

    /// @param address `ipv6:` before one of that kind
    private record Guest(Line line, String address) {}

    private int serve(SinkOptions options) throws IOException {
        Clock clock = Clock.system();
        SinkSettings settings = options.settings(clock);
        Tally tally = options.tally(terminal.out(), () -> end(0));
        CommandLog log =
                settings.treatments().logs() ? new CommandLog(SinkOptions.NAME, clock) : null;
        SinkOptions.Listening where = options.listening();
        Semaphore room = new Semaphore(where.clients());
        try (Door door =
                where.where().path() == null
                        ? overNetwork(where, settings.pauses().timeoutMillis())
                        : inFiles(where.where().path(), where.backlog())) {
            while (true) {
                room.acquireUninterruptibly();
                Guest guest = door.next();
                SinkSession session =
                        new SinkSession(guest.line(), guest.address(), settings, tally, log);
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                hold(session, guest.line());
                            } finally {
                                room.release();
                                tally.session(session.saidQuit());
                            }
                        });
            }
        }
    }

    private static Door inFiles(Path path, int backlog) throws IOException {
        ServerSocketChannel door = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            door.bind(UnixDomainSocketAddress.of(path), backlog);
        } catch (IOException | RuntimeException e) {
            door.close();
            throw e;
        }
        return new Door() {
            @Override
            public Guest next() throws IOException {
                return new Guest(new Line(door.accept()), "local");
            }

            @Override
            public void close() throws IOException {
                door.close();
            }
        };
    }

    private static Door overNetwork(SinkOptions.Listening where, int timeout) throws IOException {
        ServerSocket door = new ServerSocket();
        try {
            door.setReuseAddress(true);
            if (where.window() > 0) {
                door.setReceiveBufferSize(where.window());
            }
            door.bind(where.where().address(where.family()), where.backlog());
        } catch (IOException | RuntimeException e) {
            door.close();
            throw e;
        }
        return new Door() {
            @Override
            public Guest next() throws IOException {
                Socket one = door.accept();
                InetAddress from = one.getInetAddress();
                boolean six = from.getAddress().length > 4;
                String address = (six ? "ipv6:" : "") + from.getHostAddress();
                return new Guest(new Line(one, timeout), address);
            }

            @Override
            public void close() throws IOException {
                door.close();
            }
        };
    }

    private void hold(SinkSession session, Line line) {
        try (line) {
            session.run();
        } catch (SinkDump.ClosedException e) {
            say.fatal(String.valueOf(e.getMessage()));
            end(1);
        } catch (Line.TooLongException e) {
            say.warning(Reason.of(e));
        } catch (SocketException e) {
            // The client has gone.
        } catch (IOException e) {
            say.warning(Reason.of(e));
        }
    }

    private void end(int status) {
        terminal.out().flush();
        System.exit(status);
    }
}
