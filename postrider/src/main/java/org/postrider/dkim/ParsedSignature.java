package org.postrider.dkim;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.dkim.form.Domains;
import org.postrider.dkim.form.TagException;
import org.postrider.dkim.form.Tags;
import org.postrider.maps.Fold;

/// A `DKIM-Signature:` (RFC 6376 3.5), `ARC-Message-Signature:` or `ARC-Seal:` (RFC 8617 4.1) whose
/// grammar is right. What is known before something was wrong stays readable.
final class ParsedSignature {
    /// Which field it stands in.
    enum Kind {
        DKIM,
        MESSAGE,
        SEAL
    }

    private static final int MARK = 8;

    final Kind kind;
    private final String text;

    String domain = "";
    String selector = "";
    String algorithm = "";
    String identity = "";
    String mark = "";
    byte[] signature = new byte[0];
    byte[] bodyHash = new byte[0];
    Canonical headerForm = Canonical.SIMPLE;
    Canonical bodyForm = Canonical.SIMPLE;
    List<String> names = List.of();
    long length = Long.MAX_VALUE;
    long made = -1;
    long expires = -1;

    /// `i=` of ARC; 0 where there is none.
    int instance;

    /// `cv=` of a seal.
    String chain = "";

    /// Why it cannot be verified; null where it can.
    @Nullable String fault;

    /// @param text the field without its last line end
    /// @param value what of it stands behind the colon
    ParsedSignature(Kind kind, String text, String value) {
        this.kind = kind;
        this.text = text;
        try {
            parse(Tags.of(value));
        } catch (TagException e) {
            fault = e.getMessage();
        }
    }

    /// One that is not looked into.
    ParsedSignature(Kind kind, String fault) {
        this.kind = kind;
        this.text = "";
        this.fault = fault;
    }

    private void parse(Tags tags) throws TagException {
        if (kind == Kind.DKIM && !tags.required("v").equals("1")) {
            throw new TagException("a signature of another version than 1");
        }
        if (kind != Kind.DKIM) {
            tags.required("i");
            instance = (int) Math.min(tags.number("i"), ArcResult.MOST_INSTANCES + 1);
        }
        String from = Fold.ascii(tags.required("d"));
        if (!Domains.isDomain(from)) {
            throw new TagException("d= is no domain");
        }
        domain = from;
        identity = "@" + domain;
        String chosen = Tags.closed(tags.required("s"));
        if (!Domains.isSelector(chosen)) {
            throw new TagException("s= is no selector");
        }
        selector = chosen;
        algorithm(Fold.ascii(tags.required("a")));
        String b = Tags.closed(tags.required("b"));
        mark = Tags.shown(b.substring(0, Math.min(MARK, b.length())));
        signature = Tags.decoded("b", b);
        made = tags.number("t");
        if (kind == Kind.SEAL) {
            seal(tags);
            return;
        }
        bodyHash = tags.base64("bh");
        forms(tags.value("c", "simple/simple"));
        names(tags.required("h"));
        length(tags);
        if (kind == Kind.DKIM) {
            identity(tags.value("i"));
            query(tags.value("q", "dns/txt"));
            expires = tags.number("x");
            if (expires >= 0 && made >= 0 && expires <= made) {
                throw new TagException("x= is not behind t=");
            }
        }
    }

    private void algorithm(String name) throws TagException {
        algorithm = Tags.shown(name);
        if (name.equals("rsa-sha1")) {
            throw new TagException("signatures with SHA-1 are not valid any more (RFC 8301)");
        }
        if (!name.equals("rsa-sha256") && !name.equals("ed25519-sha256")) {
            throw new TagException("an algorithm that is not known");
        }
    }

    private void seal(Tags tags) throws TagException {
        chain = Fold.ascii(tags.required("cv"));
        // RFC 8617 4.1.3: there is no c=.
        headerForm = Canonical.RELAXED;
        if (tags.value("h") != null || tags.value("bh") != null) {
            throw new TagException("a seal with h= or bh=");
        }
    }

    private void forms(String value) throws TagException {
        int slash = value.indexOf('/');
        Canonical header = Canonical.of(slash < 0 ? value : value.substring(0, slash));
        Canonical body = slash < 0 ? Canonical.SIMPLE : Canonical.of(value.substring(slash + 1));
        if (header == null || body == null) {
            throw new TagException("a canonical form that is not known");
        }
        headerForm = header;
        bodyForm = body;
    }

    private void names(String value) throws TagException {
        names = new ArrayList<>();
        for (String name : Tags.words(value)) {
            if (name.isEmpty()) {
                throw new TagException("h= has an empty name");
            }
            names.add(Fold.ascii(name));
        }
        if (kind == Kind.DKIM && !names.contains("from")) {
            throw new TagException("From is not signed");
        }
        if (kind == Kind.MESSAGE && names.contains("arc-seal")) {
            throw new TagException("h= of ARC-Message-Signature has ARC-Seal");
        }
    }

    private void length(Tags tags) throws TagException {
        long l = tags.number("l");
        if (l >= 0) {
            if (kind == Kind.MESSAGE) {
                throw new TagException("ARC-Message-Signature is over a part of the body (l=)");
            }
            length = l;
        }
    }

    private void identity(@Nullable String value) throws TagException {
        if (value == null) {
            return;
        }
        int at = value.lastIndexOf('@');
        String of = Fold.ascii(value.substring(at + 1));
        if (at < 0 || !Domains.within(of, domain)) {
            throw new TagException("i= is not of the domain of d=");
        }
        identity = Tags.shown(value.substring(0, at)) + "@" + Tags.shown(of);
    }

    private static void query(String value) throws TagException {
        if (!Tags.words(Fold.ascii(value)).contains("dns/txt")) {
            throw new TagException("its key is not in DNS (q=)");
        }
    }

    /// Where its key is.
    String keyName() {
        return Fold.ascii(selector) + "._domainkey." + domain;
    }

    /// The kind of its key.
    String keyType() {
        return algorithm.startsWith("rsa") ? "rsa" : "ed25519";
    }

    /// The domain of `i=`.
    String identityDomain() {
        return Fold.ascii(identity.substring(identity.lastIndexOf('@') + 1));
    }

    /// The field without its last line end and without the value of `b=`: what is signed of it.
    String unsigned() {
        int[] place = Tags.signaturePlace(text, text.indexOf(':') + 1);
        return place == null ? text : text.substring(0, place[0]) + text.substring(place[1]);
    }
}
