package org.postrider.master;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.postrider.bounce.BounceService;
import org.postrider.config.ConfigException;
import org.postrider.config.ServiceSettings;
import org.postrider.config.Settings;
import org.postrider.disk.RealDisk;
import org.postrider.dns.HostsFile;
import org.postrider.dns.Resolver;
import org.postrider.dns.SystemResolver;
import org.postrider.io.Connection;
import org.postrider.io.Connector;
import org.postrider.io.Listener;
import org.postrider.io.Watchdog;
import org.postrider.log.Events;
import org.postrider.log.LogTag;
import org.postrider.log.SlotNumbers;
import org.postrider.master.check.Checks;
import org.postrider.master.check.InstanceChecks;
import org.postrider.peer.ClientNames;
import org.postrider.pickup.Pickup;
import org.postrider.qmgr.QueueManager;
import org.postrider.queue.JournalQueue;
import org.postrider.queue.Queue;
import org.postrider.rewrite.RewriteService;
import org.postrider.threads.Alarm;
import org.postrider.threads.Each;
import org.postrider.threads.Family;
import org.postrider.threads.Row;
import org.postrider.threads.Steps;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// A whole mail system in this JVM: [#start] to run one from a configuration directory, [#close] to
/// end it. Several may run side by side, each with its own directories.
public final class Server implements AutoCloseable {
    private static final Programs PROGRAMS = Programs.standard();
    private static final int DNS_PORT = 53;
    private static final int BROKEN_SECONDS = 10;
    private static final int HOST_LOOKUPS = 4;

    private final Path configDirectory;
    private final Clock clock = Clock.system();
    private final Supervisor threads;
    private final Family smtpSessions;
    private final Family localSessions;
    private final Family stopping;
    private final Watchdog watchdog;
    private final Events log;
    private final LogTag tag;
    private static final long GRACE_NANOS = 3_000_000_000L;
    private static final long LOOK_NANOS = 5_000_000L;

    private final Path queueDirectory;
    private final Queue queue;
    private final Requests requests;
    private final Counting counting;
    private final QueueManager qmgr;
    private final Shared shared;
    private final Map<SocketAddress, Listener> listeners = new ConcurrentHashMap<>();

    /// Which line of master.cf an address serves; a reload may give it to another.
    private final Map<SocketAddress, String> lineAt = new ConcurrentHashMap<>();

    /// Sessions that may be open with the descriptors there are: the queue and deliveries need
    /// theirs.
    private final Semaphore descriptors = new Semaphore(Descriptors.forSessions());

    private final List<Listener> unix = new ArrayList<>();
    private final Set<Connection> sessions = ConcurrentHashMap.newKeySet();
    private final Map<String, Stress> stresses = new ConcurrentHashMap<>();
    private final Map<String, SlotNumbers> slots = new ConcurrentHashMap<>();
    private final CountDownLatch ended = new CountDownLatch(1);

    /// To be closed at the end, the last first.
    private final Deque<AutoCloseable> held = new ArrayDeque<>();

    private final Submissions submissions;
    private volatile Generation generation;
    private volatile boolean closing;
    private volatile boolean broken;

