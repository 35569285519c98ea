package org.postrider.master;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.postrider.config.ConfigException;
import org.postrider.config.ServiceSettings;
import org.postrider.disk.RealDisk;
import org.postrider.flush.SiteFlush;
import org.postrider.io.Connection;
import org.postrider.log.LogTag;
import org.postrider.log.MailLog;
import org.postrider.pickup.Maildrop;
import org.postrider.qmgr.QueueManager;
import org.postrider.queue.Queue;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueuedMessage;
import org.postrider.showq.CleanupRequeue;
import org.postrider.showq.QueueActions;
import org.postrider.showq.QueueFile;
import org.postrider.showq.Showq;
import org.postrider.threads.Supervisor;
import org.postrider.threads.Work;
import org.postrider.time.Clock;

/// What postqueue, postsuper, postcat and postfix ask of the running server about its queue and its
/// threads, a verb and its words at a time. Any thread.
final class Requests {
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
    private final Supervisor threads;
    private final MailLog log;
    private final LogTag tag;
    private final Clock clock;
    private final SiteFlush sites;

    Requests(
            Queue queue,
            Path queueDirectory,
            QueueManager qmgr,
            Supplier<Generation> generation,
            Supervisor threads,
            MailLog log,
            LogTag tag,
            Clock clock) {
        this.queue = queue;
        maildrop = new Maildrop(new RealDisk(), queueDirectory);
        this.qmgr = qmgr;
        this.generation = generation;
        this.threads = threads;
        this.log = log;
        this.tag = tag;
        this.clock = clock;
        sites = new SiteFlush(queue, qmgr::flush, threads.family(FLUSH)::start);
    }

    /// One listing, for `public/showq`.
    void list(Connection connection) {
        new Showq(queue, maildrop, IPC_MILLIS, text -> log.warning(tag, text)).session(connection);
    }

    /// @return the exit status; lines go to `out`
    int answer(List<String> words, StringBuilder out) {
        String verb = words.getFirst();
        List<String> rest = words.subList(1, words.size());
        try {
            switch (verb) {
                case "status" -> {
                    // being heard is the answer
                }
                case "threads" -> ThreadTable.show(threads.table(), out);
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
                    new QueueFile(m, line(out)).show();
                }
                default -> {
                    if (!QueueActions.knows(verb)) {
                        out.append("unknown request: ").append(verb).append('\n');
                        return 64;
                    }
                    new QueueActions(queue, maildrop, this::requeue, qmgr::withdrawn)
                            .act(verb, rest, line(out));
                    qmgr.wake();
                }
            }
            return 0;
        } catch (IOException e) {
            out.append(e.getMessage()).append('\n');
            return 1;
        }
    }

    private static Consumer<String> line(StringBuilder out) {
        return line -> out.append(line).append('\n');
    }

    private boolean flushSites(List<String> sites) {
        for (String site : sites) {
            if (!generation.get().flushable(site) || !flushSite(site)) {
                return false;
            }
        }
        return true;
    }

    boolean flushSite(String domain) {
        return sites.site(domain);
    }

    /// By the cleanup service that pickup has, since that is where requeued mail passes.
    private void requeue(QueuedMessage message) throws IOException {
        Generation now = generation.get();
        ServiceSettings settings = now.settings();
        CleanupRequeue requeue;
        try {
            requeue =
                    new CleanupRequeue(
                            now.pickupCleanup(),
                            queue,
                            log,
                            new LogTag(
                                    settings.get(MasterParams.SYSLOG_NAME) + "/pickup", tag.pid()),
                            settings.text("myhostname") + " (" + settings.text("mail_name"),
                            ownUid(),
                            clock,
                            now.submissionSettings());
        } catch (ConfigException e) {
            throw new IOException(e.getMessage(), e);
        }
        requeue.requeue(message);
    }

    private static int ownUid() {
        try {
            return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException e) {
            return 0;
        }
    }
}
