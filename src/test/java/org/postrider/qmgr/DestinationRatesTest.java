package org.postrider.qmgr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.config.ConfigException;
import org.postrider.delivery.Agent;
import org.postrider.delivery.Outcome;
import org.postrider.dsn.Status;
import org.postrider.maps.TableDirectory;
import org.postrider.qmgr.rate.DestinationRate;
import org.postrider.qmgr.rate.RateTables;
import org.postrider.time.Clock;

/// Limits of destinations as main.cf has them, and what becomes of mail over them.
class DestinationRatesTest {
    private static final Outcome SENT =
            new Outcome.Sent(Outcome.Detail.local(new Status(2, 0, 0), "h[1]:25", "250 ok"), true);

    @TempDir Path directory = Path.of("");
    private @Nullable House house;
    private final List<String> delivered = Collections.synchronizedList(new ArrayList<>());

    @AfterEach
    void close() {
        House open = house;
        if (open != null) {
            open.close();
        }
    }

    private House house(String mainCf) {
        House made = House.open(directory, mainCf);
        house = made;
        return made;
    }

    private House started(String mainCf) {
        Agent agent =
                (request, report) -> {
                    delivered.add(request.nexthop() + " " + request.recipients().size());
                    for (int r : request.recipients()) {
                        report.outcome(r, SENT);
                    }
                    return null;
                };
        return house(mainCf).agent("smtp", agent).agent("relay", agent).start();
    }

    private RateTables tables(String mainCf) {
        House h = house(mainCf);
        RateTables made =
                RateTables.of(h.settings, "smtp", new TableDirectory(Clock.system(), "hash"));
        return java.util.Objects.requireNonNull(made);
    }

    private static String known(RateTables tables, String nexthop) {
        return said(tables.known(nexthop, 0).rates());
    }

    private static String said(List<DestinationRate> rates) {
        List<String> out = new ArrayList<>();
        rates.forEach(r -> out.add(r.name() + " " + r.text()));
        return String.join("; ", out);
    }

    @Test
    void aNextHopIsLookedUpWholeThenByItsDomainAndItsParents() {
        RateTables t =
                tables(
                        """
                        smtp_destination_rate_limit = 7/s
                        smtp_destination_rate_limit_maps = inline:{
                          { [mx.one.example]:587 = 1/s }
                          { one.example = 2/s, 600/m recipients }
                          { .two.example = 3/90s 5000/h 20000/d }
                          { free.two.example = none } }
                        """);
        assertEquals("[mx.one.example]:587 1/s", known(t, "[MX.one.example]:587"));
        assertEquals("[one.example] 2/s, 600/m recipients", known(t, "[one.example]"));
        assertEquals("one.example:2525 2/s, 600/m recipients", known(t, "one.example:2525"));
        assertEquals("a.b.two.example 3/90s, 5000/h, 20000/d", known(t, "a.b.two.example"));
        assertEquals("two.example 7/s", known(t, "two.example"));
        assertEquals("", known(t, "free.two.example"));
        assertEquals("mx.one.example 7/s", known(t, "mx.one.example"));
    }

    @Test
    void aGroupIsFoundByDomainOrByMxHostAndRemembered() {
        RateTables t =
                tables(
                        """
                        smtp_destination_rate_limit_maps = inline:{
                          { microsoft = 30/s } { own.example = 1/s } }
                        smtp_destination_rate_group_maps = inline:{
                          { .mail.protection.outlook.example = Microsoft }
                          { hotmail.example = microsoft } { other.example = nolimits } }
                        """);
        assertEquals("microsoft 30/s", known(t, "hotmail.example"));
        assertEquals("", known(t, "other.example"));
        assertEquals(false, t.known("hotmail.example", 0).toGroup());
        assertEquals(true, t.known("own.example", 0).toGroup());
        assertEquals(false, t.known("[own.example]", 0).toGroup(), "a host has no MX hosts");
        int[] asked = new int[1];
        House.NoNames dns =
                new House.NoNames() {
                    @Override
                    public Answer<Mx> mx(String domain) {
                        asked[0]++;
                        return switch (domain) {
                            case "own.example" ->
                                    new Answer.Found<>(
                                            List.of(
                                                    new Mx(20, "mx.else.example"),
                                                    new Mx(
                                                            10,
                                                            "own-example.mail.protection.outlook.example")),
                                            Duration.ofMinutes(5));
                            case "late.example" -> new Answer.TryAgain<>("timed out");
                            default -> new Answer.NoData<>("none");
                        };
                    }
                };
        assertEquals("microsoft 30/s", said(t.group("own.example", dns, 0)));
        assertEquals("own.example 1/s; microsoft 30/s", known(t, "own.example"));
        assertEquals(false, t.known("own.example", 0).toGroup());
        assertEquals(true, t.known("own.example", 301_000_000_000L).toGroup(), "DNS said so long");
        assertEquals("", said(t.group("plain.example", dns, 0)));
        assertEquals(false, t.known("plain.example", 0).toGroup());
        RateTables.NoAnswer e =
                assertThrows(RateTables.NoAnswer.class, () -> t.group("late.example", dns, 0));
        assertEquals("rate group of late.example: timed out", e.getMessage());
        assertEquals(3, asked[0]);
    }

