package org.postrider.cleanup;

import org.postrider.address.Address;
import org.postrider.maps.Fold;
import org.postrider.rewrite.RewriteService;

/// The envelope's sender: rewriting, canonical mapping and masquerading. Immutable.
final class SenderStage implements Stage {
    private final RewriteService rewrite;
    private final AddressMapping mapping;
    private final Address daemon;

    SenderStage(RewriteService rewrite, AddressMapping mapping) {
        this.rewrite = rewrite;
        this.mapping = mapping;
        daemon = rewrite.rewrite(new Address("MAILER-DAEMON"), true);
    }

    @Override
    public boolean concerns(Run run) {
        return !run.sender.isNull();
    }

    @Override
    public void pass(Run run) {
        run.sender = clean(run, run.sender);
    }

    /// A sender as it is written to the queue.
    Address clean(Run run, Address given) {
        Address sender = rewrite.rewrite(given, true);
        if (Fold.same(sender.text(), daemon.text())) {
            // A notice that was sent again from here: nobody is told of its fate.
            sender = Address.NULL;
        }
        if (!sender.isNull() && mapping.active() && run.has(CleanupService.Option.MAP)) {
            return new Address(mapping.map(run, sender.text(), AddressMapping.Use.ENVELOPE_SENDER));
        }
        return sender;
    }
}
