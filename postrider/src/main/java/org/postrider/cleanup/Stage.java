package org.postrider.cleanup;

import java.io.IOException;
import org.postrider.maps.TableException;

/// One step of a message between receiving and the queue. What it finds is noted in the [Run]; what
/// it has to do at all is decided when it is made. Immutable; any thread.
interface Stage {
    /// Whether there is anything to do for this message: cheap, for every message asks it.
    default boolean concerns(Run run) {
        return true;
    }

    /// @throws TableException where a table fails and the mail cannot come in
    /// @throws IOException where the content cannot be read or written, or there is no memory
    void pass(Run run) throws IOException;
}
