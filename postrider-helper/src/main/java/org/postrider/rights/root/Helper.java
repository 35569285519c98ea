package org.postrider.rights.root;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import jdk.net.ExtendedSocketOptions;
import org.postrider.rights.Account;
import org.postrider.rights.Accounts;
import org.postrider.rights.root.Permits.RefusedException;
import org.postrider.rights.system.Act;
import org.postrider.rights.system.Clock;
import org.postrider.rights.system.Posix;
import org.postrider.rights.system.Powers;
import org.postrider.rights.system.Processes;

/// The process that root runs beside the server: `Helper CONFIG_DIRECTORY SUPERVISOR`. Listens on
/// `private/helper` below queue_directory, where only mail_owner gets to, and takes connections
/// from mail_owner and root alone. Ends when the process `SUPERVISOR` has, once what is under way
/// is done; with 79 when the server has ended its last connection, until which it has been heard,
/// and made no other for a second; with 78 if it cannot begin.
public final class Helper {
    /// As many acts at a time; the server asks for no more.
    private static final int CONNECTIONS = 240;

    private static final long LOOK_NANOS = 100_000_000L;
    private static final int LOOKS = 600;
    private static final int GRACE_SECONDS = 20;
    private static final int CANNOT_START = 78;
    private static final int NOT_NEEDED = 79;
    private static final long NOT_NEEDED_NANOS = 1_000_000_000L;
    private static final int PANIC = 70;

    private final Acts does;
    private final Permits permits;
    private final Accounts accounts;
    private final Semaphore free = new Semaphore(CONNECTIONS);
    private final Semaphore acts = new Semaphore(CONNECTIONS);
    private final Semaphore ended = new Semaphore(0);
    private final int starter = Posix.parent();
    private volatile long lastNanos;

    private Helper(Acts does, Accounts accounts) {
        this.does = does;
        this.accounts = accounts;
        permits = does.permits();
    }

    public static void main(String[] args) {
        if (args.length != 2 || Posix.user() != 0) {
            say("usage, by root: helper CONFIG_DIRECTORY SUPERVISOR");
            System.exit(64);
        }
        Powers.mask(077);
        Powers.conceal();
        try {
            Accounts accounts = Accounts.recent(Accounts.system(), Clock::nanos);
            Acts does = Acts.open(Path.of(args[0]), accounts, text -> say("warning: " + text));
            new Helper(does, accounts).run(Integer.parseInt(args[1]));
        } catch (RefusedException | IOException | Act e) {
            say("fatal: " + e.getMessage());
            System.exit(CANNOT_START);
        }
    }

    private static void say(String text) {
        System.err.println("postfix/helper: " + text);
    }

    /// Threads that end with the process.
    private static void thread(String name, Runnable work) {
        Thread.ofPlatform().daemon().name(name).unstarted(work).start();
    }

    private void run(int supervisor) throws RefusedException, IOException, Act {
        ServerSocketChannel listener = listener();
        thread("accept", () -> orEnds(() -> accept(listener)));
        thread("leave", () -> orEnds(this::leave));
        // The shell that started it is told of its end; whoever killed it, this ends as well.
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(this::finish));
        Processes.awaitEnd(supervisor);
    }

    /// What is under way is done, what is asked for from now on is not begun.
    private void finish() {
        try {
            if (!acts.tryAcquire(CONNECTIONS, GRACE_SECONDS, TimeUnit.SECONDS)) {
                say("warning: ended with acts under way");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private ServerSocketChannel listener() throws RefusedException, IOException, Act {
        ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        boolean listens = false;
        try {
            listen(listener);
            listens = true;
        } finally {
            if (!listens) {
                listener.close();
            }
        }
        return listener;
    }

    /// Makes the socket as the owner of its directory, who can exchange that directory: as root it
    /// would be made wherever he wished.
    private void listen(ServerSocketChannel listener) throws RefusedException, IOException, Act {
        Path directory = Path.of(permits.queueDirectory(), "private");
        await(directory);
        Switch owner = permits.directoryOwner(directory.toString());
        try {
            if (owner != null) {
                owner.user();
            }
            bind(listener, directory.resolve("helper"));
        } finally {
            Switch.root();
        }
    }

    /// The server makes what is missing of its directories.
    static void await(Path directory) {
        for (int i = 0; i < LOOKS && Files.notExists(directory); i++) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private static void bind(ServerSocketChannel listener, Path socket) throws IOException {
        Files.deleteIfExists(socket);
        listener.bind(UnixDomainSocketAddress.of(socket), CONNECTIONS);
    }

    private interface Work {
        void run() throws RefusedException, IOException, Act;
    }

    /// One that takes no more connections is of no use to anybody, and is started again.
    private static void orEnds(Work work) {
        try {
            work.run();
        } catch (RuntimeException | Error | RefusedException | IOException | Act e) {
            say("panic: " + e);
            System.exit(PANIC);
        }
    }

    /// Leaves once there was a connection, there is none, and none has been for a second. Who comes
    /// in the last moment finds no place free, is not answered, and comes again.
    private void leave() {
        while (true) {
            ended.acquireUninterruptibly();
            ended.drainPermits();
            // Who is there now ends later, and is heard of then. Nobody calls for an orphan.
            while (free.availablePermits() == CONNECTIONS && Posix.parent() == starter) {
                long left = lastNanos + NOT_NEEDED_NANOS - Clock.nanos();
                if (left > 0) {
                    LockSupport.parkNanos(left);
                } else if (free.tryAcquire(CONNECTIONS)) {
                    System.exit(NOT_NEEDED);
                }
            }
        }
    }

    private void accept(ServerSocketChannel listener) throws IOException {
        while (true) {
            try {
                begin(listener.accept());
            } catch (IOException e) {
                if (!listener.isOpen()) {
                    throw e;
                }
                // Short of descriptors, most likely.
                LockSupport.parkNanos(LOOK_NANOS);
            }
        }
    }

    private void begin(SocketChannel channel) throws IOException {
        boolean taken = false;
        try {
            if (serves(channel) && free.tryAcquire()) {
                thread("session", () -> session(channel));
                taken = true;
            }
        } finally {
            if (!taken) {
                channel.close();
            }
        }
    }

    /// By the kernel's word about who connected.
    private boolean serves(SocketChannel channel) throws IOException {
        UserPrincipal peer = channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
        UserPrincipalLookupService users = FileSystems.getDefault().getUserPrincipalLookupService();
        try {
            Account owner = accounts.numbered(permits.owner());
            for (String name : List.of("root", owner == null ? "root" : owner.name())) {
                if (users.lookupPrincipalByName(name).equals(peer)) {
                    return true;
                }
            }
            say("warning: a connection of user " + peer.getName() + " was refused");
        } catch (RefusedException | Accounts.LookupException e) {
            say("warning: a connection was refused: " + e.getMessage());
        }
        return false;
    }

    private void session(SocketChannel channel) {
        try (channel) {
            new Session(channel, does, acts).serve();
        } catch (IOException e) {
            // The server is gone, or is none.
        } finally {
            lastNanos = Clock.nanos();
            free.release();
            ended.release();
        }
    }
}
