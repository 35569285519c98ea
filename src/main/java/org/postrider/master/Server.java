package org.postrider.master;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.postrider.config.Catalogue;
import org.postrider.config.ConfigException;
import org.postrider.config.HostFacts;
import org.postrider.config.MainCf;
import org.postrider.config.MasterCf;
import org.postrider.config.ServiceSettings;
import org.postrider.config.Settings;
import org.postrider.disk.RealDisk;
import org.postrider.dns.HostsFile;
import org.postrider.dns.Resolver;
import org.postrider.dns.SystemResolver;
import org.postrider.flush.SiteFlush;
import org.postrider.io.Connection;
import org.postrider.io.Connector;
import org.postrider.io.Listener;
import org.postrider.io.Watchdog;
import org.postrider.log.LogTag;
import org.postrider.log.MailLogWriter;
import org.postrider.log.SlotNumbers;
import org.postrider.qmgr.QueueManager;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Spool;
import org.postrider.showq.CleanupRequeue;
import org.postrider.showq.QueueActions;
import org.postrider.showq.QueueFile;
import org.postrider.showq.Showq;
import org.postrider.smtpd.ClientNames;
import org.postrider.time.Clock;

/// A whole mail system in this JVM: [#start] to run one from a configuration directory, [#close] to
/// end it. Several may run side by side, each with its own directories.
public final class Server implements AutoCloseable {
    /// Where the system's log daemon listens.
    public static final Path SYSTEM_LOG = Path.of("/dev/log");

    private static final int DNS_PORT = 53;
    private static final long IPC_MILLIS = 3_600_000;

    private final Path configDirectory;
    private final Clock clock = Clock.system();
    private final Watchdog watchdog;
    private final MailLogWriter log;
    private final LogTag tag;
    private static final long GRACE_NANOS = 3_000_000_000L;
    private static final long LOOK_NANOS = 5_000_000L;

    private final Path queueDirectory;
    private final Spool queue;
    private final ExecutorService nativePool;
    private final Counting counting;
    private final QueueManager qmgr;
    private final Generation.Shared shared;
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
    private final Submissions submissions;
    private final SiteFlush sites;
    private volatile Generation generation;
    private volatile boolean closing;

    private Server(Path configDirectory) throws IOException {
        this.configDirectory = configDirectory;
        ServiceSettings settings = settings(configDirectory);
        MasterCf masterCf = MasterCf.read(configDirectory.resolve("master.cf"));
        queueDirectory = Path.of(settings.get(MasterParams.QUEUE_DIRECTORY)).toAbsolutePath();
        List<String> narrowed =
                Directories.make(
                        queueDirectory, Path.of(settings.get(MasterParams.DATA_DIRECTORY)));
        tag =
                new LogTag(
                        settings.get(MasterParams.SYSLOG_NAME) + "/master",
                        ProcessHandle.current().pid());
        log = openLog(settings, clock);
        narrowed.forEach(line -> log.warning(tag, line));
        LogTag queueTag = new LogTag(settings.get(MasterParams.SYSLOG_NAME) + "/qmgr", tag.pid());
        try {
            queue =
                    Spool.open(
                            new RealDisk(),
                            queueDirectory,
                            Spool.Options.of(settings),
                            clock,
                            text -> log.warning(queueTag, text));
        } catch (RuntimeException e) {
            log.close();
            throw e;
        }
        watchdog = new Watchdog(clock);
        Resolver dns = new SystemResolver(Path.of("/etc/resolv.conf"), DNS_PORT, clock);
        counting = new Counting(settings, new RealDisk(), log, clock);
        nativePool =
                Executors.newFixedThreadPool(
                        4, Thread.ofPlatform().daemon().name("host-lookup-", 0).factory());
        shared =
                new Generation.Shared(
                        queue,
                        log,
                        clock,
                        dns,
                        Connector.sockets(watchdog),
                        nativePool,
                        new ClientNames(clock, dns, new HostsFile(Path.of("/etc/hosts"))),
                        counting.anvil(),
                        this::flushSite,
                        this::congested,
                        this::slots);
        Generation first;
        try {
            first = new Generation(settings, masterCf, shared);
            generation = first;
            qmgr =
                    new QueueManager(
                            queue,
                            log,
                            queueTag,
                            clock,
                            first,
                            first.rewrite(String.valueOf(settings.text("rewrite_service_name"))),
                            first.bounce(String.valueOf(settings.text("bounce_service_name"))),
                            settings);
        } catch (RuntimeException e) {
            queue.close();
            counting.close();
            log.fatal(tag, String.valueOf(e.getMessage()));
            log.close();
            watchdog.close();
            throw e;
        }
        // Looks read the whole queue: on a thread that may wait for the disk.
        sites = new SiteFlush(queue, qmgr::flush, Thread.ofPlatform().daemon().name("flush")::start);
        submissions = new Submissions(first);
        open(first);
    }

