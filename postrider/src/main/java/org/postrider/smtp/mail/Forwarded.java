package org.postrider.smtp.mail;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.config.Settings;
import org.postrider.delivery.DeliveryRequest;
import org.postrider.queue.Envelope;
import org.postrider.queue.Recipient;
import org.postrider.rewrite.AddressClass;
import org.postrider.rewrite.RewriteService;
import org.postrider.rewrite.Srs;

/// Which recipients of a foreign sender's mail came to be there because one of ours, an alias or a
/// `.forward`, sent it on: for them the sender is rewritten (SRS). Immutable; any thread.
public final class Forwarded {
    private final Srs srs;
    private final RewriteService rewrite;

    private Forwarded(Srs srs, RewriteService rewrite) {
        this.srs = srs;
        this.rewrite = rewrite;
    }

    /// What is set; null where senders stay as they are.
    public static @Nullable Forwarded of(Settings settings, RewriteService rewrite) {
        Srs srs = Srs.of(settings);
        return srs == null ? null : new Forwarded(srs, rewrite);
    }

    /// Those of a request.
    ///
    /// @throws org.postrider.maps.TableException when a table of domains cannot answer
    public List<Integer> of(DeliveryRequest request) {
        Envelope e = request.message().envelope();
        List<Integer> out = new ArrayList<>();
        if (e.sender().isNull() || ours(e.sender().domain())) {
            return out;
        }
        for (int n : request.recipients()) {
            Recipient r = e.recipients().get(n);
            Address original = r.original();
            if (original != null
                    && ours(original.domain())
                    && rewrite.addressClass(r.address().domain()) == AddressClass.DEFAULT) {
                out.add(n);
            }
        }
        return out;
    }

    private boolean ours(String domain) {
        return domain.isEmpty()
                || rewrite.barelyNamed(domain)
                || rewrite.addressClass(domain) != AddressClass.DEFAULT;
    }

    Address sender(Address foreign) {
        return srs.forward(foreign);
    }
}
