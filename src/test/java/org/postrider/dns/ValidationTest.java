package org.postrider.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.Effort;
import org.postrider.time.Clock;
import org.xbill.DNS.DClass;
import org.xbill.DNS.DNSKEYRecord;
import org.xbill.DNS.DNSSEC;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.RRSIGRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/// Answers validated by ourselves, over zones that the test signs: the name server says of every
/// answer that it is good.
class ValidationTest {
    @TempDir Path directory;
    private StubServer server;
    private SignedZones zones;
    private SignedZones.Zone root;
    private SignedZones.Zone good;
    private Path conf;
    private Path anchors;

    @BeforeEach
    void start() throws Exception {
        server = new StubServer();
        conf = directory.resolve("resolv.conf");
        anchors = directory.resolve("root.key");
        Files.writeString(conf, "nameserver 127.0.0.1\noptions timeout:60 attempts:1\n");
        zones = new SignedZones();
        root = zones.zone(".", false);
        zones.zone("example", true);
        good = zones.zone("good.example", true);
        good.add("good.example MX 10 mx.good.example.")
                .add("mx.good.example A 127.0.0.9")
                .add("mx.good.example AAAA ::1")
                .add("_25._tcp.mx.good.example TLSA 3 1 1 " + "ab".repeat(32))
                .add("alias.good.example CNAME mx.good.example.")
                .add("*.wild.good.example A 127.0.0.8")
                .add("here.wild.good.example TXT x");
        server.answers(zones::answer);
        Files.writeString(anchors, ";; the root's key\n" + root.key + "\n");
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private Resolver resolver() throws IOException {
        return new SystemResolver(conf, server.port(), Clock.system())
                .under(new ResolverOptions(false, false, anchors.toString()));
    }

    private static boolean secure(Resolver.Answer<?> answer) {
        return assertInstanceOf(Resolver.Answer.Found.class, answer, answer.toString()).secure();
    }

    private static void waits(Resolver.Answer<?> answer) {
        assertInstanceOf(Resolver.Answer.TryAgain.class, answer, answer.toString());
    }

    @Test
    void whatAChainOfKeysVouchesForIsSecure() throws IOException {
        Resolver dns = resolver();
        assertTrue(secure(dns.mx("good.example")));
        assertTrue(secure(dns.addresses("mx.good.example", true, true)));
        assertTrue(secure(dns.tlsa("_25._tcp.mx.good.example")));
        assertTrue(secure(dns.addresses("alias.good.example", true, false)));
        assertTrue(secure(dns.alias("alias.good.example")));
    }

    @Test
    void aRecordThatWasChangedMakesMailWait() throws IOException {
        zones.spoils(answer -> {
            for (Record each : List.copyOf(answer.getSection(Section.ANSWER))) {
                if (each instanceof MXRecord mx) {
                    answer.removeRecord(mx, Section.ANSWER);
                    answer.addRecord(
                            new MXRecord(
                                    mx.getName(),
                                    DClass.IN,
                                    60,
                                    5,
                                    Name.fromConstantString("evil.example.")),
                            Section.ANSWER);
                }
            }
        });
        Resolver.Answer<Resolver.Mx> answer = resolver().mx("good.example");
        waits(answer);
        assertTrue(
                answer.toString()
                        .contains("name=good.example type=MX: Host not found, try again (DNSSEC: "),
                answer.toString());
        assertTrue(secure(resolver().addresses("mx.good.example", true, false)));
    }

    @Test
    void signaturesOfAnotherTimeAreNone() throws IOException {
        good.until = Instant.now().minus(Duration.ofMinutes(10));
        waits(resolver().mx("good.example"));
        good.from = Instant.now().plus(Duration.ofMinutes(30));
        good.until = Instant.now().plus(Duration.ofMinutes(90));
        waits(resolver().mx("good.example"));
    }

    @Test
    void answersCutOfTheirSignaturesMakeMailWait() throws IOException {
        zones.spoils(answer ->
                List.copyOf(answer.getSection(Section.ANSWER)).stream()
                        .filter(r -> r.getType() == Type.RRSIG)
                        .forEach(r -> answer.removeRecord(r, Section.ANSWER)));
        waits(resolver().mx("good.example"));
        waits(resolver().tlsa("_25._tcp.mx.good.example"));
    }

    @Test
    void aZoneThatIsProvedToBeUnsignedIsInsecure() throws Exception {
        zones.zone("plain.example", false).add("plain.example MX 10 mx.plain.example.");
        assertTrue(!secure(resolver().mx("plain.example")));
        SignedZones.Zone hashed = zones.zone("hashed.example", true);
        hashed.rounds = 5;
        zones.zone("sub.hashed.example", false).add("sub.hashed.example MX 10 a.example.");
        assertTrue(!secure(resolver().mx("sub.hashed.example")));
    }

    /// What a name server in between would say to have DANE left out.
    @Test
    void aMissingDelegationThatIsNotProvedMakesMailWait() throws IOException {
        zones.spoils(answer -> {
            if (answer.getQuestion().getType() == Type.DS) {
                answer.removeAllRecords(Section.ANSWER);
            }
        });
        waits(resolver().mx("good.example"));
    }

    /// Of a zone above that proves with NSEC that there is no DS where there is one: its records
    /// say so themselves.
    @Test
    void aDelegationDeniedByTheProofOfAnotherNameMakesMailWait() throws Exception {
        zones.zone("plain.example", false);
        Message[] other = new Message[1];
        Message query =
                Message.newQuery(
                        Record.newRecord(
                                Name.fromConstantString("plain.example."), Type.DS, DClass.IN));
        other[0] = zones.answer(query);
        zones.spoils(answer -> {
            if (answer.getQuestion().getType() == Type.DS
                    && answer.getQuestion().getName().toString().startsWith("good")) {
                answer.removeAllRecords(Section.ANSWER);
                other[0].getSection(Section.AUTHORITY)
                        .forEach(r -> answer.addRecord(r, Section.AUTHORITY));
            }
        });
        waits(resolver().mx("good.example"));
    }

    @Test
    void whatIsNotThereIsBelievedWhereItIsProved() throws Exception {
        SignedZones.Zone hashed = zones.zone("hashed.example", true);
        hashed.rounds = 5;
        hashed.add("a.hashed.example A 127.0.0.9").add("z.hashed.example TXT x");
        for (String zone : List.of("good.example", "hashed.example")) {
            Resolver dns = resolver();
            String some = zone.startsWith("good") ? "mx." : "z.";
            assertInstanceOf(Resolver.Answer.NoName.class, dns.mx("nosuch." + zone));
            assertInstanceOf(Resolver.Answer.NoData.class, dns.mx(some + zone));
            assertInstanceOf(
                    Resolver.Answer.NoName.class, dns.tlsa("_25._tcp.nosuch." + zone), zone);
            zones.spoils(answer -> answer.removeAllRecords(Section.AUTHORITY));
            waits(resolver().mx("nosuch." + zone));
            waits(resolver().mx(some + zone));
            zones.spoils(_ -> {});
        }
    }

    @Test
    void aNameIsNotDeniedByAProofForAnother() throws IOException {
        zones.spoils(answer -> {
            if (answer.getQuestion().getType() == Type.TLSA) {
                answer.getHeader().setRcode(Rcode.NXDOMAIN);
                answer.removeAllRecords(Section.ANSWER);
                Message other =
                        Message.newQuery(
                                Record.newRecord(
                                        Name.fromConstantString("nosuch.good.example."),
                                        Type.A,
                                        DClass.IN));
                zones.answer(other)
                        .getSection(Section.AUTHORITY)
                        .forEach(r -> answer.addRecord(r, Section.AUTHORITY));
            }
        });
        waits(resolver().tlsa("_25._tcp.mx.good.example"));
    }

    /// Who cannot forge a proof can still keep keys from being found.
    @Test
    void aForgedNoIsNotBelievedBecauseKeysCannotBeHad() throws IOException {
        for (int kept : new int[] {Type.DS, Type.DNSKEY}) {
            for (int rcode : new int[] {Rcode.SERVFAIL, Rcode.REFUSED, Rcode.NOTIMP, -1}) {
                zones.spoils(answer -> {
                    int type = answer.getQuestion().getType();
                    if (type == kept) {
                        if (rcode < 0) {
                            throw new IOException("says nothing");
                        }
                        answer.getHeader().setRcode(rcode);
                        answer.removeAllRecords(Section.ANSWER);
                        answer.removeAllRecords(Section.AUTHORITY);
                    } else {
                        answer.removeAllRecords(Section.ANSWER);
                    }
                });
                waits(resolver().tlsa("_25._tcp.mx.good.example"));
            }
            zones.spoils(answer -> {
                if (answer.getQuestion().getType() == kept) {
                    answer.getHeader().setRcode(Rcode.SERVFAIL);
                    answer.removeAllRecords(Section.ANSWER);
                }
            });
            waits(resolver().tlsa("_25._tcp.nosuch.good.example"));
            waits(resolver().tlsa("_25._tcp.mx.good.example"));
        }
    }

    @Test
    void aWildcardCountsWhereNothingNearerIs() throws IOException {
        assertTrue(secure(resolver().addresses("any.wild.good.example", true, false)));
        zones.spoils(answer -> answer.removeAllRecords(Section.AUTHORITY));
        waits(resolver().addresses("any.wild.good.example", true, false));
    }

    @Test
    void keysOfAnotherRootVouchForNothing() throws Exception {
        Files.writeString(anchors, new SignedZones().zone(".", false).key + "\n");
        waits(resolver().mx("good.example"));
    }

    @Test
    void anchorsThatCannotBeReadAreNamed() throws IOException {
        Files.writeString(anchors, "; none\n");
        assertThrows(IOException.class, this::resolver);
        Files.writeString(anchors, "what is this\n");
        assertThrows(IOException.class, this::resolver);
        Files.delete(anchors);
        assertThrows(IOException.class, this::resolver);
    }

    /// CVE-2023-50387: signatures without end, of which none is good.
    @Test
    void signaturesWithoutEndAreNotAllTried() throws IOException {
        zones.spoils(answer -> {
            if (answer.getQuestion().getType() != Type.MX) {
                return;
            }
            RRSIGRecord own = null;
            for (Record each : List.copyOf(answer.getSection(Section.ANSWER))) {
                if (each instanceof RRSIGRecord s) {
                    own = s;
                    answer.removeRecord(s, Section.ANSWER);
                }
            }
            for (int i = 0; own != null && i < 400; i++) {
                byte[] no = own.getSignature().clone();
                no[i % no.length] ^= (byte) (1 + i / no.length);
                answer.addRecord(
                        new RRSIGRecord(
                                own.getName(),
                                DClass.IN,
                                60,
                                Type.MX,
                                DNSSEC.Algorithm.ECDSAP256SHA256,
                                60,
                                own.getExpire(),
                                own.getTimeSigned(),
                                own.getFootprint(),
                                own.getSigner(),
                                no),
                        Section.ANSWER);
            }
        });
        long took = Effort.millis(() -> waits(resolver().mx("good.example")));
        assertTrue(took < 15_000, "took " + took + " ms");
    }

    /// The same with keys that all have one tag: the delegation's digest fits none of the others.
    @Test
    void keysWithoutEndAreNotAllTried() throws IOException {
        zones.spoils(answer -> {
            boolean of = answer.getQuestion().getName().toString().startsWith("good");
            if (answer.getQuestion().getType() != Type.DNSKEY || !of) {
                return;
            }
            for (int i = 0; i < 300; i++) {
                byte[] other = good.key.getKey().clone();
                // Sums of pairs of octets make the tag: it stays the same.
                other[0] += (byte) i;
                other[2] -= (byte) i;
                answer.addRecord(
                        new DNSKEYRecord(
                                good.origin,
                                DClass.IN,
                                60,
                                good.key.getFlags(),
                                good.key.getProtocol(),
                                good.key.getAlgorithm(),
                                other),
                        Section.ANSWER);
            }
        });
        long took = Effort.millis(() -> waits(resolver().mx("good.example")));
        assertTrue(took < 15_000, "took " + took + " ms");
    }

    /// CVE-2023-50868: rounds of hashing without end.
    @Test
    void aZoneWithTooManyRoundsCountsAsUnsigned() throws Exception {
        SignedZones.Zone hashed = zones.zone("hashed.example", true);
        hashed.rounds = 2000;
        hashed.add("a.hashed.example A 127.0.0.9");
        long took =
                Effort.millis(() ->
                        assertInstanceOf(
                                Resolver.Answer.NoName.class,
                                resolver().mx("a.b.c.d.e.f.g.hashed.example")));
        assertTrue(took < 15_000, "took " + took + " ms");
    }

    /// Aliases through a zone each: every one of them wants keys.
    @Test
    void aChainThatNeverEndsIsGivenUp() throws Exception {
        StringBuilder deep = new StringBuilder("example");
        for (int i = 0; i < 70; i++) {
            deep.insert(0, "d.");
            zones.zone(deep.toString(), true);
        }
        server.asked.set(0);
        Resolver.Answer<Resolver.Mx> answer = resolver().mx(deep.toString());
        assertTrue(
                server.asked.get() <= Validation.MOST_QUESTIONS + 1,
                "asked " + server.asked.get() + " times");
        waits(answer);
    }

    @Test
    void withoutAnchorsTheNameServersWordCounts() throws IOException {
        zones.spoils(answer ->
                List.copyOf(answer.getSection(Section.ANSWER)).stream()
                        .filter(r -> r.getType() == Type.RRSIG)
                        .forEach(r -> answer.removeRecord(r, Section.ANSWER)));
        Resolver dns = new SystemResolver(conf, server.port(), Clock.system());
        assertTrue(secure(dns.mx("good.example")));
        assertEquals(1, server.asked.get());
    }
}
