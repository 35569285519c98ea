package org.postrider.authentication;

import java.util.List;
import java.util.Set;
import org.postrider.authentication.field.ResultsField;
import org.postrider.dkim.ArcResult;
import org.postrider.dkim.Verdict;
import org.postrider.maps.Fold;

/// Whether an ARC chain is believed (RFC 8617 7.2): whole, all of it sealed by domains that the
/// administrator names, the first of which saw DMARC pass for this author.
final class TrustedChain {
    private TrustedChain() {}

    static boolean vouches(ArcResult arc, Set<String> sealers, String author) {
        return arc.verdict() == Verdict.PASS && says(arc.sets(), sealers, author);
    }

    /// Whether it would be believed if only its keys were to be had.
    static boolean mayVouch(ArcResult arc, Set<String> sealers, String author) {
        return arc.verdict() == Verdict.TEMPERROR && says(arc.sets(), sealers, author);
    }

    private static boolean says(List<ArcResult.Set> sets, Set<String> sealers, String author) {
        return !sets.isEmpty()
                && sets.stream().allMatch(s -> sealers.contains(Fold.lower(s.domain())))
                && sets.getFirst().instance() == 1
                && passed(sets.getFirst().results(), author);
    }

    private static boolean passed(String results, String author) {
        ResultsField read = ResultsField.of(results);
        return read != null
                && read.results().stream()
                        .anyMatch(r ->
                                r.method().equals("dmarc")
                                        && r.result().equals("pass")
                                        && Fold.same(r.property("header.from"), author));
    }
}
