package org.postrider.master.listen;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.postrider.config.ServiceLine;
import org.postrider.io.Connection;
import org.postrider.io.Listener;
import org.postrider.io.Watchdog;
import org.postrider.log.LogTag;
import org.postrider.log.SlotNumbers;
import org.postrider.master.Door;
import org.postrider.master.Generation;
import org.postrider.master.Machine;
import org.postrider.master.Made;
import org.postrider.master.MasterParams;
import org.postrider.master.Service;
import org.postrider.master.control.Administration;
import org.postrider.threads.Each;
import org.postrider.threads.Family;
import org.postrider.threads.Work;

/// Where the mail system listens: what the lines of master.cf say, inet lines at their addresses,
/// unix and fifo lines at a UNIX socket under `public/` or `private/`. A reload opens what is new,
/// closes what is gone, and keeps what stays, without a moment in which nobody listens. Any thread.
public final class Listeners implements AutoCloseable {
    private static final Work MAIL =
            Work.of("session", "serves an SMTP client").failing("the session ends");
    private static final Work LOCAL =
            Work.of("local-session", "answers a command on this machine")
                    .failing("the answer ends");

    /// Something that listens, and the service that it is for now.
    ///
    /// @param network whether strangers come, and not commands of this machine
    private record Place(Listener listener, AtomicReference<Service> service, boolean network) {}

    private final Machine machine;
    private final Watchdog watchdog;
    private final Path queueDirectory;
    private final LogTag tag;
    final Sessions sessions;
    private final Family mail;
    private final Family local;
    private final Map<SocketAddress, Place> places =
            Collections.synchronizedMap(new LinkedHashMap<>());
    private final List<Listener> others = new ArrayList<>();

    /// Sessions that may be open with the descriptors there are: the queue and deliveries need
    /// theirs.
    private final Semaphore descriptors = new Semaphore(Descriptors.forSessions());

    /// Opens a socket's file to every user.
    interface Rights {
        void open(Path socket) throws IOException;
    }

    private final Rights rights;

    public Listeners(Machine machine, Watchdog watchdog, Path queueDirectory, LogTag tag) {
        this(
                machine,
                watchdog,
                queueDirectory,
                tag,
                socket ->
                        Files.setPosixFilePermissions(
                                socket, PosixFilePermissions.fromString("rw-rw-rw-")));
    }

    Listeners(Machine machine, Watchdog watchdog, Path queueDirectory, LogTag tag, Rights rights) {
        this.rights = rights;
        this.machine = machine;
        this.watchdog = watchdog;
        this.queueDirectory = queueDirectory;
        this.tag = tag;
        sessions = new Sessions(machine, tag);
        mail = machine.threads().family(MAIL);
        local = machine.threads().family(LOCAL);
    }

    /// Pseudo-pids of a service, the same over reloads.
    public SlotNumbers slots(String service) {
        return sessions.slots(service);
    }

    /// Opens what the generation asks for and is not open, closes what it no longer asks for.
    ///
    /// @throws IOException for a place that cannot be had; those before it are open then
    public synchronized void listen(Generation generation) throws IOException {
        Map<SocketAddress, Service> wanted = new LinkedHashMap<>();
        for (Service each : generation.configuration().services()) {
            if (takesClients(each.made())) {
                for (SocketAddress at : addresses(each, generation)) {
                    wanted.put(at, each);
                }
            }
        }
        for (Map.Entry<SocketAddress, Place> each : List.copyOf(places.entrySet())) {
            Service now = wanted.get(each.getKey());
            if (now == null || network(now) != each.getValue().network()) {
                gone(each.getKey());
            }
        }
        for (Map.Entry<SocketAddress, Service> each : wanted.entrySet()) {
            Place there = places.get(each.getKey());
            if (there == null) {
                places.put(each.getKey(), open(each.getKey(), each.getValue(), generation));
            } else {
                there.service().set(each.getValue());
                there.listener().limit(limit(each.getValue(), generation));
            }
        }
    }

    private static boolean takesClients(Made made) {
        return made instanceof Made.Listens || made.local() != null;
    }

    private static boolean network(Service service) {
        return service.made() instanceof Made.Listens;
    }

    /// A local user shall not make sessions without end. A limit of 1 is that of a Postfix process
    /// which serves many at a time, such as qmgr: one who says nothing must not keep others out.
    private static int limit(Service service, Generation generation) {
        if (service.made() instanceof Made.Listens listens && listens.door().takesAll()) {
            return 0;
        }
        int most = service.processLimit();
        return network(service) || most > 1
                ? most
                : generation.settings().get(MasterParams.DEFAULT_PROCESS_LIMIT);
    }

