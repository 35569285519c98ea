package org.postrider.postscreen;

import org.postrider.io.Connection;

/// Who serves clients that have passed. Any thread.
public interface Handover {
    /// Serves a client until its session is over; waits before that for a place.
    ///
    /// @param begun run once, when it waits no longer
    /// @return false where there is no such service, and nothing was done
    boolean pass(String service, Connection client, Runnable begun);
}
