package org.postrider.helper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.postrider.Until;
import org.postrider.rights.Answer;
import org.postrider.rights.Appended;
import org.postrider.rights.Content;
import org.postrider.rights.Identity;
import org.postrider.rights.Request;
import org.postrider.rights.Request.Batch;
import org.postrider.rights.Trouble;
import org.postrider.rights.Trouble.Kind;

/// What goes together in one request, and what each of those who wait is told.
class GatheringTest {
    private static final Identity ANNA = Identity.of("anna", 2000, 2000);

    private final ConcurrentLinkedQueue<Batch> asked = new ConcurrentLinkedQueue<>();

    private static Request.Put box(String name) {
        return new Request.Maildir(ANNA, name, "h");
    }

    private static Content.Divided text(String text) {
        return new Content.Divided(text, text.length(), "body", () -> new byte[] {'b'});
    }

    /// The answer says which of its request's messages it was.
    private static Answer<?> answered(Batch batch) {
        List<Answer<Appended>> out = new ArrayList<>();
        for (Batch.One one : batch.all()) {
            out.add(Answer.done(new Appended(Long.parseLong(one.head()), "")));
        }
        return Answer.done(new Appended.Each(out));
    }

    private static Answer<Appended> put(
            Gathering gathering, Request.Put put, List<String> files, Content.Divided text) {
        return gathering.put(List.of(new Gathering.Small(put, files, text))).getFirst();
    }

    private static long number(Answer<Appended> answer) {
        return answer instanceof Answer.Done<Appended> d ? d.value().before() : -1;
    }

