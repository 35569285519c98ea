package org.postrider.master;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.config.Reason;
import org.postrider.config.ServiceSettings;
import org.postrider.config.Settings;
import org.postrider.delivery.Probe;
import org.postrider.disk.RealDisk;
import org.postrider.dns.HostsFile;
import org.postrider.dns.SystemResolver;
import org.postrider.dnsbl.DnsLists;
import org.postrider.helper.SlowAccounts;
import org.postrider.io.Connection;
import org.postrider.io.Connector;
import org.postrider.io.Watchdog;
import org.postrider.log.ConfigurationEvent;
import org.postrider.log.LogTag;
import org.postrider.master.check.Checks;
import org.postrider.master.check.InstanceChecks;
import org.postrider.master.control.Administration;
import org.postrider.master.control.LocalUsers;
import org.postrider.master.control.Requests;
import org.postrider.master.life.Base;
import org.postrider.master.life.Counting;
import org.postrider.master.life.MasterProcess;
import org.postrider.master.life.Reporting;
import org.postrider.master.life.ServerWork;
import org.postrider.master.life.Submissions;
import org.postrider.master.listen.Listeners;
import org.postrider.master.reload.Generations;
import org.postrider.metrics.MailCounters;
import org.postrider.metrics.MetricsService;
import org.postrider.peer.ClientNames;
import org.postrider.postscreen.Caches;
import org.postrider.qmgr.QueueManager;
import org.postrider.qmgr.SuspendedDestinations;
import org.postrider.queue.JournalQueue;
import org.postrider.queue.Queue;
import org.postrider.rights.Accounts;
import org.postrider.rights.Rights;
import org.postrider.spawn.Meeting;
import org.postrider.sts.StsPolicies;
import org.postrider.threads.Alarm;
import org.postrider.threads.Family;
import org.postrider.threads.Row;
import org.postrider.threads.Steps;
import org.postrider.verify.VerifyCaches;

/// A whole mail system in this JVM: [#start] to run one from a configuration directory, [#close] to
/// end it. Several may run side by side, each with its own directories. Any thread.
public final class Server implements AutoCloseable {
    private static final int DNS_PORT = 53;
    private static final int BROKEN_SECONDS = 10;
    private static final int HOST_LOOKUPS = 4;

    private static final long GRACE_NANOS = 3_000_000_000L;

    private final Base base;
    private final Family stopping;
    private final Queue queue;
    private final Counting counting;
    private final Reporting reporting;
    private final VerifyCaches verified;
    private final Listeners listeners;
    private final SuspendedDestinations suspended;
    private final QueueManager qmgr;
    private final Submissions submissions;
    private final Generations generations;
    private final Requests requests;
    private final LocalUsers users;
    private final Caches screened;
    private final Acting acting;
    private final Meeting meeting = new Meeting();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean closing;
    private volatile boolean broken;

