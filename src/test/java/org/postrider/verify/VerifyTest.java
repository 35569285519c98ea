package org.postrider.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.Until;
import org.postrider.address.Address;
import org.postrider.cleanup.Desk;
import org.postrider.config.Settings;
import org.postrider.delivery.Outcome;
import org.postrider.delivery.Probe;
import org.postrider.dsn.Status;
import org.postrider.log.LogTag;
import org.postrider.maps.Opening;
import org.postrider.queue.Recipient;
import org.postrider.rewrite.TrivialRewrite;
import org.postrider.threads.Supervisor;

/// What is asked, what is remembered of the answers, and what is given back.
final class VerifyTest {
    private static final VerifyService.Patience AT_ONCE =
            new VerifyService.Patience(1, Duration.ofSeconds(1));
    private static final VerifyService.Patience LONG =
            new VerifyService.Patience(2, Duration.ofSeconds(30));

    @TempDir Path directory;
    private final HandClock clock = new HandClock();
    private final BlockingQueue<Probe> probes = new LinkedBlockingQueue<>();
    private final Supervisor threads = Supervisor.alone();
    private volatile boolean busy;
    private volatile boolean sick;
    private @Nullable SavedCache cache;
    private @Nullable Desk desk;

    private Verify verify(String... settings) {
        Desk used = new Desk(directory, settings);
        desk = used;
        Settings own = used.settings.with(Map.of("address_verify_map", ""));
        Opening opening = new Opening(clock, threads, own::text, text -> {});
        VerifyCaches caches = new VerifyCaches(threads);
        SavedCache fresh = caches.cache(own, opening, text -> {}, text -> {});
        cache = fresh;
        TrivialRewrite rewrite =
                new TrivialRewrite(
                        own, new org.postrider.maps.TableDirectory(clock, "hash"), warning -> {});
        return new Verify(
                own,
                fresh,
                new Verify.Way(used.cleanup, this::taken, new ProbeSender(own, rewrite, clock)),
                threads,
                new Verify.Journal(used.log, new LogTag("postfix/verify", 1), clock));
    }

    private boolean taken(Probe probe) {
        if (sick) {
            throw new InternalError("no probe today");
        }
        return !busy && probes.add(probe);
    }

    @AfterEach
    void end() {
        SavedCache used = cache;
        if (used != null) {
            assertEquals(0, used.pending());
            used.close();
        }
    }

    private SavedCache cache() {
        return Objects.requireNonNull(cache);
    }

