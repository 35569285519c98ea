package org.postrider.flush;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.postrider.maps.Fold;
import org.postrider.queue.Listing;
import org.postrider.queue.Mark;
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

    /// Which mail is asked for.
    private sealed interface Wanted {
        record Site(String domain) implements Wanted {}

        record Reason(String text) implements Wanted {}
    }

    /// Starts a task on a thread of its own.
    public interface Starter {
        /// @param after run once it has ended, whatever it threw, or in its place
        void start(Runnable look, Runnable after);
    }

    private final Queue queue;
    private final Due due;
    private final Starter starter;
    private Set<Wanted> wanted = new LinkedHashSet<>();
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
        return asks(new Wanted.Site(Fold.lower(site)));
    }

    /// Asks for the mail that waits for this reason. Returns at once.
    ///
    /// @param text the whole reason
    /// @return false if too much other mail is asked for
    public boolean reason(String text) {
        return asks(new Wanted.Reason(text));
    }

    private boolean asks(Wanted what) {
        synchronized (this) {
            if (wanted.size() >= MOST_SITES && !wanted.contains(what)) {
                return false;
            }
            wanted.add(what);
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

    private synchronized Set<Wanted> taken() {
        Set<Wanted> now = wanted;
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

    private void look(Set<Wanted> what) {
        List<QueueId> found = new ArrayList<>();
        queue.each(listing -> {
            if (listing.queueName().equals("deferred") && owes(listing, what)) {
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

    private static boolean owes(Listing listing, Set<Wanted> what) {
        int i = -1;
        for (Recipient r : listing.message().envelope().recipients()) {
            i++;
            if (listing.message().done(i)) {
                continue;
            }
            Mark.Reason why = listing.message().reason(i);
            if (what.contains(new Wanted.Site(Fold.lower(r.address().domain())))
                    || why != null && what.contains(new Wanted.Reason(why.text()))) {
                return true;
            }
        }
        return false;
    }
}
