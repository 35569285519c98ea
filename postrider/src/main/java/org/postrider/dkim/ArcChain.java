package org.postrider.dkim;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.dkim.ParsedSignature.Kind;
import org.postrider.dkim.SignatureCheck.Outcome;
import org.postrider.dkim.form.Tags;

/// What comes of the ARC chain of a mail (RFC 8617 5.2). One thread.
final class ArcChain {
    private final ArcSets sets;
    private final Verification verification;

    /// Up to the newest; the oldest ones may be left out.
    private final List<SignatureCheck> messages = new ArrayList<>();

    private final List<SignatureCheck> seals = new ArrayList<>();

    /// Why it fails already; null where the keys decide.
    private @Nullable String fault;

    /// Looks at all that is seen without keys. If nothing is wrong, those of the seals and of the
    /// newest message signature are asked for, and as many of the older ones', which decide
    /// nothing, as the limit leaves.
    ArcChain(ArcSets sets, Verification verification) {
        this.sets = sets;
        this.verification = verification;
        fault = sets.fault();
        List<ParsedSignature> read = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (int i = 1; fault == null && i <= sets.highest(); i++) {
            ParsedSignature seal = verification.parsed(Kind.SEAL, sets.seal(i));
            read.add(seal);
            names.add(seal.fault == null ? seal.keyName() : "");
            if (seal.fault != null) {
                fault = "the seal of set " + i + ": " + seal.fault;
            } else if (!seal.chain.equals(i == 1 ? "none" : "pass")) {
                fault = "the seal of set " + i + " says cv=" + Tags.shown(seal.chain);
            }
        }
        if (fault == null && sets.highest() > 0) {
            begin(read, names);
        }
    }

    private void begin(List<ParsedSignature> read, Set<String> names) {
        int newest = sets.highest();
        ParsedSignature last = verification.parsed(Kind.MESSAGE, sets.message(newest));
        if (last.fault == null) {
            names.add(last.keyName());
        }
        if (names.size() > verification.mostKeys()) {
            fault = "more than " + verification.mostKeys() + " keys";
            return;
        }
        read.forEach(seal -> seals.add(verification.check(seal)));
        messages.addFirst(verification.check(last));
        for (int i = newest - 1; i >= 1; i--) {
            ParsedSignature older = verification.parsed(Kind.MESSAGE, sets.message(i));
            if (older.fault == null
                    && !names.contains(older.keyName())
                    && names.size() == verification.mostKeys()) {
                break;
            }
            if (older.fault == null) {
                names.add(older.keyName());
            }
            messages.addFirst(verification.check(older));
        }
    }

    ArcResult result() {
        int newest = sets.highest();
        if (fault != null) {
            return failed(fault);
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
        String reason = what + ": " + outcome.reason();
        return outcome.verdict() == Verdict.TEMPERROR
                ? new ArcResult(Verdict.TEMPERROR, sets.highest(), 0, all(), reason)
                : failed(reason);
    }

    private ArcResult failed(String reason) {
        return new ArcResult(Verdict.FAIL, sets.highest(), 0, List.of(), reason);
    }

    /// RFC 8617 5.2 step 5: how far back the mail is what it is now; what was not looked at is not
    /// known to be.
    private int oldestPass() {
        int looked = messages.size();
        for (int i = sets.highest() - 1; i >= 1; i--) {
            int at = looked - 1 - (sets.highest() - i);
            if (at < 0 || !verification.outcome(messages.get(at)).pass()) {
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