    private Server(Path configDirectory, long masterPid, Steps steps) throws IOException {
        this.configDirectory = configDirectory;
        threads = new Supervisor(clock, steps);
        smtpSessions = threads.family(ServerWork.SMTP_SESSION);
        localSessions = threads.family(ServerWork.LOCAL_SESSION);
        stopping = threads.family(ServerWork.STOPPING);
        Configuration configuration = Configuration.read(configDirectory, PROGRAMS);
        ServiceSettings settings = configuration.settings();
        queueDirectory = Path.of(settings.get(MasterParams.QUEUE_DIRECTORY)).toAbsolutePath();
        List<String> narrowed =
                Directories.make(
                        queueDirectory, Path.of(settings.get(MasterParams.DATA_DIRECTORY)));
        tag =
                new LogTag(
                        settings.get(MasterParams.SYSLOG_NAME) + "/master",
                        ProcessHandle.current().pid());
        log = Logs.server(threads, settings, clock, tag);
        held.push(log);
        held.push(threads);
        threads.alarm(new Alarms());
        narrowed.forEach(line -> log.warning(tag, line));
        Logs.formerEnd(log, tag, queueDirectory);
        LogTag queueTag = new LogTag(settings.get(MasterParams.SYSLOG_NAME) + "/qmgr", tag.pid());
        try {
            OtherMailSystem.keepOut(settings, masterPid).forEach(held::push);
            queue =
                    hold(
                            JournalQueue.open(
                                    new RealDisk(),
                                    queueDirectory,
                                    JournalQueue.Options.of(settings),
                                    clock,
                                    text -> log.warning(queueTag, text),
                                    threads));
            watchdog = hold(new Watchdog(clock, threads));
            Resolver dns = new SystemResolver(Path.of("/etc/resolv.conf"), DNS_PORT, clock);
            counting = hold(new Counting(settings, new RealDisk(), log, threads, clock));
            ExecutorService nativePool = threads.family(ServerWork.HOST_LOOKUP).pool(HOST_LOOKUPS);
            held.push(nativePool::shutdownNow);
            shared =
                    new Shared(
                            new Machine(
                                    clock,
                                    threads,
                                    log,
                                    dns,
                                    Connector.sockets(watchdog),
                                    nativePool),
                            queue,
                            new ClientNames(clock, dns, new HostsFile(Path.of("/etc/hosts"))),
                            counting.anvil(),
                            this::slots,
                            new Rest());
            Generation first = new Generation(configuration, shared);
            generation = first;
            held.push(() -> generation.retire());
            qmgr =
                    hold(
                            new QueueManager(
                                    queue,
                                    log,
                                    queueTag,
                                    clock,
                                    first,
                                    first.rewrite(
                                            String.valueOf(settings.text("rewrite_service_name"))),
                                    first.bounce(
                                            String.valueOf(settings.text("bounce_service_name"))),
                                    settings,
                                    threads));
            submissions = hold(new Submissions(first, threads));
            requests =
                    new Requests(
                            queue,
                            queueDirectory,
                            qmgr,
                            () -> generation,
                            threads,
                            log,
                            tag,
                            clock);
            held.push(this::stopListening);
            open(first);
            hold(new MasterProcess(masterPid, threads, log, tag, () -> stopping.start(this::close)))
                    .start();
        } catch (Throwable e) {
            closing = true;
            log.fatal(tag, String.valueOf(e.getMessage()));
            release();
            throw e;
        }
    }

    private <T extends AutoCloseable> T hold(T made) {
        held.push(made);
        return made;
    }

    /// Closes what was opened, the last first; each whatever the others do.
    private void release() {
        for (AutoCloseable each = held.poll(); each != null; each = held.poll()) {
            try {
                each.close();
            } catch (Throwable e) {
                log.panic(tag, "close", e);
            }
        }
    }

    /// What services ask of the rest.
    private final class Rest implements Shared.Running {
        @Override
        public boolean congested() {
            QueueManager manager = qmgr;
            return manager != null && manager.congested();
        }

        @Override
        public boolean flushSite(String domain) {
            return requests.flushSite(domain);
        }
    }

    /// What the supervisor of threads sees, in the mail log.
    private final class Alarms implements Alarm {
        @Override
        public void panic(String text, Throwable bug) {
            log.panic(tag, text, bug);
        }

        @Override
        public void warning(String text) {
            log.warning(tag, text);
        }

        @Override
        public void end(String reason) {
            log.fatal(tag, reason);
            broken = true;
            stopping.start(() -> close(0), ended::countDown);
            // Whatever cannot be closed any more must not keep the process.
            stopping.start(() -> awaitEnd(BROKEN_SECONDS), ended::countDown);
        }
    }

    /// Runs the mail system of this configuration directory; returns when its listeners are open.
    ///
    /// @throws ConfigException with file, line and reason where it cannot run as configured
    /// @throws org.postrider.queue.QueueException where the queue is in use or cannot be read
    public static Server start(Path configDirectory) {
        return start(configDirectory, ProcessHandle.current().pid());
    }

    /// @param masterPid the process whose end stops the mail system, for `pid/master.pid`
    public static Server start(Path configDirectory, long masterPid) {
        return start(configDirectory, masterPid, Steps.NONE);
    }

    /// @param steps told of each step of each thread: a test throws from there
    static Server start(Path configDirectory, long masterPid, Steps steps) {
        try {
            return new Server(configDirectory, masterPid, steps);
        } catch (IOException e) {
            throw new ConfigException(String.valueOf(e.getMessage()));
        }
    }

    /// main.cf of the directory with the machine's facts.
    public static ServiceSettings settings(Path configDirectory) {
        return Configuration.settings(configDirectory);
    }

    /// What `postfix check` says: warnings, and errors that would stop the start.
    ///
    /// @throws ConfigException for main.cf or master.cf that cannot be read
    public static List<String> check(Path configDirectory) {
        return Checks.all(Configuration.read(configDirectory, PROGRAMS), true);
    }

