package org.postrider.queue.spool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.disk.RealDisk;
import org.postrider.queue.Attributes;
import org.postrider.queue.Dsn;
import org.postrider.queue.Encoding;
import org.postrider.queue.Envelope;
import org.postrider.queue.JournalQueue;
import org.postrider.queue.Login;
import org.postrider.queue.Mark;
import org.postrider.queue.NamedAttributes;
import org.postrider.queue.NewMessage;
import org.postrider.queue.Origin;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Recipient;
import org.postrider.queue.Routing;
import org.postrider.queue.Transaction;
import org.postrider.queue.files.OwnersOnly;
import org.postrider.queue.record.EnvelopeCodec;
import org.postrider.queue.record.OctetReader;
import org.postrider.queue.record.Octets;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// A queue that was written before envelopes had types (commit 6b1ec71) is read as it was meant,
/// whatever stood in it, and stays so when its records are written again.
class OldQueueTest {
    private static final JournalQueue.Options OPTIONS =
            new JournalQueue.Options(
                    12_288, 4000, 1 << 20, false, JournalQueue.Limits.ofContents(1 << 20, 1 << 20));
    private static final QueueId FULL = new QueueId("196FFB6898D7C");
    private static final QueueId LOCAL = new QueueId("196FFB689C332");
    private static final QueueId NEWER = new QueueId("196FFB689E36C");
    private static final QueueId LARGE = new QueueId("196FFB68A1922");
    private static final QueueId BARE = new QueueId("196FFB68A4ED8");
    private static final QueueId GONE = new QueueId("196FFB68A848E");
    private static final QueueId TAIL = new QueueId("196FFB68ABA44");

    @TempDir Path directory;

    /// Lays the old queue out where a test can open it.
    public static void unpack(Path to) throws IOException {
        try (InputStream in = OldQueueTest.class.getResourceAsStream("before-types.zip");
                ZipInputStream zip = new ZipInputStream(java.util.Objects.requireNonNull(in))) {
            for (ZipEntry e = zip.getNextEntry(); e != null; e = zip.getNextEntry()) {
                Path file = to.resolve(e.getName());
                Files.createDirectories(file.getParent());
                Files.write(file, zip.readAllBytes());
            }
        }
        for (String name : List.of("journal", "body")) {
            OwnersOnly.makeAll(new RealDisk(), to.resolve(name), _ -> {});
        }
    }

    @BeforeEach
    void unpack() throws IOException {
        unpack(directory);
    }

    private Spool open(List<String> warnings) {
        return Spool.open(
                new Ground(new RealDisk(), directory, Clock.system(), warnings::add),
                OPTIONS,
                Supervisor.alone(),
                false);
    }

    private static Map<String, String> attributes(QueuedMessage m) {
        Map<String, String> out = new LinkedHashMap<>();
        NamedAttributes.each(m.envelope().attributes(), out::put);
        return out;
    }

    private static QueuedMessage find(Spool spool, QueueId id) {
        QueuedMessage m = spool.find(id);
        assertNotNull(m, id::text);
        return m;
    }

    @Test
    void everyAttributeIsFoundUnderItsType() throws IOException {
        List<String> warnings = new ArrayList<>();
        try (Spool spool = open(warnings)) {
            checkAll(spool);
        }
        assertEquals(List.of(), warnings);
    }

    private static void checkAll(Spool spool) throws IOException {
        assertEquals(6, spool.size());
        full(find(spool, FULL));
        local(find(spool, LOCAL));
        newer(find(spool, NEWER));
        QueuedMessage large = find(spool, LARGE);
        assertTrue(large.delayWarned());
        try (InputStream in = large.content().body()) {
            assertEquals(6000, in.readAllBytes().length);
        }
        QueuedMessage bare = find(spool, BARE);
        assertEquals(Attributes.NONE, bare.envelope().attributes());
        assertTrue(bare.forcedToExpire());
        assertEquals(null, spool.find(GONE));
        QueuedMessage tail = find(spool, TAIL);
        assertTrue(tail.held());
        assertEquals("local", tail.envelope().origin().source());
    }

