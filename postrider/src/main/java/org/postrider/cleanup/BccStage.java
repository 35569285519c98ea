package org.postrider.cleanup;

import java.io.IOException;

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
    public void pass(Run run) throws IOException {
        Expansion.Collector to = expansion.collector(run, Expansion.memory(run.recipients));
        to.keep(run.recipients);
        for (String address : run.bcc) {
            to.copy(address);
        }
        run.bcc.clear();
        to.done();
    }
}
