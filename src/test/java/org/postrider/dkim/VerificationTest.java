package org.postrider.dkim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postrider.Effort;
import org.postrider.dkim.form.Folded;
import org.postrider.dkim.form.HeaderFields;
import org.postrider.dkim.key.Signing;
import org.postrider.dns.Resolver;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// What is said of signatures that are odd, of keys that are not there, and of what costs too much.
class VerificationTest {
    private static final long NOW = SignerTest.NOW;
    private static final String MAIL = SignerTest.HEADER + SignerTest.BODY;

    private KeyZone zone;

    @BeforeEach
    void keys() throws IOException {
        zone = new KeyZone().with("s._domainkey.example.com", TestKeys.record(2048)).at(NOW);
    }

    @AfterEach
    void end() throws IOException {
        zone.close();
    }

    /// A mail with a right signature over any tags: `bh=` and `b=` are put behind them.
    private static String made(String tags, Canonical header, Canonical body, long limit) {
        return made(tags, header, body, limit, 2048, MAIL);
    }

    private static String made(
            String tags, Canonical header, Canonical body, long limit, int bits, String mail) {
        byte[] octets = KeyZone.octets(mail);
        int at = KeyZone.bodyAt(octets);
        BodyHash hash = new BodyHash(body, BodyHash.SHA256, limit);
        hash.update(octets, at, octets.length - at);
        String field =
                "DKIM-Signature: "
                        + tags
                        + "; bh="
                        + Base64.getEncoder().encodeToString(hash.digest())
                        + "; b=";
        ParsedSignature parsed =
                new ParsedSignature(ParsedSignature.Kind.DKIM, field, field.substring(15) + "AAAA");
        HeaderFields fields = new HeaderFields(java.util.Arrays.copyOf(octets, at));
        org.postrider.dkim.form.Octets data = Signer.canonical(fields, parsed.names, header);
        HeaderFields.signature(field, header, data);
        byte[] signature = Signing.sign(TestKeys.pair(bits).getPrivate(), data.all());
        return field + Base64.getEncoder().encodeToString(signature) + "\r\n" + mail;
    }

    private static final String TAGS =
            "v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.com; s=s; h=from:subject";

    private static String made(String tags) {
        return made(tags, Canonical.RELAXED, Canonical.RELAXED, Long.MAX_VALUE);
    }

    private String said(String mail) {
        return KeyZone.said(zone.verified(mail));
    }

    private void says(String expected, String mail) {
        assertEquals(expected, said(mail), mail.substring(0, Math.min(mail.length(), 400)));
    }

    @Test
    void aRightOnePassesAndNoneIsNone() {
        says("pass", made(TAGS));
        says("none (no signature)", MAIL);
        says("none (no signature)", "");
        says("none (no signature)", SignerTest.BODY);
    }

    @Test
    void theGrammarOfTagsIsKept() {
        says("pass", made(TAGS.replace("; ", ";") + "; zz=any thing"));
        says("pass", made(TAGS + "; z=From:a=20b|To:c"));
        says("permerror (the tag d= is there twice)", made(TAGS + "; d=example.com"));
        says("permerror (the tag zz= is there twice)", made(TAGS + "; zz=1; zz=1"));
        says("permerror (a tag without a value)", made(TAGS + "; zz"));
        says("permerror (a tag without a value)", made(TAGS + ";"));
        says("permerror (a tag without a name)", made(TAGS + "; 1a=1"));
        says("permerror (a control character in the tag z=)", made(TAGS + "; z=\u0001"));
        for (String tag : List.of("v", "a", "d", "s", "h")) {
            says(
                    "permerror (no tag " + tag + "=)",
                    made(TAGS.replaceFirst("\\b" + tag + "=[^;]*;? ?", "").replaceAll("; $", "")));
        }
        says("permerror (no tag bh=)", made(TAGS).replaceFirst("bh=[^;]*; ", ""));
        says("permerror (no tag b=)", made(TAGS).replaceFirst(" b=[^\r]*", " b="));
        says("permerror (the tag b= is no base64)", made(TAGS).replaceFirst(" b=", " b=!"));
        says("permerror (the tag bh= is no base64)", made(TAGS).replaceFirst(" bh=", " bh=="));
    }

