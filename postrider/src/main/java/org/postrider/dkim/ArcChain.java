package org.postrider.dkim;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.dkim.ParsedSignature.Kind;
import org.postrider.dkim.SignatureCheck.Outcome;
import org.postrider.dkim.form.Tags;

/// What comes of the ARC chain of a mail (RFC 8617 5.2). One thread.
final class ArcChain {
    private final ArcSets sets;
    private final Verification verification;
    private final List<SignatureCheck> messages = new ArrayList<>();
    private final List<SignatureCheck> seals = new ArrayList<>();

    /// Why it fails already; null where the keys decide.
    private @Nullable String fault;

    /// Looks at all that is seen without keys; if nothing is wrong, every key is asked for.
    ArcChain(ArcSets sets, Verification verification) {
        this.sets = sets;
        this.verification = verification;
        fault = sets.fault();
        for (int i = 1; fault == null && i <= sets.highest(); i++) {
            SignatureCheck seal = verification.check(Kind.SEAL, sets.seal(i));
            seals.add(seal);
            messages.add(verification.check(Kind.MESSAGE, sets.message(i)));
            String wrong = seal.parsed.fault;
            if (wrong != null) {
                fault = "the seal of set " + i + ": " + wrong;
            } else if (!seal.parsed.chain.equals(i == 1 ? "none" : "pass")) {
                fault = "the seal of set " + i + " says cv=" + Tags.shown(seal.parsed.chain);
            }
        }
    }

    ArcResult result() {
        int newest = sets.highest();
        if (fault != null) {
            return failed(Verdict.FAIL, fault);
        }
        if (newest == 0) {
            return ArcResult.NONE;
        }
        Outcome whole = verification.outcome(messages.getLast());
        if (!whole.pass()) {
            return failed(whole, "the message signature of set " + newest);
        }
        for (int i = newest; i >= 1; i--) {
            Outcome sealed = verification.sealed(seals.get(i - 1), sets.sealed(i));
            if (!sealed.pass()) {
                return failed(sealed, "the seal of set " + i);
            }
        }
        return new ArcResult(Verdict.PASS, newest, oldestPass(), all(), "");
    }

    private ArcResult failed(Outcome outcome, String what) {
        boolean later = outcome.verdict() == Verdict.TEMPERROR;
        return failed(later ? Verdict.TEMPERROR : Verdict.FAIL, what + ": " + outcome.reason());
    }

    private ArcResult failed(Verdict verdict, String reason) {
        return new ArcResult(verdict, sets.highest(), 0, List.of(), reason);
    }

    /// RFC 8617 5.2 step 5: how far back the mail is what it is now.
    private int oldestPass() {
        for (int i = sets.highest() - 1; i >= 1; i--) {
            if (!verification.outcome(messages.get(i - 1)).pass()) {
                return i + 1;
            }
        }
        return 0;
    }

    private List<ArcResult.Set> all() {
        List<ArcResult.Set> out = new ArrayList<>();
        for (int i = 1; i <= sets.highest(); i++) {
            ParsedSignature seal = seals.get(i - 1).parsed;
            out.add(new ArcResult.Set(i, seal.domain, seal.selector, sets.results(i)));
        }
        return out;
    }
}