    private Probe next() throws InterruptedException {
        Probe probe = probes.poll(Until.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertNotNull(probe, "nobody asks");
        return probe;
    }

    private static Outcome outcome(int kind, String text) {
        Outcome.Detail detail =
                Outcome.Detail.local(new Status(kind, 1, 1), "hop.example[192.0.2.1]:25", text);
        return switch (kind) {
            case 2 -> new Outcome.Sent(detail, false);
            case 4 -> new Outcome.Deferred(detail);
            default -> new Outcome.Bounced(detail);
        };
    }

    /// Answers the next probe as a delivery does.
    private String answered(int kind, String text) throws InterruptedException {
        Probe probe = next();
        Recipient first = probe.envelope().recipients().getFirst();
        String word = probe.answers().told(first, outcome(kind, text));
        probe.answers().ended();
        return word;
    }

    private static String said(VerifyService.Answer answer) {
        return answer.status() + " " + answer.text();
    }

    private static Address address(String text) {
        return new Address(text);
    }

    @Test
    void anUnknownAddressIsAskedForOnceAndRemembered() throws InterruptedException {
        Verify verify = verify();
        Address who = address("a@there.example");
        assertEquals("UNKNOWN Address verification in progress", said(verify.ask(who, AT_ONCE)));
        assertEquals(AddressStatus.UNKNOWN, verify.ask(who, AT_ONCE).status());
        Probe probe = next();
        assertTrue(probe.envelope().verifies());
        assertEquals("double-bounce@own.example", probe.envelope().sender().text());
        assertEquals(
                "deliverable",
                probe.answers()
                        .told(
                                probe.envelope().recipients().getFirst(),
                                outcome(2, "250 2.1.5 Ok")));
        probe.answers().ended();
        assertEquals("DELIVERABLE 250 2.1.5 Ok", said(verify.ask(who, AT_ONCE)));
        assertTrue(probes.isEmpty());
        assertEquals(
                0, Objects.requireNonNull(desk).queue.messages.size(), "a probe lies in no queue");
    }

    @Test
    void whoWaitsHearsAsSoonAsTheAnswerIsThere() throws Exception {
        Verify verify = verify();
        long begun = System.nanoTime();
        Thread hop =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                answered(5, "550 no");
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        });
        assertEquals("UNDELIVERABLE 550 no", said(verify.ask(address("b@there.example"), LONG)));
        assertTrue(System.nanoTime() - begun < 20_000_000_000L);
        hop.join();
    }

    @Test
    void anAnswerGrowsOldIsAskedForAgainAndIsForgotten() throws InterruptedException {
        Verify verify = verify();
        Address who = address("c@there.example");
        verify.ask(who, AT_ONCE);
        answered(5, "550 no");
        clock.go(3 * 3600);
        assertEquals("UNDELIVERABLE 550 no", said(verify.ask(who, AT_ONCE)));
        assertTrue(probes.isEmpty());
        clock.go(1);
        assertEquals("UNDELIVERABLE 550 no", said(verify.ask(who, AT_ONCE)));
        answered(4, "450 later");
        assertEquals("DEFERRED 450 later", said(verify.ask(who, AT_ONCE)));
        clock.go(3 * 86400 + 1);
        assertEquals(AddressStatus.UNKNOWN, verify.ask(who, AT_ONCE).status());
        answered(2, "250 ok");
        assertEquals("DELIVERABLE 250 ok", said(verify.ask(who, AT_ONCE)));
    }

    @Test
    void aGoodAddressStaysGoodUntilThatIsTooOld() throws InterruptedException {
        Verify verify = verify();
        Address who = address("d@there.example");
        verify.ask(who, AT_ONCE);
        answered(2, "250 ok");
        clock.go(7 * 86400 + 1);
        assertEquals("DELIVERABLE 250 ok", said(verify.ask(who, AT_ONCE)));
        assertEquals("undeliverable", answered(5, "550 no"));
        assertEquals("DELIVERABLE 250 ok", said(verify.ask(who, AT_ONCE)));
        clock.go(24 * 86400 + 1);
        assertEquals(AddressStatus.UNKNOWN, verify.ask(who, AT_ONCE).status());
        answered(5, "550 gone");
    }

    @Test
    void refusalsAreNotRememberedIfTheyAreNotToBe() throws InterruptedException {
        Verify verify = verify("address_verify_negative_cache = no");
        Address who = address("e@there.example");
        verify.ask(who, AT_ONCE);
        assertEquals("undeliverable-but-not-cached", answered(5, "550 no"));
        assertEquals(0, cache().size());
        assertEquals(AddressStatus.UNKNOWN, verify.ask(who, AT_ONCE).status());
        assertEquals("deliverable", answered(2, "250 ok"));
        assertEquals("DELIVERABLE 250 ok", said(verify.ask(who, AT_ONCE)));
    }

    @Test
    void aProbeThatNobodyTakesOrAnswersIsOverAndIsNotSentAgainAtOnce() throws InterruptedException {
        Verify verify = verify();
        Address who = address("f@there.example");
        busy = true;
        assertEquals(AddressStatus.UNKNOWN, verify.ask(who, LONG).status());
        assertEquals(0, cache().pending());
        busy = false;
        verify.ask(who, AT_ONCE);
        assertNull(probes.poll(100, TimeUnit.MILLISECONDS));
        clock.go(1001);
        verify.ask(who, AT_ONCE);
        next().answers().ended();
    }

    @Test
    void soManyAreAskedForAtATimeAndNoMore() throws InterruptedException {
        Verify verify = verify("address_verify_pending_request_limit = 2");
        for (int i = 0; i < 20; i++) {
            verify.ask(address("g" + i + "@there.example"), AT_ONCE);
        }
        int pending = cache().pending();
        assertTrue(pending >= 3 && pending <= 5, "asked for: " + pending);
        int tooMany = 0;
        for (int i = 0; i < pending; i++) {
            Probe probe = next();
            tooMany += probe.tooMany() ? 1 : 0;
            probe.answers().ended();
        }
        assertEquals(pending - 2, tooMany);
        assertTrue(probes.isEmpty());
    }

    @Test
    void anAliasForSeveralIsThere() throws InterruptedException {
        Verify verify =
                verify(
                        "virtual_alias_maps = inline:{{h@there.example=one@x.example,"
                                + " two@x.example}}");
        Address who = address("h@there.example");
        assertEquals("DELIVERABLE aliased to multiple recipients", said(verify.ask(who, LONG)));
        Probe probe = next();
        assertEquals(List.of(), probe.envelope().recipients());
        probe.answers().ended();
    }

    @Test
    void whatIsRememberedHasALimitAndTheEldestGoesFirst() throws InterruptedException {
        Verify verify = verify("postrider_verify_cache_limit = 3");
        for (int i = 0; i < 6; i++) {
            verify.ask(address("i" + i + "@there.example"), AT_ONCE);
            answered(2, "250 ok");
        }
        assertEquals(3, cache().size());
        assertNull(cache().get("i2@there.example"));
        assertNotNull(cache().get("i5@there.example"));
    }

    @Test
    void anAddressLongerThanAnySystemTakesIsNotRemembered() {
        verify();
        cache().put("x".repeat(5000) + "@there.example", CacheEntry.asked(1));
        assertEquals(0, cache().size());
    }

    /// Whatever the queue manager throws, nobody waits for an answer that will not come, and the
    /// address is asked for again later.
    @Test
    void aProbeThatTheQueueManagerThrowsAtIsOver() throws InterruptedException {
        Verify verify = verify();
        sick = true;
        long begun = System.nanoTime();
        assertEquals(AddressStatus.UNKNOWN, verify.ask(address("c@there.example"), LONG).status());
        assertTrue(System.nanoTime() - begun < 20_000_000_000L, "waited for nobody");
        sick = false;
        clock.go(1001);
        assertEquals(
                AddressStatus.UNKNOWN, verify.ask(address("c@there.example"), AT_ONCE).status());
        answered(2, "250 Ok");
    }

    /// A reload that keeps the map keeps the cache, one that names another gives it back.
    @Test
    void aCacheThatNoGenerationNamesIsGivenBack() {
        Desk used = new Desk(directory);
        Settings own = used.settings.with(Map.of("address_verify_map", ""));
        Opening opening = new Opening(clock, threads, own::text, text -> {});
        VerifyCaches caches = new VerifyCaches(threads);
        SavedCache first = caches.cache(own, opening, text -> {}, text -> {});
        SavedCache again = caches.cache(own, opening, text -> {}, text -> {});
        assertSame(first, again);
        caches.release(first);
        assertEquals(1, loops(), "somebody has it still");
        caches.release(again);
        assertEquals(0, loops(), "it goes on for nobody");
        SavedCache another = caches.cache(own, opening, text -> {}, text -> {});
        assertNotSame(first, another);
        caches.close();
    }

    @Test
    void whatIsAskedForNoMoreGivesItsMemoryBack() {
        verify();
        for (int i = 0; i < 30_000; i++) {
            SavedCache.Asked asked = cache().ask("user" + i + "@b.example");
            assertNotNull(asked, i + " were asked for, one after the other");
            cache().over("user" + i + "@b.example", asked);
        }
    }

    private long loops() {
        return threads.table().stream().filter(row -> row.work().name().equals("verify")).count();
    }
}