    @Test
    void whatCannotBeVerifiedIsSaid() {
        says("permerror (a signature of another version than 1)", made(TAGS.replace("v=1", "v=2")));
        says(
                "permerror (signatures with SHA-1 are not valid any more (RFC 8301))",
                made(TAGS.replace("sha256", "sha1")));
        says(
                "permerror (an algorithm that is not known)",
                made(TAGS.replace("rsa-sha256", "dsa-sha256")));
        says(
                "permerror (a canonical form that is not known)",
                made(TAGS.replace("relaxed/relaxed", "nofws/simple")));
        says("permerror (d= is no domain)", made(TAGS.replace("example.com", "exa mple.com")));
        says("permerror (d= is no domain)", made(TAGS.replace("example.com", "com")));
        says("permerror (s= is no selector)", made(TAGS.replace("s=s", "s=s..s")));
        says("permerror (From is not signed)", made(TAGS.replace("from:", "to:")));
        says("permerror (h= has an empty name)", made(TAGS.replace("from:", "from::")));
        says("permerror (its key is not in DNS (q=))", made(TAGS + "; q=http"));
        says("pass", made(TAGS + "; q=http:dns/txt"));
        says("permerror (i= is not of the domain of d=)", made(TAGS + "; i=ann@example.net"));
        says("permerror (i= is not of the domain of d=)", made(TAGS + "; i=@xexample.com"));
        says("pass", made(TAGS + "; i=ann@sub.example.com"));
    }

    @Test
    void timesAreHeld() {
        says("pass", made(TAGS + "; t=" + NOW + "; x=" + (NOW + 1)));
        says("pass", made(TAGS + "; x=" + (NOW - 299)));
        says("permerror (the signature has expired (x=))", made(TAGS + "; x=" + (NOW - 301)));
        says("permerror (signed in the future (t=))", made(TAGS + "; t=" + (NOW + 301)));
        says("permerror (x= is not behind t=)", made(TAGS + "; t=" + NOW + "; x=" + NOW));
        says("permerror (the tag t= is no number)", made(TAGS + "; t=-1"));
        says("permerror (the tag t= is no number)", made(TAGS + "; t="));
        says("pass", made(TAGS + "; x=" + "9".repeat(76)));
        says("permerror (the tag x= is no number)", made(TAGS + "; x=" + "9".repeat(77)));
    }

    /// Every place where white space may be folded in.
    @Test
    void aSignatureMayBeFoldedEverywhere() {
        String folded =
                made(
                        "\r\n"
                                + "\tv\r\n"
                                + " =\r\n"
                                + " 1\r\n"
                                + " ;\r\n"
                                + " a=rsa-sha256 ; c=relaxed/relaxed; d=example.com; s\r\n"
                                + "\t=\r\n"
                                + " s;\r\n"
                                + " h\r\n"
                                + " =\r\n"
                                + " from\r\n"
                                + " :\r\n"
                                + " subject");
        says("pass", folded);
        int own = folded.indexOf("; b=") + 4;
        String inB =
                folded.substring(0, own)
                        + "\r\n\t"
                        + folded.substring(own, own + 20)
                        + "\r\n   "
                        + folded.substring(own + 20);
        says("pass", inB);
        // What is folded behind the signer's back within other values is a change.
        says(
                "fail (the header is not the one that was signed)",
                folded.replaceFirst("(bh=.{10})", "$1\r\n \t"));
    }

    @Test
    void aPartOfABodyIsNoWholeOne() {
        String whole = TAGS + "; l=14";
        // Hello there CRLF: 13 octets.
        says("pass", made(TAGS + "; l=13", Canonical.RELAXED, Canonical.RELAXED, 13));
        says(
                "policy (8 octets of the body are not signed (l=))",
                made(TAGS + "; l=5", Canonical.RELAXED, Canonical.RELAXED, 5));
        says(
                "policy (13 octets of the body are not signed (l=))",
                made(TAGS + "; l=0", Canonical.RELAXED, Canonical.RELAXED, 0));
        says(
                "permerror (the body is shorter than what is signed (l=))",
                made(whole, Canonical.RELAXED, Canonical.RELAXED, 14));
        says("permerror (the tag l= is no number)", made(TAGS + "; l=five"));
        VerifyLimits lax = new VerifyLimits(10, 9999, 4096, 1024, Duration.ofSeconds(5), true);
        assertEquals(
                "pass (8 octets of the body are not signed (l=))",
                KeyZone.said(
                        zone.verified(
                                lax,
                                KeyZone.octets(
                                        made(
                                                TAGS + "; l=5",
                                                Canonical.RELAXED,
                                                Canonical.RELAXED,
                                                5)))));
    }

    @Test
    void aSecondFromIsNotTakenForTheSignedOne() {
        says("policy (a From field is not signed)", "From: x@example.net\r\n" + made(TAGS));
        says(
                "fail (the header is not the one that was signed)",
                "From: x@example.net\r\n" + made(TAGS.replace("h=from", "h=from:from")));
    }

