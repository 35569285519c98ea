package org.postrider.cleanup;

import org.postrider.memory.NoMemoryException;

/// Recipients that header and body checks asked for (BCC). Immutable.
final class BccStage implements Stage {
    private final Expansion expansion;

    BccStage(Expansion expansion) {
        this.expansion = expansion;
    }

    @Override
    public boolean concerns(Run run) {
        return !run.bcc.isEmpty();
    }

    @Override
    public void pass(Run run) throws NoMemoryException {
        Expansion.Collector to = expansion.collector(run, run.recipients.size());
        to.keep(run.recipients);
        for (String address : run.bcc) {
            to.copy(address);
        }
        run.bcc.clear();
        run.recipients = to.all();
    }
}
