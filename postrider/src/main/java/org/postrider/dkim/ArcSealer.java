package org.postrider.dkim;

import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import org.postrider.dkim.form.Folded;
import org.postrider.dkim.form.HeaderFields;
import org.postrider.dkim.form.Octets;

/// Adds a set to the ARC chain of a mail (RFC 8617 5.1). Immutable; any thread.
public final class ArcSealer {
    private final SigningSettings settings;

    /// @param settings forms and fields of ARC-Message-Signature, which also signs every
    ///   DKIM-Signature of the mail; it never expires
    public ArcSealer(SigningSettings settings) {
        this.settings = settings;
    }

    /// For the body of one mail.
    public BodyHash bodyHash() {
        return new BodyHash(settings.body(), BodyHash.SHA256);
    }

    /// The three fields of the next set, the seal first, to be put before the header. A chain that
    /// failed is sealed as failed, alone.
    ///
    /// @param header the whole block as it will be sent, without these fields
    /// @param bodyHash what [#bodyHash] came to
    /// @param chain what came of the chain that the mail has
    /// @param results the value of `Authentication-Results:` that the set holds
    /// @param now seconds since 1970 (`t=`)
    /// @return empty if the chain must not be gone on with: it has 50 sets, it was sealed as failed
    ///   before, or a key could not be looked up, so that nobody knows
    public String seal(
            SigningKey key,
            byte[] header,
            byte[] bodyHash,
            ArcResult chain,
            String results,
            long now) {
        HeaderFields fields = new HeaderFields(header);
        ArcSets sets = new ArcSets(fields);
        int instance = chain.instances() + 1;
        boolean unknown = chain.verdict() == Verdict.TEMPERROR;
        if (unknown || instance > ArcResult.MOST_INSTANCES || sets.closed()) {
            return "";
        }
        String authentication =
                new Folded("ARC-Authentication-Results:")
                        .words("i=" + instance + "; " + results)
                        .line();
        String message = message(key, fields, bodyHash, instance, now);
        boolean pass = chain.verdict() == Verdict.PASS;
        Octets sealed = pass ? sets.before(instance) : new Octets(4096);
        for (String own : List.of(authentication, message)) {
            HeaderFields.signature(own.substring(0, own.length() - 2), Canonical.RELAXED, sealed);
            sealed.put("\r\n");
        }
        Folded seal =
                new Folded("ARC-Seal:")
                        .tag("i=" + instance)
                        .tag("a=" + key.algorithm())
                        .tag("t=" + now)
                        .tag("cv=" + chain.chainValidation())
                        .tag("d=" + key.domain())
                        .tag("s=" + key.selector());
        return Signer.signed(seal, key, Canonical.RELAXED, sealed) + message + authentication;
    }

    private String message(
            SigningKey key, HeaderFields fields, byte[] bodyHash, int instance, long now) {
        List<String> names = new ArrayList<>(settings.names(fields));
        int signatures =
                Math.min(fields.named("dkim-signature").size(), SigningSettings.MOST_OF_A_NAME);
        names.addAll(Collections.nCopies(signatures, "DKIM-Signature"));
        Octets signed = Signer.canonical(fields, names, settings.header());
        Folded text =
                new Folded("ARC-Message-Signature:")
                        .tag("i=" + instance)
                        .tag("a=" + key.algorithm())
                        .tag("c=" + settings.header().word() + "/" + settings.body().word())
                        .tag("d=" + key.domain())
                        .tag("s=" + key.selector())
                        .tag("t=" + now)
                        .names("h=", names)
                        .tag("bh=" + Base64.getEncoder().encodeToString(bodyHash));
        return Signer.signed(text, key, settings.header(), signed);
    }
}
