package org.postrider.cleanup.author;

import org.postrider.queue.Recipient;
import org.postrider.rewrite.AddressClass;
import org.postrider.rewrite.RewriteService;

/// Which mail leaves the domains of this machine: some recipient's domain is of address class
/// default. Immutable; any thread.
record Leaving(RewriteService rewrite) {
    /// @throws org.postrider.maps.TableException when a table of domains cannot answer
    boolean of(AuthorMail mail) {
        for (Recipient each : mail.recipients()) {
            String domain = each.address().domain();
            if (!domain.isEmpty() && rewrite.addressClass(domain) == AddressClass.DEFAULT) {
                return true;
            }
        }
        return false;
    }
}
