package org.postrider.qmgr;

import java.util.List;

/// The entries of one message on one transport.
final class Job {
    final List<Entry> entries;

    /// Not yet given to a delivery.
    int left;

    /// It went in front of others.
    boolean passing;

    Job(List<Entry> entries) {
        this.entries = entries;
        this.left = entries.size();
    }
}
