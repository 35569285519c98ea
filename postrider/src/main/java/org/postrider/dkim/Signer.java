package org.postrider.dkim;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.postrider.dkim.form.Folded;
import org.postrider.dkim.form.HeaderFields;
import org.postrider.dkim.form.Octets;
import org.postrider.dkim.key.Signing;
import org.postrider.maps.Fold;

/// Makes the `DKIM-Signature:` fields of a mail (RFC 6376 5). The body is hashed while it comes by
/// a [BodyHash] of [#bodyHash], so that a mail is read once:
///
/// ```
/// BodyHash body = signer.bodyHash();
/// body.update(octets, from, count);          // as often as there is more
/// String fields = signer.sign(keys, header, body.digest(), now);
/// ```
///
/// Immutable; any thread. The same mail, key and time make the same fields.
public final class Signer {
    private final SigningSettings settings;

    public Signer(SigningSettings settings) {
        this.settings = settings;
    }

    /// For the body of one mail.
    public BodyHash bodyHash() {
        return new BodyHash(settings.body(), BodyHash.SHA256);
    }

    /// A field for each key, in their order, to be put before the header. Lines end in CRLF and
    /// have at most 78 columns, but for a domain that is longer.
    ///
    /// @param header the whole block as it will be sent, without these fields
    /// @param bodyHash what [#bodyHash] came to
    /// @param now seconds since 1970 (`t=`)
    /// @return ASCII; empty for no keys
    public String sign(List<SigningKey> keys, byte[] header, byte[] bodyHash, long now) {
        if (keys.isEmpty()) {
            return "";
        }
        HeaderFields fields = new HeaderFields(header);
        List<String> names = settings.names(fields);
        Octets signed = canonical(fields, names, settings.header());
        StringBuilder out = new StringBuilder();
        for (SigningKey key : keys) {
            out.append(field(key, names, bodyHash, now, signed));
        }
        return out.toString();
    }

    /// The canonical forms of what `h=` means.
    static Octets canonical(HeaderFields fields, List<String> names, Canonical form) {
        List<String> lower = new ArrayList<>(names.size());
        names.forEach(name -> lower.add(Fold.ascii(name)));
        Octets out = new Octets(4096);
        for (int field : fields.chosen(lower)) {
            fields.canonical(field, form, out);
        }
        return out;
    }

    private String field(
            SigningKey key, List<String> names, byte[] bodyHash, long now, Octets signed) {
        Folded text = new Folded("DKIM-Signature:");
        text.tag("v=1").tag("a=" + key.algorithm());
        text.tag("c=" + settings.header().word() + "/" + settings.body().word());
        text.tag("d=" + key.domain()).tag("s=" + key.selector());
        String identity = settings.identity();
        if (identity != null) {
            text.tag("i=" + identity);
        }
        text.tag("t=" + now);
        if (settings.lifetime() > 0) {
            text.tag("x=" + (now + settings.lifetime()));
        }
        text.names("h=", names);
        text.tag("bh=" + Base64.getEncoder().encodeToString(bodyHash));
        return signed(text, key, settings.header(), signed);
    }

    /// The field with its signature over these octets and itself.
    static String signed(Folded text, SigningKey key, Canonical form, Octets before) {
        String unsigned = text.beforeSignature();
        Octets data = new Octets(before, unsigned.length());
        HeaderFields.signature(unsigned, form, data);
        byte[] signature = Signing.sign(key.key(), data.all());
        return text.signature(
                new String(Base64.getEncoder().encode(signature), StandardCharsets.ISO_8859_1));
    }
}
