package org.postrider.flush;

import java.util.Locale;
import java.util.function.Consumer;
import org.postrider.queue.Listing;
import org.postrider.queue.Queue;
import org.postrider.queue.QueueId;
import org.postrider.queue.Recipient;

/// Makes deferred mail for one site due (ETRN, `postqueue -s`, `sendmail -qR`). Postfix keeps a
/// file of queue ids for each site of fast_flush_domains; here the queue itself is looked through,
/// so there is nothing to fall out of step. Any thread.
public final class SiteFlush {
    private final Queue queue;
    private final Consumer<QueueId> due;

    /// @param due makes one message due
    public SiteFlush(Queue queue, Consumer<QueueId> due) {
        this.queue = queue;
        this.due = due;
    }

    /// Returns at once; the looking is done on a thread of its own.
    ///
    /// @param site a domain, or `[address]`
    public void site(String site) {
        String wanted = site.toLowerCase(Locale.ROOT);
        Thread.ofPlatform().daemon().name("flush " + wanted).start(() -> look(wanted));
    }

    private void look(String site) {
        queue.list(listing -> {
            if (listing.queueName().equals("deferred") && owes(listing, site)) {
                due.accept(listing.message().id());
            }
        });
    }

    private static boolean owes(Listing listing, String site) {
        int i = 0;
        for (Recipient r : listing.message().envelope().recipients()) {
            if (!listing.message().done(i++)
                    && r.address().domain().toLowerCase(Locale.ROOT).equals(site)) {
                return true;
            }
        }
        return false;
    }
}
