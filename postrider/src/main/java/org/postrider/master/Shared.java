package org.postrider.master;

import java.util.function.Function;
import org.postrider.anvil.Anvil;
import org.postrider.delivery.Probe;
import org.postrider.dmarcrpt.DmarcResults;
import org.postrider.io.Connection;
import org.postrider.log.SlotNumbers;
import org.postrider.metrics.MailCounters;
import org.postrider.metrics.MetricsService;
import org.postrider.peer.ClientNames;
import org.postrider.postscreen.Caches;
import org.postrider.queue.Queue;
import org.postrider.spawn.Meeting;
import org.postrider.tlsrpt.TlsResults;
import org.postrider.verify.VerifyCaches;

/// What the services of all generations have together.
///
/// @param slots pseudo-pids by service, the same over reloads
/// @param running the rest of the server
public record Shared(
        Machine machine,
        Queue queue,
        ClientNames clientNames,
        Anvil anvil,
        Function<String, SlotNumbers> slots,
        Running running) {
    /// Who takes what daily reports tell of. With the first call counting begins. Any thread.
    public interface Reports {
        /// What becomes of TLS.
        TlsResults tls();

        /// What came of DMARC.
        DmarcResults dmarc();
    }

    /// What services ask of the server that runs them. Any thread.
    public interface Running {
        /// The active queue is full: take mail in slowly (in_flow_delay).
        boolean congested();

        /// Makes the deferred mail of a domain due.
        ///
        /// @return false where it cannot be asked for now
        boolean flushSite(String domain);

        /// Lists the queue to a command.
        void list(Connection connection);

        /// Flushes the message or the domain that a command asks for.
        void flush(Connection connection);

        /// Flushes the queue for a command.
        void flushAll(Connection connection);

        /// Whom postscreen remembers.
        Caches screened();

        /// Serves a client that another service has taken, until its session is over; waits before
        /// that for a place of the service.
        ///
        /// @param begun run when it waits no longer
        void handOver(Service service, Door door, Connection client, Runnable begun);

        /// Where commands of spawn(8) come to.
        Meeting meeting();

        Reports reports();

        /// What is counted of all that happens. With the first call counting begins.
        MailCounters counted();

        /// How the server is.
        MetricsService.Server state();

        /// What is known of addresses, over all reloads.
        VerifyCaches verified();

        /// Asks what would become of mail.
        ///
        /// @return false where it is not asked now
        boolean probe(Probe probe);

        /// Has maildrop looked into.
        void wakePickup();
    }
}