    /// Runs the mail system of this configuration directory; returns when its listeners are open.
    ///
    /// @throws ConfigException with file, line and reason where it cannot run as configured
    /// @throws org.postrider.queue.QueueException where the queue is in use or cannot be read
    public static Server start(Path configDirectory) {
        try {
            return new Server(configDirectory);
        } catch (IOException e) {
            throw new ConfigException(String.valueOf(e.getMessage()));
        }
    }

    /// main.cf of the directory with the machine's facts.
    public static ServiceSettings settings(Path configDirectory) {
        MainCf mainCf = MainCf.read(configDirectory.resolve("main.cf"));
        Catalogue catalogue = Catalogue.load();
        return HostFacts.withOrigin(
                ServiceSettings.of(mainCf, catalogue, HostFacts.of(mainCf, catalogue)));
    }

    /// What `postfix check` says: warnings, and errors that would stop the start.
    ///
    /// @throws ConfigException for main.cf or master.cf that cannot be read
    public static List<String> check(Path configDirectory) {
        ServiceSettings settings = settings(configDirectory);
        MasterCf masterCf = MasterCf.read(configDirectory.resolve("master.cf"));
        return Checks.all(settings, masterCf, true);
    }

    /// What is to be said of other instances that do not run.
    ///
    /// @throws ConfigException for main.cf that cannot be read
    public static List<String> instances(Path configDirectory) {
        return InstanceChecks.all(settings(configDirectory));
    }

    /// The host name in log lines.
    public static String logHost(Settings settings) {
        String name = String.valueOf(settings.text("myhostname"));
        int dot = name.indexOf('.');
        return dot < 0 ? name : name.substring(0, dot);
    }

    private static MailLogWriter openLog(Settings settings, Clock clock) {
        String file = settings.get(MasterParams.MAILLOG_FILE);
        if (file.isEmpty() && Files.exists(SYSTEM_LOG)) {
            return systemLog(settings, clock);
        }
        if (file.isEmpty() || file.equals("/dev/stdout")) {
            return logWriter(settings, clock, null);
        }
        boolean allowed = false;
        for (String prefix : settings.get(MasterParams.MAILLOG_PREFIXES)) {
            allowed |= file.startsWith(prefix);
        }
        if (!allowed) {
            throw new ConfigException(
                    "maillog_file value '"
                            + file
                            + "' does not match any prefix in maillog_file_prefixes");
        }
        return logWriter(settings, clock, Path.of(file));
    }

    private static MailLogWriter logWriter(Settings settings, Clock clock, @Nullable Path file) {
        try {
            return new MailLogWriter(
                    clock, file, settings.get(MasterParams.MAILLOG_PERMISSIONS), logHost(settings));
        } catch (IllegalArgumentException e) {
            throw new ConfigException(String.valueOf(e.getMessage()));
        }
    }

    /// @throws ConfigException for a syslog_facility that there is not
    public static MailLogWriter systemLog(Settings settings, Clock clock) {
        try {
            return MailLogWriter.syslog(
                    clock, SYSTEM_LOG, settings.get(MasterParams.SYSLOG_FACILITY));
        } catch (IllegalArgumentException e) {
            throw new ConfigException(String.valueOf(e.getMessage()));
        }
    }

    private void open(Generation g) throws IOException {
        say(g);
        try {
            listen(g);
            listenUnix("public/showq", c -> new Showq(queue, IPC_MILLIS).session(c));
            listenUnix("public/pickup", c -> submissions.wake());
            listenUnix("public/qmgr", c -> qmgr.wake());
            ControlSocket control = new ControlSocket(this::control);
            submissions.start();
            queue.listener(qmgr);
            qmgr.start();
            log.info(
                    tag,
                    "daemon started -- version "
                            + g.settings().text("mail_version")
                            + ", configuration "
                            + configDirectory);
            listenUnix("private/control", control::session);
        } catch (IOException | RuntimeException e) {
            log.fatal(tag, String.valueOf(e.getMessage()));
            close();
            throw e;
        }
    }