    private String keyed(String record) throws IOException {
        return keyed(record, TAGS.replace("s=s", "s=k"));
    }

    private String keyed(String record, String tags) throws IOException {
        try (KeyZone own = new KeyZone().with("k._domainkey.example.com", record).at(NOW)) {
            return KeyZone.said(own.verified(made(tags)));
        }
    }

    @Test
    void recordsOfKeysAreReadStrictly() throws IOException {
        String p = TestKeys.record(2048).replaceFirst(".*p=", "");
        assertEquals("pass", keyed("p=" + p));
        assertEquals("pass", keyed(" p = " + p + " ; "));
        assertEquals("pass", keyed("v=DKIM1; h=sha1:sha256; s=tlsrpt:email; n=a note; p=" + p));
        assertEquals("pass", keyed("v=DKIM1; t=y:s; p=" + p));
        assertEquals("permerror (the key is revoked)", keyed("v=DKIM1; p="));
        assertEquals("permerror (a key record without p=)", keyed("v=DKIM1"));
        assertEquals("permerror (the tag p= is there twice)", keyed("p=" + p + "; p=" + p));
        assertEquals(
                "permerror (a record of another version than DKIM1)", keyed("v=DKIM2; p=" + p));
        assertEquals(
                "permerror (a record of another version than DKIM1)",
                keyed("p=" + p + "; v=DKIM1"));
        assertEquals("permerror (the key is not for sha256)", keyed("h=sha1; p=" + p));
        assertEquals("permerror (the key is not for mail)", keyed("s=tlsrpt; p=" + p));
        assertEquals(
                "permerror (a key of the kind ed25519 for a signature of rsa)",
                keyed("k=ed25519; p=" + p));
        assertEquals("permerror (the tag p= is no base64)", keyed("p=" + p + "!"));
        assertEquals("permerror (p= is no key)", keyed("p=AAAA"));
        assertEquals(
                "permerror (i= is not of the very domain that its key is for (t=s))",
                keyed("t=s; p=" + p, TAGS.replace("s=s", "s=k") + "; i=@sub.example.com"));
        assertEquals(
                "fail (the header is not the one that was signed)",
                keyed(KeyRecord.text(TestKeys.pair(2048, "other").getPublic(), false)));
    }

    @Test
    void whatStandsBesideAKeyIsPassedOver() throws IOException {
        try (KeyZone own = new KeyZone().at(NOW)) {
            own.with("s._domainkey.example.com", "v=spf1 -all");
            assertEquals(
                    "permerror (a record of another version than DKIM1)",
                    KeyZone.said(own.verified(made(TAGS))));
            own.with("s._domainkey.example.com", TestKeys.record(2048));
            assertEquals("pass", KeyZone.said(own.verified(made(TAGS))));
        }
    }

    @Test
    void aKeyOnTestIsSaid() throws IOException {
        String record = KeyRecord.text(TestKeys.pair(2048).getPublic(), true);
        try (KeyZone own = new KeyZone().with("s._domainkey.example.com", record).at(NOW)) {
            Verification heard =
                    own.heard(
                            VerifyLimits.DEFAULT,
                            KeyZone.octets(made(TAGS + "; i=a@x.example.com")));
            heard.end();
            DkimResult.Details details = heard.details().getFirst();
            assertTrue(details.testing());
            assertEquals("a@x.example.com", details.identity());
            assertEquals(8, details.mark().length());
            assertEquals(Verdict.PASS, details.result().verdict());
        }
    }

    @Test
    void keysThatAreNotThereOrNotToBeHad() {
        says("permerror (no key at t._domainkey.example.com)", made(TAGS.replace("s=s", "s=t")));
        zone.server.rcodes.put("s._domainkey.example.com", 2);
        says("temperror (no answer for the key s._domainkey.example.com)", made(TAGS));
        zone.server.rcodes.clear();
    }

    @Test
    void aKeyThatNobodyAnswersForIsNotToBeHad() throws IOException {
        try (KeyZone hasty = new KeyZone(1).at(NOW)) {
            hasty.server.silent(true);
            assertEquals(
                    "temperror (no answer for the key s._domainkey.example.com)",
                    KeyZone.said(hasty.verified(VerifyLimits.DEFAULT, KeyZone.octets(made(TAGS)))));
        }
    }

