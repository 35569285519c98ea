package org.postrider.dnsbl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.Until;
import org.postrider.dns.Resolver;
import org.postrider.dns.StubServer;
import org.postrider.dns.SystemResolver;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;
import org.xbill.DNS.Rcode;

class DnsListsTest {
    private static final InetAddress CLIENT = InetAddress.ofLiteral("192.0.2.7");
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    @TempDir Path directory;
    private StubServer server;
    private SystemResolver resolver;
    private DnsLists lists;

    @BeforeEach
    void start() throws IOException {
        server = new StubServer();
        Path conf = directory.resolve("resolv.conf");
        Files.writeString(conf, "nameserver 127.0.0.1\noptions timeout:60 attempts:1\n");
        resolver = new SystemResolver(conf, server.port(), Clock.system());
        lists = new DnsLists(resolver, Supervisor.alone(), Clock.system());
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        givesItsPlacesBack(lists);
    }

    /// Whatever came of the questions, none keeps its place.
    private static void givesItsPlacesBack(DnsLists of) {
        Until.seen(() -> "all places are free, not " + of.free(), () -> of.free() >= DnsLists.MOST);
    }

    private ListAnswer answer(String list) {
        return ListAnswer.of(lists.ask(DnsList.of(list).query(CLIENT), TIMEOUT).answer());
    }

    @Test
    void aClientIsListedOrNotOrNobodyCanSay() throws IOException {
        server.zone("7.2.0.192.list.example A 127.0.0.2\n7.2.0.192.list.example A 127.0.0.9");
        server.zone("7.2.0.192.text.example TXT nothing");
        server.zone("7.2.0.192.loop.example CNAME 7.2.0.192.loop.example");
        server.rcodes.put("7.2.0.192.broken.example", Rcode.SERVFAIL);
        ListAnswer.Listed listed =
                assertInstanceOf(ListAnswer.Listed.class, answer("list.example"));
        assertEquals(2, listed.addresses().size());
        assertEquals(Duration.ofSeconds(60), listed.ttl());
        assertEquals(ListAnswer.NOT_LISTED, answer("other.example"));
        assertEquals(ListAnswer.NOT_LISTED, answer("text.example"));
        assertEquals(ListAnswer.NOT_LISTED, answer("loop.example"));
        assertInstanceOf(ListAnswer.Unknown.class, answer("broken.example"));
        assertTrue(DnsList.of("list.example").counts(listed));
        assertTrue(DnsList.of("list.example=127.0.0.9").counts(listed));
        assertFalse(DnsList.of("list.example=127.0.0.[3..8]").counts(listed));
        assertFalse(DnsList.of("list.example").counts(new ListAnswer.Unknown("")));
    }

    @Test
    void anAnswerHoldsAHundredAddresses() throws IOException {
        StringBuilder zone = new StringBuilder();
        for (int i = 0; i < 1000; i++) {
            zone.append("7.2.0.192.list.example A 127.0." + i / 250 + "." + i % 250 + "\n");
        }
        server.zone(zone.toString().strip());
        assertEquals(
                100,
                assertInstanceOf(ListAnswer.Listed.class, answer("list.example"))
                        .addresses()
                        .size());
    }

