package org.postrider.cleanup;

import org.postrider.address.Address;
import org.postrider.rewrite.RewriteService;

/// The envelope's sender: rewriting, canonical mapping and masquerading. Immutable.
final class SenderStage implements Stage {
    private final RewriteService rewrite;
    private final AddressMapping mapping;

    SenderStage(RewriteService rewrite, AddressMapping mapping) {
        this.rewrite = rewrite;
        this.mapping = mapping;
    }

    @Override
    public boolean concerns(Run run) {
        return !run.sender.isNull();
    }

    @Override
    public void pass(Run run) {
        Address sender = rewrite.rewrite(run.sender, true);
        if (mapping.active() && run.has(CleanupService.Option.MAP)) {
            sender =
                    new Address(
                            mapping.map(run, sender.text(), AddressMapping.Use.ENVELOPE_SENDER));
        }
        run.sender = sender;
    }
}