    /// Torture 88: keys of 512 bits and of more than the limit are no proof, and no work.
    @Test
    void keysThatAreTooShortOrTooLongAreNotUsed() throws IOException {
        String mail = made(TAGS, Canonical.RELAXED, Canonical.RELAXED, Long.MAX_VALUE, 512, MAIL);
        try (KeyZone own =
                new KeyZone().with("s._domainkey.example.com", TestKeys.record(512)).at(NOW)) {
            assertEquals(
                    "policy (an RSA key of 512 bits is not taken as proof)",
                    KeyZone.said(own.verified(mail)));
        }
        VerifyLimits strict = new VerifyLimits(10, 9999, 4096, 2049, Duration.ofSeconds(5), false);
        assertEquals(
                "policy (an RSA key of 2048 bits is not taken as proof)",
                KeyZone.said(zone.verified(strict, KeyZone.octets(made(TAGS)))));
        VerifyLimits small = new VerifyLimits(10, 9999, 2047, 1024, Duration.ofSeconds(5), false);
        assertEquals(
                "policy (an RSA key of 2048 bits is too long to be used)",
                KeyZone.said(zone.verified(small, KeyZone.octets(made(TAGS)))));
    }

    /// A record that claims 16,384 bits costs no more than its limit lets it, and one with an
    /// exponent as long as its modulus nothing at all.
    @Test
    void hugeKeysCostLittle() throws IOException {
        for (int bits : List.of(16_384, 16_385, 60_000)) {
            java.math.BigInteger n =
                    java.math.BigInteger.ONE.shiftLeft(bits - 1).add(java.math.BigInteger.ONE);
            String said = keyed(rsa(n, java.math.BigInteger.valueOf(65537)));
            if (bits > 16_384) {
                assertTrue(
                        said.equals(
                                        "policy (an RSA key of "
                                                + bits
                                                + " bits is too long to be used)")
                                || said.startsWith("permerror (a key record of "),
                        said);
            } else {
                assertTrue(said.startsWith("policy") || said.startsWith("fail"), said);
            }
            String same = keyed(rsa(n, n));
            assertTrue(
                    same.equals("permerror (an RSA key that cannot be used)")
                            || same.startsWith("permerror (a key record of "),
                    same);
        }
    }

    static String rsa(java.math.BigInteger n, java.math.BigInteger e) {
        byte[] numbers = der(0x30, join(der(2, n.toByteArray()), der(2, e.toByteArray())));
        return "v=DKIM1; p=" + Base64.getEncoder().encodeToString(numbers);
    }