    /// No answer comes before all have been asked: one after the other, they would wait for ever.
    @Test
    void allAreAskedAtOnce() throws Exception {
        int many = 30;
        CyclicBarrier all = new CyclicBarrier(many);
        DnsLists together = new DnsLists(new Gated(resolver, all::await), threads(), clock());
        List<Query<InetAddress>> queries = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            server.zone("7.2.0.192.l" + i + ".example A 127.0.0." + i);
            queries.add(together.ask("7.2.0.192.l" + i + ".example", Duration.ofHours(1)));
        }
        for (int i = 0; i < many; i++) {
            assertEquals(
                    List.of(InetAddress.ofLiteral("127.0.0." + i)),
                    assertInstanceOf(Resolver.Answer.Found.class, queries.get(i).answer())
                            .records());
        }
    }

    /// Who wants to know what is being asked waits for that answer; who comes later asks anew.
    @Test
    @Timeout(60)
    void whatIsAskedIsNotAskedTwice() throws Exception {
        server.zone("7.2.0.192.list.example A 127.0.0.2");
        AtomicInteger asked = new AtomicInteger();
        CountDownLatch go = new CountDownLatch(1);
        DnsLists together =
                new DnsLists(
                        new Gated(
                                resolver,
                                () -> {
                                    asked.incrementAndGet();
                                    go.await();
                                }),
                        threads(),
                        clock());
        List<Query<InetAddress>> queries = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            queries.add(together.ask("7.2.0.192.list.example", Duration.ofHours(1)));
        }
        Query<InetAddress> hasty = together.ask("7.2.0.192.list.example", Duration.ZERO);
        assertInstanceOf(Resolver.Answer.TryAgain.class, hasty.answer());
        go.countDown();
        for (Query<InetAddress> each : queries) {
            assertInstanceOf(Resolver.Answer.Found.class, each.answer());
        }
        assertEquals(1, asked.get());
        while (asked.get() == 1) {
            // its thread gives its place back a moment after its answer is there
            together.ask("7.2.0.192.list.example", Duration.ofHours(1)).answer();
        }
        assertEquals(2, asked.get());
    }

    /// Who waits for a question that a fault ends hears of it, and the next one asks anew.
    @Test
    @Timeout(60)
    void aFaultOfTheOneWhoAsksIsTheOthersToo() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger asked = new AtomicInteger();
        DnsLists together =
                new DnsLists(
                        new Gated(
                                resolver,
                                () -> {
                                    asked.incrementAndGet();
                                    go.await();
                                    throw new StackOverflowError("planted");
                                }),
                        threads(),
                        clock());
        String name = "7.2.0.192.list.example";
        List<Query<InetAddress>> queries = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            queries.add(together.ask(name, Duration.ofHours(1)));
        }
        go.countDown();
        for (Query<InetAddress> each : queries) {
            assertThrows(StackOverflowError.class, each::answer);
        }
        assertEquals(1, asked.get());
        while (asked.get() == 1) {
            Query<InetAddress> next = together.ask(name, Duration.ofHours(1));
            assertThrows(StackOverflowError.class, next::answer);
        }
        givesItsPlacesBack(together);
    }

    private static Supervisor threads() {
        return Supervisor.alone();
    }

    private static Clock clock() {
        return Clock.system();
    }

    /// A list that never answers is unknown when its time is over, and answers nobody later.
    @Test
    void anAnswerThatIsLateIsNone() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        DnsLists slow = new DnsLists(new Gated(resolver, never::await), threads(), clock());
        Query<InetAddress> query = slow.ask("7.2.0.192.list.example", Duration.ofMillis(50));
        assertEquals(
                "Host or domain name not found. Name service error for"
                        + " name=7.2.0.192.list.example type=A: Host not found, try again",
                assertInstanceOf(ListAnswer.Unknown.class, ListAnswer.of(query.answer())).text());
        assertTrue(query.done());
        assertEquals(DnsLists.MOST - 1, slow.free());
        never.countDown();
        givesItsPlacesBack(slow);
    }

    /// A session asks each once, and asks why only of what somebody wants to know.
    @Test
    void aSessionAsksOnce() throws IOException {
        server.zone("7.2.0.192.list.example A 127.0.0.2\n7.2.0.192.list.example TXT \"listed\"");
        SessionLists session = new SessionLists(lists, TIMEOUT);
        for (int i = 0; i < 5; i++) {
            session.begin("7.2.0.192.list.example");
            assertInstanceOf(
                    ListAnswer.Listed.class,
                    session.answer("7.2.0.192.list.example", ListAnswer::of));
        }
        assertEquals(1, server.asked.get());
        assertEquals("listed", session.why("7.2.0.192.list.example", DnsLists::reason));
        assertEquals("listed", session.why("7.2.0.192.list.example", DnsLists::reason));
        assertEquals(2, server.asked.get());
        for (int i = 0; i < SessionLists.MOST; i++) {
            session.answer(i + ".list.example", ListAnswer::of);
        }
        session.answer("7.2.0.192.list.example", ListAnswer::of);
        assertEquals(2 + SessionLists.MOST + 1, server.asked.get());
    }

    @Test
    void aReasonIsOneLineOfPrintableAsciiAndBounded() {
        assertEquals("a b  c / d", DnsLists.reason(found("a b\r\nc", "d")));
        assertEquals(500, DnsLists.reason(found("x".repeat(300), "y".repeat(10_000))).length());
        assertEquals("   ", DnsLists.reason(found("\u00e9\u007f\u0000")));
        assertEquals("", DnsLists.reason(new Resolver.Answer.NoData<>("none")));
    }

    private static Resolver.Answer<String> found(String... texts) {
        return new Resolver.Answer.Found<>(List.of(texts), Duration.ZERO);
    }

    private interface Gate {
        void pass() throws Exception;
    }

    /// Answers when it may.
    private record Gated(Resolver behind, Gate gate) implements Resolver {
        @Override
        public Answer<Mx> mx(String domain) {
            throw new AssertionError(domain);
        }

        @Override
        public Answer<InetAddress> addresses(String host, boolean ipv4, boolean ipv6) {
            try {
                gate.pass();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
            return behind.addresses(host, ipv4, ipv6);
        }

        @Override
        public Answer<String> names(InetAddress address) {
            throw new AssertionError(address);
        }

        @Override
        public Answer<Srv> srv(String service) {
            throw new AssertionError(service);
        }
    }
}
