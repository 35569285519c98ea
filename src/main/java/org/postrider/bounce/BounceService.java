package org.postrider.bounce;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.queue.Mark;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueuedMessage;

/// Makes notices to senders under the settings of a `bounce` service. Blocking, any thread.
public interface BounceService {
    /// One non-delivery notice for these recipients of a message, committed together with their
    /// Done marks and `more`. None is made for a null or double-bounce sender and for NOTIFY=NEVER;
    /// the marks are committed all the same.
    ///
    /// @return the notice's id, null if none was owed
    /// @throws org.postrider.queue.QueueException the recipients stay owed
    @Nullable QueueId bounced(QueuedMessage message, List<Mark.Reason> failed, List<Mark> more);

    /// A delay warning, committed with [Mark.DelayWarned] and `more`.
    @Nullable QueueId delayed(QueuedMessage message, List<Mark.Reason> waiting, List<Mark> more);

    /// Success notices for NOTIFY=SUCCESS (`delivered`, `relayed`), committed with `more`.
    @Nullable QueueId delivered(QueuedMessage message, List<Mark.Reason> done, List<Mark> more);

    /// The services of a generation by name (`bounce_service_name` …).
    interface Directory {
        BounceService bounce(String serviceName);
    }
}
