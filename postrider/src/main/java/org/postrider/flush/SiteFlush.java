package org.postrider.flush;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.postrider.maps.Fold;
import org.postrider.queue.Listing;
import org.postrider.queue.Queue;
import org.postrider.queue.QueueId;
import org.postrider.queue.Recipient;

/// Makes deferred mail for sites due (ETRN, `postqueue -s`, `sendmail -qR`). Postfix keeps a file
/// of queue ids for each site of fast_flush_domains; here the queue itself is looked through, so
/// there is nothing to fall out of step. Clients ask as often as they like: there is one look at a
/// time, for all sites that were asked for until it began, and a pause between two. Any thread.
public final class SiteFlush {
    private static final long PAUSE_NANOS = 1_000_000_000L;
    private static final int MOST_SITES = 1_000;
    private static final int BATCH = 500;

    /// Makes messages due.
    public interface Due {
        /// @param ids of messages that wait
        void now(List<QueueId> ids);
    }

    /// Starts a task on a thread of its own.
    public interface Starter {
        /// @param after run once it has ended, whatever it threw, or in its place
        void start(Runnable look, Runnable after);
    }

    private final Queue queue;
    private final Due due;
    private final Starter starter;
    private Set<String> wanted = new LinkedHashSet<>();
    private boolean looking;

    /// @param starter runs the looks, one at a time; reading the queue holds its thread
    public SiteFlush(Queue queue, Due due, Starter starter) {
        this.queue = queue;
        this.due = due;
        this.starter = starter;
    }

    /// Asks for a site. Returns at once.
    ///
    /// @param site a domain, or `[address]`
    /// @return false if too many other sites are asked for
    public boolean site(String site) {
        synchronized (this) {
            String name = Fold.lower(site);
            if (wanted.size() >= MOST_SITES && !wanted.contains(name)) {
                return false;
            }
            wanted.add(name);
            if (looking) {
                return true;
            }
            looking = true;
        }
        AtomicBoolean done = new AtomicBoolean();
        starter.start(
                () -> {
                    looks();
                    done.set(true);
                },
                () -> {
                    if (!done.get()) {
                        ended();
                    }
                });
        return true;
    }

    /// Until nobody asks any more.
    private void looks() {
        boolean more = true;
        while (more) {
            look(taken());
            LockSupport.parkNanos(this, PAUSE_NANOS);
            more = goesOn();
        }
    }

    private synchronized Set<String> taken() {
        Set<String> now = wanted;
        wanted = new LinkedHashSet<>();
        return now;
    }

    private synchronized boolean goesOn() {
        looking = !wanted.isEmpty() && !Thread.currentThread().isInterrupted();
        return looking;
    }

    /// It broke off: whoever asks next starts it again.
    private synchronized void ended() {
        looking = false;
    }

    private void look(Set<String> sites) {
        List<QueueId> found = new ArrayList<>();
        queue.each(listing -> {
            if (listing.queueName().equals("deferred") && owes(listing, sites)) {
                found.add(listing.message().id());
                if (found.size() == BATCH) {
                    due.now(List.copyOf(found));
                    found.clear();
                }
            }
        });
        if (!found.isEmpty()) {
            due.now(found);
        }
    }

    private static boolean owes(Listing listing, Set<String> sites) {
        int i = 0;
        for (Recipient r : listing.message().envelope().recipients()) {
            if (!listing.message().done(i++) && sites.contains(Fold.lower(r.address().domain()))) {
                return true;
            }
        }
        return false;
    }
}
