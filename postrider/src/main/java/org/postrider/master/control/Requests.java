package org.postrider.master.control;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.config.ConfigException;
import org.postrider.config.Reason;
import org.postrider.config.Settings;
import org.postrider.control.ControlReply.Result;
import org.postrider.control.ControlRequest;
import org.postrider.control.ControlRequest.Selection;
import org.postrider.disk.RealDisk;
import org.postrider.flush.SiteFlush;
import org.postrider.io.Connection;
import org.postrider.log.LogTag;
import org.postrider.maps.Fold;
import org.postrider.master.Generation;
import org.postrider.master.Machine;
import org.postrider.master.MasterParams;
import org.postrider.master.Service;
import org.postrider.pickup.Maildrop;
import org.postrider.qmgr.QueueManager;
import org.postrider.qmgr.SuspendedDestinations;
import org.postrider.queue.Queue;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueuedMessage;
import org.postrider.showq.CleanupRequeue;
import org.postrider.showq.Filter;
import org.postrider.showq.QueueActions;
import org.postrider.showq.QueueFile;
import org.postrider.showq.RequeueList;
import org.postrider.showq.Showq;
import org.postrider.showq.Waiting;
import org.postrider.showq.Wanted;
import org.postrider.threads.Work;
import org.postrider.verify.Verify;
import org.postrider.verify.VerifyService;

/// What postqueue, postsuper, postcat and postfix ask of the running server about its queue and its
/// threads. Any thread.
public final class Requests {
    /// Looks read the whole queue: on a thread that may wait for the disk.
    private static final Work FLUSH =
            Work.of("flush", "makes deferred mail of sites due that were asked for")
                    .onPlatform()
                    .failing("the sites are to be asked for again");

    private static final long IPC_MILLIS = 3_600_000;

    private final Queue queue;
    private final Maildrop maildrop;
    private final QueueManager qmgr;
    private final Supplier<Generation> generation;
    private final Machine machine;
    private final LogTag tag;
    private final SiteFlush sites;
    private final Requeued requeued = new Requeued();
    private final RequeueList waiting;
    private final SuspendedDestinations suspended;

    /// What delivers, and what it leaves alone.
    public record Deliveries(QueueManager qmgr, SuspendedDestinations suspended) {}

    public Requests(
            Queue queue,
            Path queueDirectory,
            Deliveries deliveries,
            Supplier<Generation> generation,
            Machine machine,
            LogTag tag) {
        this.queue = queue;
        maildrop = new Maildrop(new RealDisk(), queueDirectory);
        waiting = new RequeueList(new RealDisk(), queueDirectory);
        qmgr = deliveries.qmgr();
        suspended = deliveries.suspended();
        this.generation = generation;
        this.machine = machine;
        this.tag = tag;
        sites = new SiteFlush(queue, qmgr::flush, machine.threads().family(FLUSH)::start);
    }

    /// One listing, for `public/showq`.
    void list(Connection connection) {
        showq().session(connection);
    }

    private Showq showq() {
        return new Showq(queue, maildrop, IPC_MILLIS, text -> machine.log().warning(tag, text));
    }

    /// One listing of what a filter finds.
    Consumer<Connection> listing(Filter filter) {
        return connection -> showq().session(connection, wanted(filter));
    }

    private Wanted wanted(Filter filter) {
        return new Wanted(filter, machine.clock().wallMillis());
    }

    /// The services of master.cf, and the table of threads.
    void threads(Consumer<String> lines) {
        StringBuilder out = new StringBuilder();
        ServiceTable.show(generation.get().configuration().services(), out);
        out.append('\n');
        ThreadTable.show(machine.threads().table(), out);
        out.toString().lines().forEach(lines);
    }

    /// @param lines gets the answer, or the reason of a failure
    Result answer(ControlRequest.OfQueue request, Consumer<String> lines) {
        try {
            return switch (request) {
                case ControlRequest.Flush _ -> {
                    qmgr.flush();
                    yield Result.DONE;
                }
                case ControlRequest.FlushSite site -> result(site(site.site()));
                case ControlRequest.Suspend of ->
                        changed(
                                suspended.suspend(of.destination()),
                                of.destination(),
                                " is suspended already",
                                lines);
                case ControlRequest.Resume of -> {
                    boolean faster = qmgr.fullSpeed(of.destination());
                    SuspendedDestinations.Change change = suspended.resume(of.destination());
                    Result done =
                            faster && change == SuspendedDestinations.Change.NONE
                                    ? Result.DONE
                                    : changed(
                                            change,
                                            of.destination(),
                                            " is not suspended, nor slowed",
                                            lines);
                    sites.reason(SuspendedDestinations.reason(of.destination()));
                    yield done;
                }
                case ControlRequest.Suspended _ -> {
                    suspended.names().forEach(lines);
                    qmgr.slowed().forEach((name, how) -> lines.accept(name + " " + how));
                    yield Result.DONE;
                }
                case ControlRequest.Show show -> result(show(show.id(), lines));
                case ControlRequest.Why why -> {
                    boolean there = Waiting.tell(queue, new QueueId(why.id()), lines);
                    suspended.names().forEach(name -> lines.accept("suspended\t" + name));
                    qmgr.slowed()
                            .forEach((name, how) -> lines.accept("slowed\t" + name + "\t" + how));
                    yield result(there);
                }
                case ControlRequest.Act act -> {
                    act(act, lines);
                    yield Result.DONE;
                }
            };
        } catch (IOException e) {
            lines.accept(String.valueOf(e.getMessage()));
            return Result.FAILED;
        }
    }