    /// What a start and each reload say of the configuration.
    private void say(Generation g) {
        for (String notice : Checks.all(g.settings(), g.masterCf(), false)) {
            log.warning(tag, notice.startsWith("warning: ") ? notice.substring(9) : notice);
        }
        for (String line : Checks.chrootByDefault(g.settings(), g.masterCf())) {
            log.info(tag, line);
        }
    }

    /// Opens what the generation asks for and is not open, closes what it no longer asks for.
    private void listen(Generation g) throws IOException {
        Map<SocketAddress, Generation.Listening> wanted = new HashMap<>();
        for (Generation.Listening l : g.listening()) {
            String file = g.masterCf().file().toString();
            for (InetSocketAddress at : g.interfaces().listen(l.line(), file)) {
                wanted.put(at, l);
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
        for (Map.Entry<SocketAddress, Generation.Listening> e : wanted.entrySet()) {
            lineAt.put(e.getKey(), e.getValue().line().name());
            if (!listeners.containsKey(e.getKey())) {
                listeners.put(e.getKey(), listener(e.getKey(), e.getValue()));
            }
        }
    }

    private Listener listener(SocketAddress at, Generation.Listening l) throws IOException {
        try {
            return Listener.open(
                    at,
                    watchdog,
                    l.limit(),
                    descriptors,
                    c -> smtpdSession(c, lineAt.getOrDefault(at, "")),
                    e -> log.warning(tag, "accept connection: " + e.getMessage()));
        } catch (IOException e) {
            String where =
                    at instanceof InetSocketAddress a
                            ? a.getAddress().getHostAddress() + " port " + a.getPort()
                            : at.toString();
            throw new IOException("bind " + where + ": " + e.getMessage());
        }
    }

    /// A session runs under the generation of its beginning.
    private void smtpdSession(Connection connection, String line) {
        if (closing) {
            return;
        }
        for (Generation.Listening l : generation.listening()) {
            if (!l.line().name().equals(line)) {
                continue;
            }
            SlotNumbers numbers = slots(line);
            long slot = numbers.take();
            sessions.add(connection);
            Stress stress = stresses.computeIfAbsent(line, _ -> new Stress(clock));
            boolean stressed = stress.begin(l.limit(), () -> explain(l, connection));
            try {
                (stressed ? l.stressed().get() : l.smtpd())
                        .session(connection, new LogTag(l.tag(), slot));
            } finally {
                stress.end();
                sessions.remove(connection);
                numbers.give(slot);
            }
            return;
        }
    }

    private void explain(Generation.Listening l, Connection connection) {
        String name = l.line().name();
        boolean named = name.indexOf(':') < 0 && connection.local() instanceof InetSocketAddress;
        String place =
                named ? Integer.toString(((InetSocketAddress) connection.local()).getPort()) : name;
        Stress.explain(name, place, l.limit(), text -> log.warning(tag, text));
    }

    /// A bug of ours ends one answer and is loud.
    private void guarded(
            String name, Connection c, java.util.function.Consumer<Connection> session) {
        try {
            session.accept(c);
        } catch (RuntimeException e) {
            log.panic(tag, name, e);
        }
    }

    private void listenUnix(String name, java.util.function.Consumer<Connection> session)
            throws IOException {
        Path path = queueDirectory.resolve(name);
        Files.deleteIfExists(path);
        unix.add(
                Listener.open(
                        UnixDomainSocketAddress.of(path),
                        watchdog,
                        0,
                        new Semaphore(Integer.MAX_VALUE),
                        c -> guarded(name, c, session),
                        e -> log.warning(tag, name + ": " + e.getMessage())));
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw-rw-"));
    }

    /// Makes everything that waits due (`postqueue -f`).
    public void flush() {
        qmgr.flush();
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

    private boolean flushSite(String domain) {
        return sites.site(domain);
    }

    private boolean flushSites(List<String> sites) {
        for (String site : sites) {
            if (!generation.flushable(site) || !flushSite(site)) {
                return false;
            }
        }
        return true;
    }

    private int control(List<String> words, StringBuilder out) {
        return switch (words.getFirst()) {
            case "status" -> 0;
            case "stop" -> {
                Thread.ofPlatform().name("stop").start(this::close);
                yield 0;
            }
            case "abort" -> {
                Thread.ofPlatform().name("abort").start(() -> close(0));
                yield 0;
            }
            case "reload" -> reload(out);
            default -> queueVerb(words, out);
        };
    }

    private boolean congested() {
        QueueManager manager = qmgr;
        return manager != null && manager.congested();
    }

    private SlotNumbers slots(String service) {
        return slots.computeIfAbsent(service, _ -> new SlotNumbers(slots.size() + 1));
    }

    private CleanupRequeue requeue() {
        ServiceSettings settings = generation.settings();
        return new CleanupRequeue(
                generation.cleanup("cleanup"),
                queue,
                log,
                new LogTag(settings.get(MasterParams.SYSLOG_NAME) + "/pickup", tag.pid()),
                settings.text("myhostname") + " (" + settings.text("mail_name"),
                ownUid(),
                clock,
                generation.submissionSettings());
    }

    private static int ownUid() {
        try {
            return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException e) {
            return 0;
        }
    }

    private int queueVerb(List<String> words, StringBuilder out) {
        String verb = words.getFirst();
        List<String> rest = words.subList(1, words.size());
        QueueActions actions = new QueueActions(queue, requeue(), qmgr::withdrawn);
        try {
            switch (verb) {
                case "flush" -> qmgr.flush();
                case "flush-site" -> {
                    return flushSites(rest) ? 0 : 1;
                }
                case "ids" -> {
                    for (String name : rest) {
                        for (QueueId id : queue.ids(name)) {
                            out.append(id).append('\n');
                        }
                    }
                }
                case "cat" -> {
                    QueuedMessage m =
                            rest.isEmpty() ? null : queue.find(new QueueId(rest.getFirst()));
                    if (m == null) {
                        return 1;
                    }
                    new QueueFile(m, line -> out.append(line).append('\n')).show();
                }
                default -> {
                    if (!QueueActions.knows(verb)) {
                        out.append("unknown request: ").append(verb).append('\n');
                        return 64;
                    }
                    actions.act(verb, rest, line -> out.append(line).append('\n'));
                    qmgr.wake();
                }
            }
            return 0;
        } catch (IOException e) {
            out.append(e.getMessage()).append('\n');
            return 1;
        }
    }

    /// Reads the configuration anew and swaps; a broken one is refused and the old one goes on.
    ///
    /// @param out gets the reason of a refusal
    /// @return 0, or 1 where it was refused
    public synchronized int reload(StringBuilder out) {
        try {
            ServiceSettings settings = settings(configDirectory);
            Path wanted = Path.of(settings.get(MasterParams.QUEUE_DIRECTORY)).toAbsolutePath();
            if (!wanted.equals(queueDirectory)) {
                throw new ConfigException(
                        "queue_directory cannot change while the mail system runs: stop and start it");
            }
            MasterCf masterCf = MasterCf.read(configDirectory.resolve("master.cf"));
            Generation next = new Generation(settings, masterCf, shared);
            Generation old = generation;
            generation = next;
            try {
                listen(next);
            } catch (ConfigException | IOException e) {
                // The old one goes on, with the addresses it had.
                generation = old;
                listen(old);
                next.retire();
                throw e;
            }
            qmgr.generation(
                    next,
                    next.rewrite(String.valueOf(settings.text("rewrite_service_name"))),
                    next.bounce(String.valueOf(settings.text("bounce_service_name"))),
                    settings);
            submissions.generation(next);
            counting.reload(settings);
            old.retire();
            say(next);
            log.info(
                    tag,
                    "reload -- version "
                            + settings.text("mail_version")
                            + ", configuration "
                            + configDirectory);
            return 0;
        } catch (ConfigException | IOException e) {
            out.append("postfix: fatal: ").append(e.getMessage()).append('\n');
            log.error(tag, "reload refused: " + e.getMessage());
            return 1;
        }
    }

    /// Waits until [#close] is done.
    public void awaitEnd() {
        try {
            ended.await();
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
        log.info(tag, "terminating on signal 15");
        listeners.values().forEach(Listener::close);
        unix.forEach(Listener::close);
        submissions.close();
        sessions.forEach(Connection::end);
        long until = clock.nanos() + graceNanos;
        while (!sessions.isEmpty() && clock.nanos() - until < 0) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
        sessions.forEach(Connection::close);
        qmgr.close();
        generation.retire();
        queue.close();
        counting.close();
        nativePool.shutdownNow();
        watchdog.close();
        log.close();
        ended.countDown();
    }
}