    /// What is to be said of other instances that do not run.
    ///
    /// @throws ConfigException for main.cf that cannot be read
    public static List<String> instances(Path configDirectory) {
        return InstanceChecks.all(settings(configDirectory));
    }

    private void open(Generation g) throws IOException {
        say(g);
        listen(g);
        LocalUsers users = new LocalUsers(() -> generation, requests, log, tag);
        listenUnix("public/showq", users::list);
        listenUnix("public/flush", users::flush);
        listenUnix("public/pickup", c -> submissions.wake());
        listenUnix("public/qmgr", c -> qmgr.wake());
        ControlSocket control = new ControlSocket(this::control);
        submissions.start();
        queue.listener(qmgr);
        qmgr.start();
        threads.watch();
        told("daemon started", g.settings());
        listenUnix("private/control", control::session);
    }

    private void told(String what, Settings settings) {
        String version = what + " -- version " + settings.text("mail_version");
        log.info(tag, version + ", configuration " + configDirectory);
    }

    /// What a start and each reload say of the configuration.
    private void say(Generation g) {
        for (String notice : Checks.all(g.configuration(), false)) {
            log.warning(tag, notice.startsWith("warning: ") ? notice.substring(9) : notice);
        }
        for (String line : Checks.chrootByDefault(g.configuration())) {
            log.info(tag, line);
        }
    }

    /// Opens what the generation asks for and is not open, closes what it no longer asks for.
    private void listen(Generation g) throws IOException {
        Map<SocketAddress, Service> wanted = new HashMap<>();
        for (Service each : g.listening()) {
            for (InetSocketAddress at : g.interfaces().listen(each)) {
                wanted.put(at, each);
            }
        }
        for (SocketAddress at : List.copyOf(listeners.keySet())) {
            if (!wanted.containsKey(at)) {
                Listener gone = listeners.remove(at);
                if (gone != null) {
                    gone.close();
                }
            }
        }
        for (Map.Entry<SocketAddress, Service> e : wanted.entrySet()) {
            lineAt.put(e.getKey(), e.getValue().name());
            if (!listeners.containsKey(e.getKey())) {
                listeners.put(e.getKey(), listener(e.getKey(), e.getValue()));
            }
        }
    }

    private Listener listener(SocketAddress at, Service service) throws IOException {
        try {
            return Listener.open(
                    at,
                    place(at),
                    watchdog,
                    smtpSessions,
                    service.processLimit(),
                    descriptors,
                    c -> smtpdSession(c, lineAt.getOrDefault(at, "")),
                    e -> log.warning(tag, "accept connection: " + e.getMessage()));
        } catch (IOException e) {
            throw new IOException("bind " + place(at) + ": " + e.getMessage());
        }
    }

    private static String place(SocketAddress at) {
        return at instanceof InetSocketAddress a
                ? a.getAddress().getHostAddress() + " port " + a.getPort()
                : at.toString();
    }

    /// A session runs under the generation of its beginning.
    private void smtpdSession(Connection connection, String line) {
        if (closing) {
            return;
        }
        for (Service service : generation.listening()) {
            if (service.name().equals(line) && service.made() instanceof Made.Listens listens) {
                SlotNumbers numbers = slots(line);
                long slot = numbers.take();
                try {
                    sessions.add(connection);
                    stressed(service, listens.door(), connection, slot);
                } finally {
                    sessions.remove(connection);
                    numbers.give(slot);
                }
                return;
            }
        }
    }

    private void stressed(Service service, Door door, Connection connection, long slot) {
        Stress stress = stresses.computeIfAbsent(service.name(), _ -> new Stress(clock));
        int limit = service.processLimit();
        boolean stressed = stress.begin(limit, () -> explain(service, connection));
        try {
            door.session(connection, new LogTag(service.tag(), slot), stressed);
        } finally {
            stress.end();
        }
    }

    private void explain(Service service, Connection connection) {
        String name = service.name();
        boolean named = name.indexOf(':') < 0 && connection.local() instanceof InetSocketAddress;
        String place =
                named ? Integer.toString(((InetSocketAddress) connection.local()).getPort()) : name;
        Stress.explain(name, place, service.processLimit(), text -> log.warning(tag, text));
    }

    private void listenUnix(String name, java.util.function.Consumer<Connection> session)
            throws IOException {
        Path path = queueDirectory.resolve(name);
        Files.deleteIfExists(path);
        unix.add(
                Listener.open(
                        UnixDomainSocketAddress.of(path),
                        name,
                        watchdog,
                        localSessions,
                        generation.settings().get(MasterParams.DEFAULT_PROCESS_LIMIT),
                        new Semaphore(Integer.MAX_VALUE),
                        session,
                        e -> log.warning(tag, name + ": " + e.getMessage())));
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw-rw-"));
    }