    private Server(Origin origin, long masterPid, Acting.@Nullable Beside beside, Steps steps)
            throws IOException {
        Configuration.Source source = origin.source();
        Configuration configuration = source.read();
        Settings settings = configuration.settings();
        Path directory = Path.of(settings.get(MasterParams.QUEUE_DIRECTORY)).toAbsolutePath();
        List<String> narrowed =
                Directories.make(directory, Path.of(settings.get(MasterParams.DATA_DIRECTORY)));
        base = new Base(settings, steps);
        stopping = base.threads().family(ServerWork.STOPPING);
        base.threads().alarm(new Alarms());
        narrowed.forEach(base::warn);
        Logs.formerEnd(base.log(), base.tag(), directory);
        try {
            OtherMailSystem.keepOut(settings, masterPid).forEach(base::hold);
            queue = base.hold(openQueue(settings, directory));
            Watchdog watchdog = base.hold(new Watchdog(base.clock(), base.threads()));
            Connector connector = Connector.sockets(watchdog);
            acting = new Acting(base, origin.directory(), connector, settings, beside);
            Machine machine = machine(settings, connector, acting.rights());
            counting =
                    base.hold(
                            new Counting(
                                    settings,
                                    new RealDisk(),
                                    base.log(),
                                    base.threads(),
                                    base.clock()));
            reporting = base.hold(new Reporting(settings, new RealDisk(), machine, this::now));
            screened = base.hold(new Caches(new RealDisk(), directory, base::warn));
            verified = base.hold(new VerifyCaches(base.threads()));
            listeners = new Listeners(machine, watchdog, directory, base.tag());
            Shared shared = shared(machine);
            Generation first = base.threads().within(() -> new Generation(configuration, shared));
            generations = base.hold(new Generations(source, first, shared, base.tag()));
            suspended = suspended(settings);
            qmgr = base.hold(queueManager(first));
            requests =
                    new Requests(
                            queue,
                            directory,
                            new Requests.Deliveries(qmgr, suspended),
                            generations::current,
                            machine,
                            base.tag());
            submissions = base.hold(submissions(first));
            users = new LocalUsers(generations::current, requests, base.log(), base.tag());
            base.hold(listeners);
            open(first);
            base.hold(
                            new MasterProcess(
                                    masterPid,
                                    base.threads(),
                                    base.log(),
                                    base.tag(),
                                    () -> stopping.start(this::close)))
                    .start();
        } catch (Throwable e) {
            closing = true;
            base.log()
                    .event(
                            base.tag(),
                            new ConfigurationEvent.StartRefused(
                                    e instanceof IOException io
                                            ? Reason.withFile(io)
                                            : String.valueOf(e.getMessage())));
            base.close();
            throw e;
        }
    }

    private Generation now() {
        return generations.current();
    }

    private Submissions submissions(Generation first) {
        return new Submissions(first, base.threads(), requests::requeueWaiting);
    }

    private static SuspendedDestinations suspended(Settings settings) throws IOException {
        Path data = Path.of(settings.get(MasterParams.DATA_DIRECTORY));
        return new SuspendedDestinations(new RealDisk(), data);
    }

    private Queue openQueue(Settings settings, Path directory) throws IOException {
        LogTag tag = Base.tag(settings, "qmgr");
        return JournalQueue.open(
                new RealDisk(),
                directory,
                JournalQueue.Options.of(settings),
                base.clock(),
                text -> base.log().warning(tag, text),
                base.threads());
    }

    private Machine machine(Settings settings, Connector connector, Rights rights) {
        ExecutorService hostLookups =
                base.threads().family(ServerWork.HOST_LOOKUP).pool(HOST_LOOKUPS);
        base.hold(hostLookups::shutdownNow);
        return new Machine(
                base.clock(),
                base.threads(),
                base.log(),
                world(settings, connector),
                new Machine.Host(
                        hostLookups,
                        Accounts.recent(SlowAccounts.on(hostLookups), base.clock()::nanos),
                        rights));
    }

    private Machine.World world(Settings settings, Connector connector) {
        Path data = Path.of(settings.get(MasterParams.DATA_DIRECTORY)).toAbsolutePath();
        SystemResolver dns =
                new SystemResolver(Path.of("/etc/resolv.conf"), DNS_PORT, base.clock());
        StsPolicies sts =
                base.hold(
                        new StsPolicies(
                                new StsPolicies.Means(dns, connector, new RealDisk(), data),
                                base.threads(),
                                base.clock(),
                                base.log(),
                                Base.tag(settings, "smtp")));
        return new Machine.World(
                dns, new DnsLists(dns, base.threads(), base.clock()), connector, sts);
    }

    private Shared shared(Machine machine) {
        return new Shared(
                machine,
                queue,
                new ClientNames(
                        machine.clock(), machine.dns(), new HostsFile(Path.of("/etc/hosts"))),
                counting.anvil(),
                listeners::slots,
                new Rest());
    }

