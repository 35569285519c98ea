package org.postrider.authentication;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.dkim.ArcResult;
import org.postrider.dkim.DkimResult;
import org.postrider.dkim.Verdict;
import org.postrider.dmarc.DmarcResult;
import org.postrider.spf.SpfResult;

/// All that is known of a mail when its content is there. An immutable value. What is null is not
/// checked here.
///
/// @param mailFrom SPF of the sender's domain; of HELO's name for a null sender
/// @param helo SPF of HELO's name; null for a null sender, whose it is already
/// @param dkim a result for each signature, from the top; empty if it is not checked
public record Results(
        @Nullable Iprev iprev,
        @Nullable SpfResult mailFrom,
        @Nullable SpfResult helo,
        List<DkimResult.Details> dkim,
        @Nullable ArcResult arc,
        @Nullable DmarcResult dmarc) {
    public Results {
        dkim = List.copyOf(dkim);
    }

    /// The best that a signature came to: one that passes, or else one that may pass later, or else
    /// the first one's; null if it is not checked.
    public @Nullable Verdict signatures() {
        for (Verdict better : List.of(Verdict.PASS, Verdict.TEMPERROR)) {
            if (dkim.stream().anyMatch(each -> each.result().verdict() == better)) {
                return better;
            }
        }
        return dkim.isEmpty() ? null : dkim.getFirst().result().verdict();
    }
}
