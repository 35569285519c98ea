package org.postrider.dkim;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.postrider.dkim.form.HeaderFields;
import org.postrider.dkim.form.Octets;
import org.postrider.dkim.form.TagException;
import org.postrider.dkim.key.PublicKeys;

/// One signature of a mail on its way to a verdict: what is wrong with the earlier step is said,
/// and the later ones are not done. One thread.
final class SignatureCheck {
    /// Seconds that clocks may differ by.
    private static final long DRIFT = 300;

    final ParsedSignature parsed;
    private final KeyLookup.@Nullable Question question;
    private final @Nullable BodyHash body;

    /// @param question null for one that is not verified
    /// @param body where its body is hashed; null for a seal, and for one that is not verified
    SignatureCheck(
            ParsedSignature parsed,
            KeyLookup.@Nullable Question question,
            @Nullable BodyHash body) {
        this.parsed = parsed;
        this.question = question;
        this.body = body;
    }

    /// What came of it.
    ///
    /// @param bits of the key; 0 where there was none
    record Outcome(Verdict verdict, int bits, String reason, boolean testing) {
        static Outcome of(Verdict verdict, String reason) {
            return new Outcome(verdict, 0, reason, false);
        }

        boolean pass() {
            return verdict == Verdict.PASS;
        }
    }

    /// The header that it is over, but for its own field.
    interface Signed {
        Octets octets();
    }

    /// @param bodyHash of its body; null for a seal
    Outcome outcome(VerifyLimits limits, long now, Signed signed, byte @Nullable [] bodyHash) {
        String fault = parsed.fault;
        KeyLookup.Question asked = question;
        if (fault != null || asked == null) {
            return Outcome.of(Verdict.PERMERROR, fault == null ? "" : fault);
        }
        if (parsed.made > now + DRIFT) {
            return Outcome.of(Verdict.PERMERROR, "signed in the future (t=)");
        }
        if (parsed.expires >= 0 && parsed.expires < now - DRIFT) {
            return Outcome.of(Verdict.PERMERROR, "the signature has expired (x=)");
        }
        try {
            return switch (asked.answer()) {
                case KeyLookup.Known.Later() ->
                        Outcome.of(Verdict.TEMPERROR, "no answer for the key " + parsed.keyName());
                case KeyLookup.Known.Key(KeyRecord key) -> with(key, limits, signed, bodyHash);
                case KeyLookup.Known.None(String why) -> Outcome.of(Verdict.PERMERROR, why);
            };
        } catch (TagException e) {
            return Outcome.of(Verdict.PERMERROR, Objects.requireNonNull(e.getMessage()));
        }
    }

    private Outcome with(
            KeyRecord key, VerifyLimits limits, Signed signed, byte @Nullable [] bodyHash)
            throws TagException {
        key.checkFor(parsed.keyType());
        KeyRecord.Usable usable = key.usable(limits.mostBits());
        if (key.strict() && !parsed.identityDomain().equals(parsed.domain)) {
            throw new TagException("i= is not of the very domain that its key is for (t=s)");
        }
        Outcome tried = tried(usable, limits, signed, bodyHash);
        return new Outcome(tried.verdict(), usable.bits(), tried.reason(), key.testing());
    }

    private Outcome tried(
            KeyRecord.Usable key, VerifyLimits limits, Signed signed, byte @Nullable [] bodyHash) {
        boolean rsa = parsed.keyType().equals("rsa");
        if (rsa && key.bits() < Math.max(SigningKey.LEAST_BITS, limits.leastBits())) {
            return Outcome.of(
                    Verdict.POLICY, "an RSA key of " + key.bits() + " bits is not taken as proof");
        }
        if (key.key() == null) {
            return Outcome.of(
                    Verdict.POLICY, "an RSA key of " + key.bits() + " bits is too long to be used");
        }
        BodyHash hashed = body;
        if (hashed != null && hashed.beyond() < 0) {
            return Outcome.of(Verdict.PERMERROR, "the body is shorter than what is signed (l=)");
        }
        if (bodyHash != null && !java.security.MessageDigest.isEqual(bodyHash, parsed.bodyHash)) {
            return Outcome.of(Verdict.FAIL, "the body is not the one that was signed");
        }
        Octets data = signed.octets();
        HeaderFields.signature(parsed.unsigned(), parsed.headerForm, data);
        if (!PublicKeys.verifies(key.key(), data.all(), parsed.signature)) {
            return Outcome.of(Verdict.FAIL, "the header is not the one that was signed");
        }
        if (hashed != null && hashed.beyond() > 0) {
            String beyond = hashed.beyond() + " octets of the body are not signed (l=)";
            return Outcome.of(limits.partialBody() ? Verdict.PASS : Verdict.POLICY, beyond);
        }
        return Outcome.of(Verdict.PASS, "");
    }
}