    /// Makes everything that waits due (`postqueue -f`).
    public void flush() {
        qmgr.flush();
    }

    /// The thread table.
    List<Row> threads() {
        return threads.table();
    }

    /// Where it listens for mail; ports that were 0 are the real ones.
    public List<InetSocketAddress> addresses() {
        List<InetSocketAddress> out = new ArrayList<>();
        for (Listener l : listeners.values()) {
            try {
                if (l.address() instanceof InetSocketAddress a) {
                    out.add(a);
                }
            } catch (IOException e) {
                // closed meanwhile
            }
        }
        return out;
    }

    private int control(List<String> words, StringBuilder out) {
        return switch (words.getFirst()) {
            case "stop" -> {
                stopping.start(this::close);
                yield 0;
            }
            case "abort" -> {
                stopping.start(() -> close(0));
                yield 0;
            }
            case "reload" -> reload(out);
            default -> requests.answer(words, out);
        };
    }

    private SlotNumbers slots(String service) {
        return slots.computeIfAbsent(service, _ -> new SlotNumbers(slots.size() + 1));
    }

    /// Reads the configuration anew and swaps; a broken one is refused and the old one goes on.
    ///
    /// @param out gets the reason of a refusal
    /// @return 0, or 1 where it was refused
    public synchronized int reload(StringBuilder out) {
        try {
            if (closing) {
                throw new ConfigException("the mail system is stopping");
            }
            Configuration configuration = Configuration.read(configDirectory, PROGRAMS);
            ServiceSettings settings = configuration.settings();
            Path wanted = Path.of(settings.get(MasterParams.QUEUE_DIRECTORY)).toAbsolutePath();
            if (!wanted.equals(queueDirectory)) {
                throw new ConfigException(
                        "queue_directory cannot change while the mail system runs: stop and start it");
            }
            Unchanged.say(generation.settings(), settings, out, text -> log.warning(tag, text));
            Generation old = generation;
            swap(new Generation(configuration, shared), settings);
            counting.reload(settings);
            old.retire();
            say(generation);
            told("reload", settings);
            return 0;
        } catch (ConfigException | IOException e) {
            out.append("postfix: fatal: ").append(e.getMessage()).append('\n');
            log.error(tag, "reload refused: " + e.getMessage());
            return 1;
        }
    }

    /// Everything that can refuse comes first; then the new one is in charge.
    private void swap(Generation next, Settings settings) throws IOException {
        Generation old = generation;
        boolean good = false;
        try {
            RewriteService rewrite =
                    next.rewrite(String.valueOf(settings.text("rewrite_service_name")));
            BounceService bounce =
                    next.bounce(String.valueOf(settings.text("bounce_service_name")));
            Pickup pickup = next.pickup();
            generation = next;
            listen(next);
            good = true;
            qmgr.generation(next, rewrite, bounce, settings);
            submissions.takeOver(pickup);
        } finally {
            if (!good) {
                // The old one goes on, with the addresses it had.
                generation = old;
                next.retire();
                listen(old);
            }
        }
    }

    /// Waits until [#close] is done.
    ///
    /// @return false where it ended because of a bug, and is to be started again
    public boolean awaitEnd() {
        awaitEnd(Long.MAX_VALUE);
        return !broken;
    }

    private void awaitEnd(long seconds) {
        try {
            boolean done = ended.await(seconds, TimeUnit.SECONDS);
            if (!done) {
                log.warning(tag, "parts of the mail system do not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Ends it: no new sessions; a session that waits for a command is told 421, one that sends a
    /// mail may finish it within some seconds; so may deliveries. Everything accepted is in the
    /// queue.
    @Override
    public void close() {
        close(GRACE_NANOS);
    }

    /// @param graceNanos how long mail on its way in may take to come whole
    private void close(long graceNanos) {
        synchronized (this) {
            if (closing) {
                return;
            }
            closing = true;
        }
        try {
            log.info(tag, broken ? "terminating after a fatal error" : "terminating on signal 15");
            stopListening();
            Each.of(sessions, Connection::end);
            submissions.close();
            long until = clock.nanos() + graceNanos;
            while (!sessions.isEmpty() && clock.nanos() - until < 0) {
                LockSupport.parkNanos(LOOK_NANOS);
            }
            Each.of(sessions, Connection::close);
        } finally {
            release();
            ended.countDown();
        }
    }

    private void stopListening() {
        Each.of(listeners.values(), Listener::close);
        Each.of(unix, Listener::close);
    }
}