    /// @param lines gets the answer, or the reason of a failure
    Result answer(ControlRequest.OfAddress request, Consumer<String> lines) {
        Generation now = generation.get();
        return switch (request) {
            case ControlRequest.Verify of -> {
                VerifyService service = now.verify(of.service());
                if (service == null) {
                    lines.accept("no service " + of.service() + " with program verify");
                    yield Result.FAILED;
                }
                VerifyService.Answer answer =
                        service.ask(
                                new Address(of.address()),
                                Verify.patience(now.configuration().settings()));
                lines.accept(
                        Fold.lower(answer.status().name())
                                + "\t"
                                + answer.until()
                                + "\t"
                                + answer.text().replace('\n', ' '));
                yield Result.DONE;
            }
            case ControlRequest.Screened of -> {
                for (Service each : now.configuration().services()) {
                    if (each.program().name().equals("postscreen")) {
                        lines.accept(each.name() + stamps(now, each, of.client()));
                    }
                }
                yield Result.DONE;
            }
        };
    }

    private static String stamps(Generation now, Service screen, String client) {
        long[] stamps = now.shared().running().screened().cache(screen.settings()).lookup(client);
        StringBuilder out = new StringBuilder();
        for (long each : stamps == null ? new long[0] : stamps) {
            out.append('\t').append(each);
        }
        return out.toString();
    }

    /// @param already what is said where nothing changed
    private Result changed(
            SuspendedDestinations.Change change,
            String name,
            String already,
            Consumer<String> lines) {
        return switch (change) {
            case DONE -> {
                String all = String.join(" ", suspended.names());
                machine.log()
                        .info(
                                tag,
                                all.isEmpty()
                                        ? "no destination is suspended any more"
                                        : "suspended destinations: " + all);
                yield Result.DONE;
            }
            case NONE -> {
                lines.accept(name + already);
                yield Result.DONE;
            }
            case BAD_NAME -> {
                lines.accept("invalid destination: \"" + name + "\"");
                yield Result.FAILED;
            }
            case TOO_MANY -> {
                lines.accept("too many destinations are suspended");
                yield Result.FAILED;
            }
        };
    }

    private static Result result(boolean done) {
        return done ? Result.DONE : Result.FAILED;
    }

    private boolean show(String id, Consumer<String> lines) throws IOException {
        return QueueFile.show(queue, new QueueId(id), lines);
    }

    private void act(ControlRequest.Act act, Consumer<String> lines) throws IOException {
        QueueActions actions = new QueueActions(queue, maildrop, requeued, qmgr::withdrawn);
        switch (act.which()) {
            case Selection.Ids ids -> actions.act(act.action(), ids.ids(), lines);
            case Selection.Queues queues -> actions.actOnAll(act.action(), queues.names(), lines);
            case Selection.Where(List<String> names, Filter filter, boolean dry) ->
                    actions.actOnWanted(act.action(), names, wanted(filter), dry, lines);
        }
        qmgr.wake();
    }

    private boolean site(String site) {
        return generation.get().flushable(site) && flushSite(site);
    }

    /// Makes the deferred mail of a domain due.
    public boolean flushSite(String domain) {
        return sites.site(domain);
    }

    /// By the cleanup service that pickup has, since that is where requeued mail passes.
    private QueueId requeue(QueuedMessage message) throws IOException {
        Generation now = generation.get();
        Settings settings = now.settings();
        CleanupRequeue requeue;
        try {
            requeue =
                    new CleanupRequeue(
                            now.pickupCleanup(),
                            queue,
                            machine.log(),
                            new CleanupRequeue.By(
                                    new LogTag(
                                            settings.get(MasterParams.SYSLOG_NAME) + "/pickup",
                                            tag.pid()),
                                    settings.text("myhostname") + " (" + settings.text("mail_name"),
                                    ownUid()),
                            machine.clock(),
                            now.submissionSettings());
        } catch (ConfigException e) {
            throw new IOException(e.getMessage(), e);
        }
        return requeue.requeue(message);
    }

    /// What `postsuper -r` was asked for while there was no server, on pickup's thread.
    ///
    /// @param goesOn asked before each message; false ends it
    public void requeueWaiting(BooleanSupplier goesOn) {
        try {
            if (waiting.take(queue, requeued, goesOn, this::notRequeued)) {
                qmgr.wake();
            }
        } catch (IOException e) {
            machine.log().warning(tag, "requeue: " + Reason.of(e));
        }
    }

    private void notRequeued(QueueId id, Exception e) {
        machine.log().warning(tag, id + " stays on hold: not requeued yet: " + e.getMessage());
    }

    /// Requeues, and knows for as long as Postfix's mail lies in maildrop then (by default) what
    /// became of whom: `postsuper -d` of the former id deletes that.
    private final class Requeued implements QueueActions.Requeue {
        private static final int MOST = 10_000;
        private static final long NANOS = 60_000_000_000L;

        private record New(QueueId id, long nanos) {}

        private final Map<QueueId, New> news = new LinkedHashMap<>();

        @Override
        public QueueId requeue(QueuedMessage message) throws IOException {
            QueueId id = Requests.this.requeue(message);
            synchronized (news) {
                news.put(message.id(), new New(id, machine.clock().nanos()));
                Iterator<New> eldest = news.values().iterator();
                while (eldest.hasNext() && (old(eldest.next()) || news.size() > MOST)) {
                    eldest.remove();
                }
            }
            return id;
        }

        private boolean old(New one) {
            return machine.clock().nanos() - one.nanos > NANOS;
        }

        @Override
        public @Nullable QueueId since(QueueId former) {
            synchronized (news) {
                New one = news.remove(former);
                return one == null || old(one) ? null : one.id;
            }
        }
    }

    private static int ownUid() {
        try {
            return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException e) {
            return 0;
        }
    }
}