    @Test
    void whatIsNoLimitIsNamedWithItsPlace() {
        House h =
                house(
                        "default_destination_rate_limit = 5/s\nsmtp_destination_rate_limit = 10/s"
                                + " reject\n");
        ConfigException e =
                assertThrows(
                        ConfigException.class, () -> QmgrParams.checkRates(h.settings, "smtp"));
        assertEquals(
                directory.resolve("main.cf")
                        + ", line 2: bad parameter smtp_destination_rate_limit: bad rate limit:"
                        + " \"reject\": not messages, recipients",
                e.getMessage());
        QmgrParams.checkRates(h.settings, "relay");
    }

    @Test
    void mailOverALimitIsPutBackWithItsReasonAndItsTime() {
        House h = started("smtp_destination_rate_limit_maps = inline:{b.example=2/h}\n");
        for (int i = 0; i < 3; i++) {
            h.accept("s@a.example", "r@b.example");
        }
        h.accept("s@a.example", "r@c.example");
        h.accept("s@a.example", "r@relayed.example");
        h.await(() -> delivered.size() == 4 && h.count("status=deferred") == 1);
        h.await(() -> h.manager.activeMessages() == 0 && h.queue.nextDueMillis() < Long.MAX_VALUE);
        assertEquals(1, h.queue.size());
        assertEquals(
                1,
                h.count("dsn=4.3.2, status=deferred (rate limit of b.example: next look at "),
                String.join("\n", h.lines()));
        long wait = h.queue.nextDueMillis() - System.currentTimeMillis();
        assertTrue(wait > 1_700_000 && wait <= 3_660_000, "due in " + wait + " ms");
    }

    @Test
    void aLimitOfRecipientsPartsDeliveries() {
        House h = started("smtp_destination_rate_limit = 3/h recipients\n");
        h.accept("s@a.example", "r1@b.example", "r2@b.example", "r3@b.example", "r4@b.example");
        h.await(() -> delivered.size() == 1 && h.count("status=deferred") == 1);
        assertEquals(List.of("b.example 3"), delivered);
    }

    @Test
    void aTableThatCannotAnswerHoldsTheMail() {
        House h =
                started(
                        "smtp_destination_rate_limit_maps = inline:{{b.example = quick},"
                                + "{c.example = 5/s}}\n");
        h.accept("s@a.example", "r@b.example", "r@c.example");
        h.await(() -> delivered.size() == 1 && h.count("status=deferred") == 1);
        assertEquals(1, h.count("status=deferred (destination rate lookup failure)"));
        assertEquals(
                1,
                h.count(
                        "smtp_destination_rate_limit_maps: inline:{{b.example = quick},"
                                + "{c.example = 5/s}}: \"b.example\": bad rate limit: \"quick\""),
                String.join("\n", h.lines()));
    }

    @Test
    void aGroupIsAskedForBeforeTheFirstDelivery() {
        House h =
                house(
                        """
                        smtp_destination_rate_limit_maps = inline:{big=1/h}
                        smtp_destination_rate_group_maps = inline:{.big.example=big}
                        """);
        h.dns =
                new House.NoNames() {
                    @Override
                    public Answer<Mx> mx(String domain) {
                        return domain.equals("late.example")
                                ? new Answer.TryAgain<>("timed out")
                                : new Answer.Found<>(
                                        List.of(new Mx(10, "mx1.big.example")),
                                        Duration.ofMinutes(5));
                    }
                };
        Agent agent =
                (request, report) -> {
                    delivered.add(request.nexthop());
                    request.recipients().forEach(r -> report.outcome(r, SENT));
                    return null;
                };
        h.agent("smtp", agent).start();
        h.accept("s@a.example", "r@b.example", "r@c.example", "r@late.example");
        h.await(() -> delivered.size() == 1 && h.count("status=deferred") == 2);
        assertEquals(1, h.count("status=deferred (rate limit of big: next look at "));
        assertEquals(1, h.count("status=deferred (destination rate lookup failure)"));
        assertEquals(1, h.count("smtp to late.example: rate group of late.example: timed out"));
    }