    private static byte[] join(byte[] a, byte[] b) {
        byte[] out = java.util.Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, out, a.length, b.length);
        return out;
    }

    private static byte[] der(int tag, byte[] contents) {
        int n = contents.length;
        byte[] head =
                n < 128
                        ? new byte[] {(byte) tag, (byte) n}
                        : new byte[] {(byte) tag, (byte) 0x82, (byte) (n >> 8), (byte) n};
        return join(head, contents);
    }

    /// Torture 88: fifty signatures and fields of 100 kB cost a bounded number of each.
    @Test
    void onlySomeSignaturesAreLookedAt() {
        String one = made(TAGS).substring(0, made(TAGS).length() - MAIL.length());
        List<DkimResult> results = zone.verified(one.repeat(50) + MAIL);
        assertEquals(11, results.size());
        assertEquals(
                "pass, ".repeat(10) + "neutral (40 more signatures are not looked at)",
                KeyZone.said(results));
        assertEquals(1, zone.server.asked.get(), "one question for one key");
        says(
                "permerror (a signature of more than 32768 octets)",
                made(TAGS + "; z=" + "a".repeat(100_000)));
    }

    /// A mail has a hundred names asked for, and a name server that does not answer: no more of its
    /// questions are under way at once than ten, and each ends by the deadline.
    @Test
    void fewQuestionsOfAMailAreUnderWayAtOnce() {
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger asked = new AtomicInteger();
        AtomicLong ends = new AtomicLong();
        Resolver silent =
                new OfTexts() {
                    @Override
                    public Resolver until(long nanos) {
                        ends.set(nanos);
                        return this;
                    }

                    @Override
                    public Answer<String> texts(String name) {
                        most.accumulateAndGet(now.incrementAndGet(), Math::max);
                        asked.incrementAndGet();
                        LockSupport.parkNanos(5_000_000);
                        now.decrementAndGet();
                        return new Answer.NoName<>("");
                    }
                };
        StringBuilder mail = new StringBuilder();
        String one = made(TAGS).substring(0, made(TAGS).length() - MAIL.length());
        for (int i = 0; i < 100; i++) {
            mail.append(one.replace("s=s;", "s=s" + i + ";"));
        }
        VerifyLimits all = new VerifyLimits(100, 9999, 4096, 1024, Duration.ofSeconds(60), false);
        try (Supervisor threads = Supervisor.alone()) {
            Clock clock = Clock.system();
            long latest = clock.nanos() + 61_000_000_000L;
            Verification begun =
                    Verification.begin(
                            KeyLookup.atOnce(silent, threads, clock),
                            all,
                            KeyZone.octets(mail + SignerTest.HEADER));
            assertEquals(100, begun.end().size());
            assertEquals(100, asked.get());
            assertTrue(most.get() <= 10, most + " at once");
            assertTrue(ends.get() > 0 && ends.get() - latest < 0, "no deadline");
        }
    }

    private static long used() {
        System.gc();
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /// What a name server says of a key may be large: what counts of it is kept until the mail
    /// ends.
    @Test
    void ofAnAnswerNoMoreIsKeptThanCounts() throws IOException {
        String key = TestKeys.record(2048) + "; t=y" + ":x".repeat(5000);
        try (KeyZone real = new KeyZone().at(NOW)) {
            Resolver large =
                    new OfTexts() {
                        @Override
                        public Answer<String> texts(String name) {
                            List<String> records = new ArrayList<>(List.of(key));
                            for (int i = 0; i < 100; i++) {
                                records.add("x".repeat(50_000) + i);
                            }
                            return new Answer.Found<>(records, Duration.ZERO);
                        }
                    };
            StringBuilder mail = new StringBuilder();
            String one = made(TAGS).substring(0, made(TAGS).length() - MAIL.length());
            for (int i = 0; i < 10; i++) {
                mail.append(one.replace("s=s;", "s=s" + i + ";"));
            }
            byte[] header = KeyZone.octets(mail + SignerTest.HEADER);
            try (Supervisor threads = Supervisor.alone()) {
                KeyLookup keys = KeyLookup.atOnce(large, threads, real.keys().clock());
                long before = used();
                Verification begun = Verification.begin(keys, VerifyLimits.DEFAULT, header);
                assertEquals(10, begun.end().size());
                assertTrue(begun.details().getFirst().testing());
                long kept = used() - before;
                assertTrue(kept < 15L << 20, kept + " octets");
                java.lang.ref.Reference.reachabilityFence(begun);
            }
        }
    }

    private abstract static class OfTexts implements Resolver {
        @Override
        public Answer<Mx> mx(String domain) {
            throw new IllegalStateException("mx");
        }

        @Override
        public Answer<InetAddress> addresses(String host, boolean v4, boolean v6) {
            throw new IllegalStateException("addresses");
        }

        @Override
        public Answer<String> names(InetAddress address) {
            throw new IllegalStateException("names");
        }

        @Override
        public Answer<Srv> srv(String service) {
            throw new IllegalStateException("srv");
        }
    }

    /// Names and fields together are looked at once, not each name at each field.
    @Test
    void manyNamesAndManyFieldsAreLinear() {
        StringBuilder names = new StringBuilder("from");
        for (int i = 0; i < 8000; i++) {
            names.append(":b");
        }
        String tags = TAGS.replace("from:subject", names);
        String mail = "b:\r\n".repeat(100_000) + MAIL;
        long took =
                Effort.millis(() -> {
                    for (int i = 0; i < 3; i++) {
                        String made =
                                made(
                                        tags,
                                        Canonical.RELAXED,
                                        Canonical.RELAXED,
                                        Long.MAX_VALUE,
                                        2048,
                                        mail);
                        assertEquals("pass", KeyZone.said(zone.verified(made)));
                    }
                });
        assertTrue(took < 20_000, "took " + took + " ms");
    }

    @Test
    void bodiesAreHashedOnceForEachForm() {
        List<String> fields = new ArrayList<>();
        for (Canonical form : Canonical.values()) {
            String tags = TAGS.replace("c=relaxed/relaxed", "c=relaxed/" + form.word());
            String mail = made(tags, Canonical.RELAXED, form, Long.MAX_VALUE);
            fields.add(mail.substring(0, mail.length() - MAIL.length()));
        }
        says("pass, pass, pass, pass", String.join("", fields) + String.join("", fields) + MAIL);
    }

    @Test
    void longWordsAreFoldedWhereTheyCan() {
        String line =
                new Folded("ARC-Authentication-Results:")
                        .words("i=1; " + "word ".repeat(40) + "x".repeat(90))
                        .line();
        for (String each : line.split("\r\n\t", -1)) {
            assertTrue(each.strip().length() <= 90, each);
        }
        assertTrue(line.startsWith("ARC-Authentication-Results: i=1; word"), line);
    }
}