    private QueueManager queueManager(Generation first) {
        QueueManager.Services services = services(first);
        return new QueueManager(
                queue,
                base.log(),
                Base.tag(services.settings(), "qmgr"),
                base.clock(),
                services,
                base.threads());
    }

    /// What the queue manager works with.
    ///
    /// @throws ConfigException where its line names a service that is not there
    private QueueManager.Services services(Generation generation) {
        Settings settings = generation.configuration().settingsOf(Programs.QMGR);
        return new QueueManager.Services(
                generation,
                generation.rewrite(String.valueOf(settings.text("rewrite_service_name"))),
                generation.bounce(String.valueOf(settings.text("bounce_service_name"))),
                suspended,
                new QueueManager.Paces(
                        generation.tables(),
                        counting.anvil()::rates,
                        generation.shared().machine().dns()),
                settings);
    }

    private void open(Generation first) throws IOException {
        // As one of its threads: with the right to read what root's helper reads.
        base.threads()
                .within(() -> {
                    generations.say();
                    return true;
                });
        if (!suspended.names().isEmpty()) {
            base.warn("suspended destinations: " + String.join(" ", suspended.names()));
        }
        listeners.listen(first);
        submissions.start();
        reporting.start();
        queue.listener(qmgr);
        qmgr.start();
        base.threads().watch();
        generations.started();
        listeners.listen(Rights.SERVED, Acting.SERVED, meeting::session);
        listeners.listen(
                Administration.SOCKET,
                first.settings().get(MasterParams.DEFAULT_PROCESS_LIMIT),
                new Administration(new Life(), requests)::session);
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

        @Override
        public void list(Connection connection) {
            users.list(connection);
        }

        @Override
        public void flush(Connection connection) {
            users.flush(connection);
        }

        @Override
        public void flushAll(Connection connection) {
            users.flushAll(connection);
        }

        @Override
        public Caches screened() {
            return screened;
        }

        @Override
        public void handOver(Service service, Door door, Connection client, Runnable begun) {
            listeners.handOver(service, door, client, begun);
        }

        @Override
        public Meeting meeting() {
            return meeting;
        }

        @Override
        public Shared.Reports reports() {
            return reporting;
        }

        @Override
        public MailCounters counted() {
            return base.counted();
        }

        @Override
        public MetricsService.Server state() {
            return new ServerState(queue, () -> broken, () -> closing);
        }

        @Override
        public VerifyCaches verified() {
            return verified;
        }

        @Override
        public boolean probe(Probe probe) {
            QueueManager manager = qmgr;
            return manager != null && manager.arrived(probe);
        }

        @Override
        public void wakePickup() {
            submissions.wake();
        }
    }

    /// What is asked through `private/control`.
    private final class Life implements Administration.Life {
        @Override
        public void stop() {
            stopping.start(Server.this::close);
        }

        @Override
        public void abort() {
            stopping.start(() -> close(0));
        }

        @Override
        public boolean reload(Consumer<String> lines) {
            return Server.this.reload(lines);
        }
    }

    /// What the supervisor of threads sees, in the mail log.
    private final class Alarms implements Alarm {
        @Override
        public void panic(String text, Throwable bug) {
            base.log().panic(base.tag(), text, bug);
        }

        @Override
        public void warning(String text) {
            base.warn(text);
        }

        @Override
        public void end(String reason) {
            base.log().fatal(base.tag(), reason);
            broken = true;
            stopping.start(() -> close(0), ended::countDown);
            // Whatever cannot be closed any more must not keep the process.
            stopping.start(() -> awaitEnd(BROKEN_SECONDS), ended::countDown);
        }
    }

    /// What a reload's generation takes over.
    private final class Succession implements Generations.Succession {
        @Override
        public Runnable prepare(Generation next) {
            QueueManager.Services services = services(next);
            Made.Submits pickup = next.pickup();
            return () -> {
                qmgr.generation(services);
                submissions.takeOver(pickup);
                counting.reload(next.settings());
                reporting.reload(next.settings());
                acting.reload(next.settings());
            };
        }