    private List<? extends SocketAddress> addresses(Service service, Generation generation)
            throws IOException {
        ServiceLine line = service.line();
        if (Administration.isSocketOf(service)) {
            throw new IOException(
                    service.place() + ": service " + service.name() + ": " + Administration.TAKEN);
        }
        return switch (line.type()) {
            case "inet" -> generation.interfaces().listen(service);
            case "unix", "fifo" ->
                    List.of(
                            UnixDomainSocketAddress.of(
                                    queueDirectory.resolve(
                                            (line.privateService() ? "private/" : "public/")
                                                    + line.name())));
            default -> List.of();
        };
    }

    private void gone(SocketAddress at) throws IOException {
        Place gone = places.remove(at);
        if (gone != null) {
            gone.listener().close();
            if (at instanceof UnixDomainSocketAddress unix) {
                Files.deleteIfExists(unix.getPath());
            }
        }
    }

    private Place open(SocketAddress at, Service service, Generation generation)
            throws IOException {
        AtomicReference<Service> now = new AtomicReference<>(service);
        boolean network = network(service);
        Listener listener =
                bind(
                        at,
                        network ? mail : local,
                        limit(service, generation),
                        network ? descriptors : new Semaphore(Integer.MAX_VALUE),
                        connection -> serve(connection, now.get()));
        return new Place(listener, now, network);
    }

    private Listener bind(
            SocketAddress at,
            Family threads,
            int limit,
            Semaphore shared,
            Consumer<Connection> session)
            throws IOException {
        String name = name(at);
        try {
            if (at instanceof UnixDomainSocketAddress unix) {
                Files.deleteIfExists(unix.getPath());
            }
            Listener opened =
                    Listener.open(
                            at,
                            name,
                            watchdog,
                            new Listener.Service(
                                    threads, limit, shared, session, e -> trouble(at, e)));
            if (at instanceof UnixDomainSocketAddress unix) {
                openToAll(opened, unix.getPath());
            }
            return opened;
        } catch (IOException e) {
            throw new IOException("bind " + name + ": " + e.getMessage());
        }
    }

    private void trouble(SocketAddress at, Exception e) {
        String where = at instanceof InetSocketAddress ? "accept connection" : name(at);
        machine.log().warning(tag, where + ": " + e.getMessage());
    }

    /// Whoever may not reach it is not listened to at all.
    private void openToAll(Listener opened, Path socket) throws IOException {
        boolean good = false;
        try {
            rights.open(socket);
            good = true;
        } finally {
            if (!good) {
                opened.close();
                Files.deleteIfExists(socket);
            }
        }
    }

    private String name(SocketAddress at) {
        return switch (at) {
            case InetSocketAddress inet ->
                    inet.getAddress().getHostAddress() + " port " + inet.getPort();
            case UnixDomainSocketAddress unix ->
                    queueDirectory.relativize(unix.getPath()).toString();
            default -> at.toString();
        };
    }

    /// A session runs under the generation of its beginning.
    private void serve(Connection connection, Service service) {
        if (service.made() instanceof Made.Listens listens) {
            sessions.serve(service, listens.door(), connection);
        } else {
            Consumer<Connection> answers = service.made().local();
            if (answers != null) {
                answers.accept(connection);
            }
        }
    }

    /// Serves a client that another service has taken, until its session is over; waits before that
    /// for a place.
    ///
    /// @param begun run when it waits no longer
    public void handOver(Service service, Door door, Connection client, Runnable begun) {
        sessions.handOver(service, door, client, begun);
    }

    /// A socket for commands that is no line of master.cf.
    public synchronized void listen(String name, int limit, Consumer<Connection> session)
            throws IOException {
        others.add(
                bind(
                        UnixDomainSocketAddress.of(queueDirectory.resolve(name)),
                        local,
                        limit,
                        new Semaphore(Integer.MAX_VALUE),
                        session));
    }

    /// Where it listens on the network, in the order of the lines; ports that were 0 are the real
    /// ones.
    public List<InetSocketAddress> addresses() {
        List<InetSocketAddress> out = new ArrayList<>();
        for (Place place : List.copyOf(places.values())) {
            try {
                if (place.listener().address() instanceof InetSocketAddress inet) {
                    out.add(inet);
                }
            } catch (IOException e) {
                // closed meanwhile
            }
        }
        return out;
    }

    /// Takes no more clients, and tells those who are there; see [#close(long)].
    public void end() {
        try {
            takeNoMore();
        } finally {
            sessions.end();
        }
    }

    private synchronized void takeNoMore() {
        List<Listener> all = new ArrayList<>(others);
        places.values().forEach(place -> all.add(place.listener()));
        Each.of(all, Listener::close);
    }

    /// Waits for the sessions that are left, and closes what is there then.
    public void close(long graceNanos) {
        sessions.close(graceNanos);
    }

    /// Takes no more clients, and closes at once those who are there.
    @Override
    public void close() {
        try {
            end();
        } finally {
            sessions.close(0);
        }
    }
}
