package org.postrider.dkim;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.postrider.dkim.ParsedSignature.Kind;
import org.postrider.dkim.SignatureCheck.Outcome;
import org.postrider.dkim.form.HeaderFields;
import org.postrider.dkim.form.Octets;
import org.postrider.dns.Resolver;
import org.postrider.time.Clock;

/// Verifies the signatures of one mail, and its ARC chain, while it comes (RFC 6376 6, RFC 8617
/// 5.2): begun with the header block it asks for the keys, hears the body in constant memory, and
/// says what came of each signature. One thread.
public final class Verification {
    private static final int MILLIS = 1000;

    /// Keys of one mail that are asked for at the same time; an ARC chain has twice its limit.
    private static final int AT_ONCE = 10;

    private final KeyLookup keys;
    private final VerifyLimits limits;
    private final HeaderFields fields;
    private final long until;
    private final List<SignatureCheck> checks = new ArrayList<>();
    private final Map<String, KeyLookup.Question> questions = new HashMap<>();
    private final Map<Hashing, BodyHash> bodies = new LinkedHashMap<>();
    private final Map<Hashing, byte[]> hashes = new HashMap<>();
    private final Semaphore turns = new Semaphore(AT_ONCE);
    private int ignored;
    private @Nullable ArcChain chain;
    private List<DkimResult.Details> details = List.of();
    private ArcResult arc = ArcResult.NONE;

    /// What one hash of the body is over.
    private record Hashing(Canonical form, long limit) {}

    private Verification(KeyLookup keys, VerifyLimits limits, byte[] header) {
        this.keys = keys;
        this.limits = limits;
        this.fields = new HeaderFields(header);
        this.until = keys.clock().nanos() + limits.patience().toNanos();
        for (int field : fields.named("dkim-signature")) {
            if (checks.size() < limits.signatures()) {
                checks.add(check(parsed(Kind.DKIM, field)));
            } else {
                ignored++;
            }
        }
    }

    /// The same, asking for one key after the other, at the end.
    public static Verification begin(Resolver resolver, VerifyLimits limits, byte[] header) {
        return begin(KeyLookup.inTurn(resolver, Clock.system()), limits, header);
    }

    /// Reads the signatures and begins to ask for their keys; does not wait.
    ///
    /// @param header the whole block, as it came; not written to until the end
    public static Verification begin(KeyLookup keys, VerifyLimits limits, byte[] header) {
        return new Verification(keys, limits, header);
    }

    /// Validates the ARC chain as well; before any of the body.
    public Verification withArc() {
        chain = new ArcChain(new ArcSets(fields), this);
        return this;
    }

    /// Reads one field.
    ParsedSignature parsed(Kind kind, int field) {
        return fields.length(field) > limits.signatureOctets()
                ? new ParsedSignature(
                        kind, "a signature of more than " + limits.signatureOctets() + " octets")
                : new ParsedSignature(kind, fields.text(field), fields.value(field));
    }

    /// Keys that an ARC chain may have asked for: a seal and a message signature for each
    /// signature.
    int mostKeys() {
        return 2 * limits.signatures();
    }

    /// Begins with one signature: its key is asked for, and the body will be hashed as it wants.
    SignatureCheck check(ParsedSignature parsed) {
        if (parsed.fault != null) {
            return new SignatureCheck(parsed, null, null);
        }
        return new SignatureCheck(
                parsed,
                questions.computeIfAbsent(parsed.keyName(), name -> keys.ask(name, until, turns)),
                parsed.kind == Kind.SEAL
                        ? null
                        : bodies.computeIfAbsent(
                                hashing(parsed),
                                h -> new BodyHash(h.form(), BodyHash.SHA256, h.limit())));
    }

    private static Hashing hashing(ParsedSignature parsed) {
        return new Hashing(parsed.bodyForm, parsed.length);
    }

    /// More of the body, as the queue holds it: the empty line first.
    public void body(byte[] octets, int from, int count) {
        bodies.values().forEach(body -> body.update(octets, from, count));
    }

    /// What came of each signature that was looked at, from the top of the header; one
    /// [Verdict#NONE] where there is none. The last one says how many were not looked at, if there
    /// are more than the limit. Waits for the keys. To be called once, behind the body.
    public List<DkimResult> end() {
        bodies.forEach((what, body) -> hashes.put(what, body.digest()));
        List<DkimResult.Details> out = new ArrayList<>();
        for (SignatureCheck check : checks) {
            out.add(said(check.parsed, outcome(check)));
        }
        if (ignored > 0) {
            String reason = ignored + " more signatures are not looked at";
            out.add(plain(new DkimResult(Verdict.NEUTRAL, "", "", "", 0, reason)));
        }
        if (out.isEmpty()) {
            out.add(plain(new DkimResult(Verdict.NONE, "", "", "", 0, "no signature")));
        }
        details = List.copyOf(out);
        ArcChain own = chain;
        if (own != null) {
            arc = own.result();
        }
        return details.stream().map(DkimResult.Details::result).toList();
    }

    private static DkimResult.Details plain(DkimResult result) {
        return new DkimResult.Details(result, "", "", false);
    }

    private static DkimResult.Details said(ParsedSignature parsed, Outcome outcome) {
        return new DkimResult.Details(
                new DkimResult(
                        outcome.verdict(),
                        parsed.domain,
                        parsed.selector,
                        parsed.algorithm,
                        outcome.bits(),
                        outcome.reason()),
                parsed.identity,
                parsed.mark,
                outcome.testing());
    }

    /// What came of a signature over the mail.
    Outcome outcome(SignatureCheck check) {
        ParsedSignature parsed = check.parsed;
        Outcome out =
                check.outcome(
                        limits,
                        now(),
                        () -> Signer.canonical(fields, parsed.names, parsed.headerForm),
                        hashes.get(hashing(parsed)));
        boolean from = parsed.names.contains("from");
        long signed = parsed.names.stream().filter("from"::equals).count();
        if (out.pass() && from && fields.named("from").size() > signed) {
            // What a reader is shown may be the one that nobody signed (RFC 6376 8.15).
            return new Outcome(
                    Verdict.POLICY, out.bits(), "a From field is not signed", out.testing());
        }
        return out;
    }

    /// What came of a seal.
    ///
    /// @param signed the canonical forms of what it seals, but for itself
    Outcome sealed(SignatureCheck seal, Octets signed) {
        return seal.outcome(limits, now(), () -> signed, null);
    }

    private long now() {
        return keys.clock().wallMillis() / MILLIS;
    }

    /// The same with what else is known, in the same order. After [#end].
    public List<DkimResult.Details> details() {
        return details;
    }

    /// What came of the ARC chain; [Verdict#NONE] without [#withArc]. After [#end].
    public ArcResult arc() {
        return arc;
    }
}