    @Test
    void whyMailWasPutBackIsReadFromItsReason() {
        for (boolean sure : new boolean[] {true, false}) {
            Entry.PutBack why = new Entry.PutBack("[h.example]:587", sure);
            assertEquals(
                    why,
                    Entry.PutBack.of(
                            new org.postrider.queue.Mark.Reason(
                                    0,
                                    new Status(4, 3, 2),
                                    why.text("Sun Nov 29 14:05:10"),
                                    "none",
                                    null,
                                    null,
                                    "")));
        }
    }

    // ---- slowing by itself

    @Test
    void repliesOfProvidersThatAskForLessMailAreKnown() {
        RateTables t = tables("smtp_destination_slowdown = yes\n");
        for (String each :
                List.of(
                        "421 4.7.28 Gmail has detected an unusual rate of mail",
                        "450 4.7.28 Our system has detected an unusual rate",
                        "451 4.7.500 Server busy. Please try again later",
                        "452-4.7.650 The mail server has been temporarily rate limited",
                        "421 4.7.0 [TSS04] Messages temporarily deferred",
                        "451 [TSS04] deferred",
                        "454 Throttling failure: Maximum sending rate exceeded.",
                        "452 too many messages from you",
                        "421 Service not available")) {
            assertEquals(each, t.throttled(each));
        }
        assertEquals(
                "421 4.7.0 too busy",
                t.throttled(
                        "host mx.b.example[192.0.2.1] refused to talk to me: 421 4.7.0 too busy"));
        for (String each :
                List.of(
                        "450 4.7.1 <r@b.example>: Recipient address rejected: Greylisted",
                        "451 4.7.1 Greylisting in action",
                        "421 4.4.2 mx.b.example Error: timeout exceeded",
                        "450 4.2.0 mailbox busy",
                        "550 5.7.1 too many complaints",
                        "connect to mx.b.example[192.0.2.1]:25: Connection timed out")) {
            assertEquals(null, t.throttled(each), each);
        }
    }

    @Test
    void aTableSaysWhichRepliesSlow() throws java.io.IOException {
        Path replies = directory.resolve("replies");
        java.nio.file.Files.writeString(replies, "/^450 4.2.0 busy/ slow\n/^421 bye/ ignore\n");
        RateTables t =
                tables(
                        "smtp_destination_slowdown = yes\n"
                                + "smtp_destination_slowdown_reply_maps = regexp:"
                                + replies
                                + "\n");
        assertEquals("450 4.2.0 busy", t.throttled("450 4.2.0 busy"));
        assertEquals(null, t.throttled("421 bye"));
        assertEquals("421 ciao", t.throttled("421 ciao"));
    }

    @Test
    void nothingIsSlowedUnlessThatIsWanted() {
        RateTables t = tables("smtp_destination_rate_limit = 5/s\n");
        assertEquals(null, t.throttled("421 4.7.28 too many"));
    }

    @Test
    void aReplyThatAsksForLessSlowsItsDestinationAndIsSaid() {
        House h = house("smtp_destination_slowdown = yes\n");
        boolean[] asks = {true};
        Agent agent =
                (request, report) -> {
                    String reply = "452 4.7.650 slow down";
                    Outcome later =
                            new Outcome.Deferred(
                                    new Outcome.Detail(
                                            new Status(4, 7, 650),
                                            "h[1]:25",
                                            "host h[1] said: " + reply,
                                            "",
                                            "h",
                                            reply,
                                            1,
                                            0,
                                            0));
                    request.recipients().forEach(r -> report.outcome(r, asks[0] ? later : SENT));
                    return null;
                };
        h.agent("smtp", agent).start();
        h.accept("s@a.example", "r@b.example");
        h.await(() -> h.manager.slowed().size() == 1);
        assertEquals(
                Map.of("smtp:b.example", "slowed to 1/2: 452 4.7.650 slow down"),
                h.manager.slowed());
        // It is said right after that.
        h.await(() ->
                h.count("warning: smtp to b.example: slowed to 1/2: 452 4.7.650 slow down") == 1);
        assertEquals(false, h.manager.fullSpeed("c.example"));
        assertEquals(true, h.manager.fullSpeed("B.example"));
        h.await(() -> h.manager.slowed().isEmpty());
    }
}
