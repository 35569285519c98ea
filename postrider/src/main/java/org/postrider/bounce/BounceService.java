package org.postrider.bounce;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.queue.Mark;
import org.postrider.queue.NewMessage;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Recipient;
import org.postrider.queue.Transaction;

/// Makes notices to senders under the settings of a `bounce` service. Each is committed with what
/// it stands for and with what its caller adds, so that both are there or neither. Blocking, any
/// thread.
public interface BounceService {
    /// One non-delivery notice for these recipients of a message, committed together with their
    /// Done marks and `with`. None is made for a null or double-bounce sender and for NOTIFY=NEVER;
    /// the marks are committed all the same.
    ///
    /// @return the notice's id, null if none was owed
    /// @throws org.postrider.queue.QueueException the recipients stay owed
    @Nullable QueueId bounced(QueuedMessage message, List<Mark.Reason> failed, Transaction with);

    /// A delay warning, committed with [Mark.DelayWarned] and `with`.
    @Nullable QueueId delayed(QueuedMessage message, List<Mark.Reason> waiting, Transaction with);

    /// Success notices for NOTIFY=SUCCESS (`delivered`, `relayed`), committed with `with`.
    @Nullable QueueId delivered(QueuedMessage message, List<Mark.Reason> done, Transaction with);

    /// A non-delivery notice that its caller commits together with more (what an agent makes of a
    /// recipient that stood for others). None is in it where none is owed.
    ///
    /// @param message with the recipients that failed, and the sender who is to hear of it
    /// @throws org.postrider.queue.QueueException where it cannot be made
    Unsent unsent(QueuedMessage message, List<Mark.Reason> failed);

    /// Notices that are ready. To be closed after their commit, or without one.
    interface Unsent extends AutoCloseable {
        List<NewMessage> messages();

        /// Says in the log that they are there.
        void committed();

        @Override
        void close();
    }

    /// The report of a pass that `sendmail -v` or `-bv` asked for, committed with `with`.
    ///
    /// @param all what became, or would become, of each recipient, or of those in his place
    @Nullable QueueId reported(QueuedMessage message, List<Fate> all, Transaction with);

    /// What a report says of one.
    ///
    /// @param to a recipient, or one in the place of a recipient
    /// @param why names the recipient
    record Fate(Recipient to, Mark.Reason why) {}

    /// The services of a generation by name (`bounce_service_name` …).
    interface Directory {
        BounceService bounce(String serviceName);
    }
}
