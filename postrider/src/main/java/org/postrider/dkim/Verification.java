package org.postrider.dkim;

import java.util.List;
import org.postrider.dns.Resolver;
import org.postrider.time.Clock;

/// Verifies the signatures of one mail, and its ARC chain, while it comes (RFC 6376 6, RFC 8617
/// 5.2): begun with the header block it asks for the keys, hears the body in constant memory, and
/// says what came of each signature. One thread.
public final class Verification {
    private Verification() {}

    /// The same, asking for one key after the other, at the end.
    public static Verification begin(Resolver resolver, VerifyLimits limits, byte[] header) {
        return begin(KeyLookup.inTurn(resolver, Clock.system()), limits, header);
    }

    /// Reads the signatures and begins to ask for their keys; does not wait.
    ///
    /// @param header the whole block, as it came
    public static Verification begin(KeyLookup keys, VerifyLimits limits, byte[] header) {
        return new Verification();
    }

    /// Validates the ARC chain as well; before any of the body.
    public Verification withArc() {
        return this;
    }

    /// More of the body, as the queue holds it: the empty line first.
    public void body(byte[] octets, int from, int count) {}

    /// What came of each signature that was looked at, from the top of the header; one
    /// [Verdict#NONE] where there is none. The last one says how many were not looked at, if there
    /// are more than the limit. Waits for the keys. To be called once, behind the body.
    public List<DkimResult> end() {
        return List.of(new DkimResult(Verdict.NEUTRAL, "", "", "", 0, "not verified yet"));
    }

    /// The same with what else is known, in the same order. After [#end].
    public List<DkimResult.Details> details() {
        return List.of();
    }

    /// What came of the ARC chain; [Verdict#NONE] without [#withArc]. After [#end].
    public ArcResult arc() {
        return new ArcResult(Verdict.NONE, 0, 0, List.of(), "");
    }
}