        @Override
        public void listen(Generation generation) throws IOException {
            listeners.listen(generation);
        }
    }

    /// Runs the mail system of this configuration directory; returns when its listeners are open.
    ///
    /// @throws ConfigException with file, line and reason where it cannot run as configured
    /// @throws org.postrider.queue.QueueException where the queue is in use or cannot be read
    public static Server start(Path configDirectory) {
        return start(configDirectory, ProcessHandle.current().pid(), Steps.NONE);
    }

    /// @param steps told of each step of each thread: a test throws from there
    static Server start(Path configDirectory, long masterPid, Steps steps) {
        return start(Origin.of(configDirectory), masterPid, null, steps);
    }

    /// The same as the child of a process that stands for it.
    ///
    /// @param masterPid the process whose end stops the mail system, for `pid/master.pid`
    /// @param beside the helper of root's that acts for users, null if there is none
    public static Server start(
            Path configDirectory, long masterPid, Acting.@Nullable Beside beside) {
        return start(Origin.of(configDirectory), masterPid, beside, Steps.NONE);
    }

    /// Where a configuration comes from.
    ///
    /// @param directory of main.cf and master.cf, null if it does not come from files
    private record Origin(Configuration.Source source, @Nullable Path directory) {
        static Origin of(Path directory) {
            return new Origin(
                    () -> Configuration.read(directory, Programs.standard()),
                    directory.toAbsolutePath());
        }
    }

    private static Server start(
            Origin origin, long masterPid, Acting.@Nullable Beside beside, Steps steps) {
        try {
            return new Server(origin, masterPid, beside, steps);
        } catch (IOException e) {
            throw new ConfigException(Reason.withFile(e));
        }
    }

    /// Runs the mail system of a configuration from elsewhere, until this process ends or it is
    /// closed.
    ///
    /// @param source read now, and at each reload
    /// @throws ConfigException where it cannot run as configured
    /// @throws org.postrider.queue.QueueException where the queue is in use or cannot be read
    public static Server start(Configuration.Source source) {
        return start(new Origin(source, null), ProcessHandle.current().pid(), null, Steps.NONE);
    }

    /// main.cf of the directory with the machine's facts.
    public static ServiceSettings settings(Path configDirectory) {
        return Configuration.settings(configDirectory);
    }

    /// What `postfix check` says: warnings, and errors that would stop the start.
    ///
    /// @throws ConfigException for main.cf or master.cf that cannot be read
    public static List<String> check(Path configDirectory) {
        return Checks.all(Configuration.read(configDirectory, Programs.standard()), true);
    }

    /// What is to be said of other instances that do not run.
    ///
    /// @param settings of the one whose main.cf names them
    public static List<String> instances(ServiceSettings settings) {
        return InstanceChecks.all(settings);
    }

    /// Makes everything that waits due (`postqueue -f`).
    public void flush() {
        qmgr.flush();
    }

    /// Has maildrop looked into.
    public void wakePickup() {
        submissions.wake();
    }

    /// The thread table.
    List<Row> threads() {
        return base.threads().table();
    }

    /// Where it listens for mail; ports that were 0 are the real ones.
    public List<InetSocketAddress> addresses() {
        return listeners.addresses();
    }

    /// Reads the configuration anew and swaps; a broken one is refused and the old one goes on.
    ///
    /// @param lines gets the reason of a refusal
    /// @return false where it was refused
    public synchronized boolean reload(Consumer<String> lines) {
        if (closing) {
            generations.refused("the mail system is stopping", lines);
            return false;
        }
        return generations.reload(new Succession(), lines);
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
                base.warn("parts of the mail system do not end");
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
            base.log().event(base.tag(), new ConfigurationEvent.Stopping(broken));
            listeners.end();
            submissions.close();
            listeners.close(graceNanos);
        } finally {
            base.close();
            ended.countDown();
        }
    }
}