    @Test
    void whoComesWhileRequestsAreUnderWayGoesWithOthersAndHearsOfItsOwn() throws Exception {
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(4);
        Gathering gathering =
                new Gathering((request, content) -> {
                    Batch batch = (Batch) request;
                    asked.add(batch);
                    begun.countDown();
                    try {
                        assertTrue(first.await(120, TimeUnit.SECONDS));
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                    return answered(batch);
                });
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Answer<Appended>>> all = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                String name = "lane" + i;
                Content.Divided text = text(Integer.toString(i));
                all.add(threads.submit(() -> put(gathering, box(name), List.of(), text)));
            }
            assertTrue(begun.await(120, TimeUnit.SECONDS));
            for (int i = 4; i < 34; i++) {
                // Of lane0's mailbox a request is under way already.
                String name = "lane0";
                Content.Divided text = text(Integer.toString(i));
                all.add(threads.submit(() -> put(gathering, box(name), List.of(), text)));
            }
            Until.seen("30 wait", () -> gathering.waiting() >= 30);
            assertEquals(4, asked.size());
            first.countDown();
            for (int i = 0; i < all.size(); i++) {
                assertEquals(i, number(all.get(i).get(120, TimeUnit.SECONDS)));
            }
        }
        // 24 files of a Maildir at most in one request.
        assertEquals(6, asked.size());
        assertEquals(0, gathering.waiting());
    }

    /// Else each would wait for the mailbox's lock in the helper.
    @Test
    void ofOneMailboxOneRequestIsUnderWayAtATime() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        Gathering gathering =
                new Gathering((request, content) -> {
                    asked.add((Batch) request);
                    try {
                        assertTrue(end.await(120, TimeUnit.SECONDS));
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                    return answered((Batch) request);
                });
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Answer<Appended>>> all = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                Content.Divided text = text(Integer.toString(i));
                all.add(threads.submit(() -> put(gathering, box("one"), List.of(), text)));
                int before = i;
                Until.seen("it came", () -> asked.size() + gathering.waiting() > before);
            }
            assertEquals(1, asked.size());
            end.countDown();
            for (int i = 0; i < all.size(); i++) {
                assertEquals(i, number(all.get(i).get(120, TimeUnit.SECONDS)));
            }
        }
        assertEquals(2, asked.size());
    }

    @Test
    void whoHasAFaultInTheRequestOfOthersIsNotToldThatItWasDone() throws Exception {
        List<String> faults = Collections.synchronizedList(new ArrayList<>(List.of("bug", "gone")));
        Gathering gathering =
                new Gathering((request, content) -> {
                    if (faults.isEmpty()) {
                        return answered((Batch) request);
                    }
                    if (faults.removeFirst().equals("bug")) {
                        throw new IllegalStateException("bug");
                    }
                    return Answer.refused(new Trouble(Kind.UNAVAILABLE, 0, "gone"));
                });
        try {
            put(gathering, box("a"), List.of(), text("1"));
            throw new AssertionError("no fault");
        } catch (IllegalStateException e) {
            assertEquals("bug", e.getMessage());
        }
        Answer<Appended> gone = put(gathering, box("a"), List.of(), text("2"));
        assertTrue(gone instanceof Answer.Refused<Appended> r && r.trouble().text().equals("gone"));
        assertEquals(3, number(put(gathering, box("a"), List.of(), text("3"))));
    }

    /// A request that hangs for long does not hold up what others ask for.
    @Test
    void slowRequestsDoNotHoldUpTheOthers() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        Gathering gathering =
                new Gathering((request, content) -> {
                    Batch batch = (Batch) request;
                    if (batch.all().getFirst().put().path().startsWith("slow")) {
                        try {
                            assertTrue(end.await(120, TimeUnit.SECONDS));
                        } catch (InterruptedException e) {
                            throw new AssertionError(e);
                        }
                    }
                    return answered(batch);
                });
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Answer<Appended>>> slow = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                String name = "slow" + i;
                slow.add(threads.submit(() -> put(gathering, box(name), List.of(), text("1"))));
            }
            assertEquals(
                    7,
                    number(
                            threads.submit(() -> put(gathering, box("b"), List.of(), text("7")))
                                    .get(120, TimeUnit.SECONDS)));
            end.countDown();
            for (Future<Answer<Appended>> each : slow) {
                assertEquals(1, number(each.get(120, TimeUnit.SECONDS)));
            }
        }
    }

    /// Many who put many at once hear of all of theirs: nobody waits for a request that nobody
    /// leads.
    @Test
    void whoPutsManyAtOnceHearsOfEachInItsOrder() throws Exception {
        Set<String> underWay = ConcurrentHashMap.newKeySet();
        Gathering gathering =
                new Gathering((request, content) -> {
                    Batch batch = (Batch) request;
                    Set<String> places =
                            batch.all().stream()
                                    .map(one -> one.put().path())
                                    .collect(Collectors.toSet());
                    assertTrue(places.stream().allMatch(underWay::add), "of one mailbox two");
                    Thread.yield();
                    places.forEach(underWay::remove);
                    return answered(batch);
                });
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int seed = 0; seed < 16; seed++) {
                Random random = new Random(seed);
                all.add(
                        threads.submit(() -> {
                            for (int round = 0; round < 200; round++) {
                                int many = random.nextInt(60);
                                List<Gathering.Small> some = new ArrayList<>();
                                List<Long> wanted = new ArrayList<>();
                                for (int i = 0; i < many; i++) {
                                    long number = random.nextInt(1_000_000);
                                    wanted.add(number);
                                    some.add(
                                            new Gathering.Small(
                                                    box("box" + random.nextInt(40)),
                                                    List.of(),
                                                    text(Long.toString(number))));
                                }
                                List<Answer<Appended>> got = gathering.put(some);
                                assertEquals(
                                        wanted, got.stream().map(GatheringTest::number).toList());
                            }
                        }));
            }
            for (Future<?> each : all) {
                each.get(120, TimeUnit.SECONDS);
            }
        }
        assertEquals(0, gathering.waiting());
    }

    /// Whoever leads a request that hangs is not given another one, in which others wait.
    @Test
    void whoWaitsForASlowRequestDoesNotLeadOthersMessages() throws Exception {
        CountDownLatch begun = new CountDownLatch(5);
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch lanes = new CountDownLatch(1);
        Gathering gathering =
                new Gathering((request, content) -> {
                    Batch batch = (Batch) request;
                    String path = batch.all().getFirst().put().path();
                    begun.countDown();
                    try {
                        if (path.equals("slow")) {
                            assertTrue(end.await(120, TimeUnit.SECONDS));
                        } else if (path.startsWith("lane")) {
                            assertTrue(lanes.await(120, TimeUnit.SECONDS));
                        }
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                    return answered(batch);
                });
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Gathering.Small> many = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                String name = i < 24 ? "slow" : "other";
                many.add(new Gathering.Small(box(name), List.of(), text(Integer.toString(i))));
            }
            Future<List<Answer<Appended>>> slow = threads.submit(() -> gathering.put(many));
            Until.seen("6 wait", () -> gathering.waiting() == 6);
            List<Future<Answer<Appended>>> busy = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                String name = "lane" + i;
                busy.add(threads.submit(() -> put(gathering, box(name), List.of(), text("100"))));
            }
            assertTrue(begun.await(120, TimeUnit.SECONDS));
            Future<Answer<Appended>> mine =
                    threads.submit(() -> put(gathering, box("other"), List.of(), text("200")));
            lanes.countDown();
            assertEquals(200, number(mine.get(120, TimeUnit.SECONDS)));
            end.countDown();
            assertEquals(29, number(slow.get(120, TimeUnit.SECONDS).getLast()));
            for (Future<Answer<Appended>> each : busy) {
                assertEquals(100, number(each.get(120, TimeUnit.SECONDS)));
            }
        }
    }
}