    private static void full(QueuedMessage m) {
        Origin.Client client =
                new Origin.Client(
                        "c.example", "r.example", "192.0.2.7", 40_000, "h.example", "ESMTPSA");
        assertEquals(
                new Attributes(
                        new Origin(
                                Origin.Context.REMOTE,
                                new Origin.Trace("c.example[192.0.2.7]", client.logged(), null),
                                client,
                                new Origin.Server("192.0.2.25", 587),
                                null),
                        new Login("PLAIN", "anna", "anna@x.example"),
                        new Dsn(Dsn.Return.HDRS, "QQ314159"),
                        new Routing(
                                "scan:[127.0.0.1]:10025", "else@where.example", "+=", true, true),
                        Encoding.EIGHT_BIT,
                        List.of()),
                m.envelope().attributes());
        assertEquals(27, attributes(m).size(), "as many as were written");
        assertTrue(m.done(1));
        Recipient two = m.envelope().recipients().get(1);
        assertEquals(Recipient.NEVER + Recipient.FAILURE, two.dsnNotify());
        assertEquals("rfc822;as+2Bsaid@y.example", two.originalDsn());
    }

    private static void local(QueuedMessage m) {
        assertTrue(m.held());
        Origin origin = m.envelope().origin();
        assertTrue(origin.local());
        assertEquals("Anna Example", origin.fullName());
        assertEquals("scan:next", m.envelope().routing().contentFilter());
    }

    /// What a newer version says is not understood in part: it is kept as it was.
    private static void newer(QueuedMessage m) {
        assertEquals(
                List.of(
                        new Attributes.Unknown.Tagged(77, "octets\u0000\u00ff of a tag"),
                        new Attributes.Unknown.Named("attribute_of_a_newer_version", "its value"),
                        new Attributes.Unknown.Named("smtputf8", "perhaps"),
                        new Attributes.Unknown.Named("client_port", "many")),
                m.envelope().attributes().unknown());
        Mark.Reason second = m.reason(1);
        assertNotNull(second);
        assertEquals("said: 450 later", second.text());
    }

    @Test
    void itIsTheSameWhenItsRecordsAreWrittenAgain() throws Exception {
        Map<QueueId, Envelope> before = new HashMap<>();
        try (Spool spool = open(new ArrayList<>())) {
            spool.each(l -> before.put(l.message().id(), l.message().envelope()));
            for (int i = 0; i < 100 && spool.upkeep().moved() < 6; i++) {
                // Others come and go until the segment is wanted.
                QueueId id = spool.newId();
                spool.commit(
                        Transaction.of(
                                new NewMessage(
                                        id,
                                        find(spool, BARE).envelope(),
                                        find(spool, LARGE).content(),
                                        false)));
                spool.commit(Transaction.of(new Mark.Removed(id)));
                spool.upkeep().step();
                spool.upkeep().compact();
            }
            assertTrue(spool.upkeep().moved() >= 6, spool.upkeep().moved() + " moved");
        }
        List<String> warnings = new ArrayList<>();
        try (Spool spool = open(warnings)) {
            spool.each(l -> assertEquals(before.get(l.message().id()), l.message().envelope()));
            checkAll(spool);
        }
        assertEquals(List.of(), warnings);
    }

    /// A newer version may write a tag more than once.
    @Test
    void fieldsWithOneUnknownTagAreAllKept() {
        Octets out = new Octets(64);
        for (String value : List.of("first", "second")) {
            out.u8(99).i32(value.length());
            out.bytes(
                    value.getBytes(java.nio.charset.StandardCharsets.US_ASCII), 0, value.length());
        }
        Envelope e = EnvelopeCodec.read(new OctetReader(out.array(), 0, out.length()));
        Octets again = new Octets(64);
        EnvelopeCodec.write(e, again);
        Envelope copy = EnvelopeCodec.read(new OctetReader(again.array(), 0, again.length()));
        assertEquals(
                List.of(
                        new Attributes.Unknown.Tagged(99, "first"),
                        new Attributes.Unknown.Tagged(99, "second")),
                copy.attributes().unknown());
    }
}
