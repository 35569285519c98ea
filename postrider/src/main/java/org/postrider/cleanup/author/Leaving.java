package org.postrider.cleanup.author;

import java.util.EnumSet;
import java.util.Set;
import org.postrider.queue.Recipient;
import org.postrider.rewrite.AddressClass;
import org.postrider.rewrite.RewriteService;

/// Which mail leaves, by the address classes of its recipients' domains. Immutable; any thread.
record Leaving(RewriteService rewrite) {
    private static final Set<AddressClass> OTHERS = EnumSet.of(AddressClass.DEFAULT);
    private static final Set<AddressClass> ELSEWHERE =
            EnumSet.of(AddressClass.DEFAULT, AddressClass.RELAY);

    /// Some recipient is of none of our domains.
    ///
    /// @throws org.postrider.maps.TableException when a table of domains cannot answer
    boolean domains(AuthorMail mail) {
        return any(mail, OTHERS);
    }

    /// Some recipient's mail goes to another machine: to one of none of our domains, or of
    /// relay_domains.
    ///
    /// @throws org.postrider.maps.TableException when a table of domains cannot answer
    boolean machine(AuthorMail mail) {
        return any(mail, ELSEWHERE);
    }

    private boolean any(AuthorMail mail, Set<AddressClass> of) {
        for (Recipient each : mail.recipients()) {
            String domain = each.address().domain();
            if (!domain.isEmpty() && of.contains(rewrite.addressClass(domain))) {
                return true;
            }
        }
        return false;
    }
}
