package org.postrider.master;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.postrider.Ports;
import org.postrider.config.Hold;
import org.postrider.config.Honoured;
import org.postrider.config.Honoured.Kind;
import org.postrider.config.Honoured.Verdict;
import org.postrider.maps.TableTypes;
import org.postrider.smtp.Protocol;

/// No mail passes for what is configured and not honoured: it waits, or is told to come again.
class HeldMailTest extends HonouredNames {
    /// What acts by a restriction.
    private static final Set<Hold> RESTRICTIONS = EnumSet.of(Hold.VERIFICATION);

    /// Each restriction that is not built: in a list, in a class, as a table's result.
    @Test
    void noMailPassesARestrictionThatIsNotBuilt() throws Exception {
        List<String> names = new ArrayList<>();
        LIST.entries(Kind.RESTRICTION)
                .values()
                .forEach(e -> {
                    if (e.verdict() instanceof Verdict.Holding h) {
                        assertTrue(RESTRICTIONS.contains(h.hold()), e.name());
                        names.add(e.name());
                    }
                });
        try (Trial trial = new Trial(temp.resolve("restrictions"), 1)) {
            List<String> main = new ArrayList<>();
            StringBuilder table = new StringBuilder();
            main.add(
                    "smtpd_restriction_classes = "
                            + String.join(", ", names.stream().map(n -> "class_" + n).toList()));
            for (String name : names) {
                main.add("class_" + name + " = " + name + " " + argument(name));
                table.append(
                        "{class."
                                + name
                                + "@client.example = class_"
                                + name
                                + "}, {table."
                                + name
                                + "@client.example = "
                                + name
                                + " "
                                + argument(name).replace(":", "")
                                + "}, ");
            }
            main.add(
                    "smtpd_recipient_restrictions = check_sender_access inline:{"
                            + table
                            + "{x=y}}, permit_mynetworks, reject");
            trial.write(main, List.of());
            List<String> checked = Server.check(trial.conf);
            trial.start();
            List<String> started = warnings(trial.said());
            for (String name : names) {
                for (List<String> said : List.of(checked, started)) {
                    assertEquals(
                            1,
                            said.stream().filter(l -> word(l, name) && l.contains(HELD)).count(),
                            name + "\n" + String.join("\n", said));
                }
                for (String way : List.of("class.", "table.")) {
                    String reply = trial.mail(way + name + "@client.example", "b@there.example");
                    assertEquals("451 4.3.5 Server configuration error", reply, way + name);
                    String wanted = ": restriction " + name + " is not built";
                    assertTrue(
                            trial.said().stream()
                                    .anyMatch(l -> l.contains(", line ") && l.endsWith(wanted)),
                            way + name);
                }
            }
            for (String name : names) {
                trial.write(
                        List.of(
                                "smtpd_recipient_restrictions = "
                                        + name
                                        + " "
                                        + argument(name)
                                        + ", permit_mynetworks, reject"),
                        List.of());
                trial.reload();
                trial.said();
                assertEquals(
                        "451 4.3.5 Server configuration error",
                        trial.mail("a@client.example", "b@there.example"),
                        name);
                String wanted =
                        trial.conf.resolve("main.cf")
                                + ", line 14: restriction "
                                + name
                                + " is not built";
                assertTrue(trial.said().stream().anyMatch(l -> l.endsWith(wanted)), wanted);
            }
        }
        System.out.println(
                "not built: " + names.size() + " restrictions refuse, in three ways each");
    }

    /// Each setting that a receiving service cannot keep, alone.
    @Test
    void noMailIsTakenWhereAReceivingServiceCannotKeepASetting() throws Exception {
        int count = 0;
        try (Trial trial = new Trial(temp.resolve("receiving"), 1)) {
            trial.write(List.of(), List.of());
            trial.start();
            for (Honoured.Entry e : parameters(Hold.RECEIVING)) {
                trial.write(List.of(e.name() + " = " + value(e.name())), List.of());
                trial.reload();
                trial.said();
                assertEquals(
                        "451 4.3.5 Server configuration error",
                        trial.mail("a@client.example", "b@there.example"),
                        e.name());
                assertTrue(
                        trial.said().stream()
                                .anyMatch(l ->
                                        l.contains(e.name() + " is configured and not honoured")),
                        e.name());
                count++;
            }
            trial.submit("a@client.example", "b@there.example");
            for (Honoured.Entry e : parameters(Hold.RECEIVING)) {
                if (!((Verdict.Holding) e.verdict()).with().isEmpty()) {
                    continue;
                }
                trial.write(List.of(e.name() + " = " + value(e.name())), List.of());
                trial.reload();
                trial.awaited(
                        e.name() + " by pickup",
                        l ->
                                l.contains("/pickup[") || l.contains("/cleanup[")
                                        ? l.contains(e.name() + " is configured and not honoured")
                                        : false);
                assertEquals(1, trial.inMaildrop(), e.name());
                count++;
            }
        }
        System.out.println("receiving: " + count + " settings hold mail");
    }

    /// Each setting that the SMTP or LMTP client cannot keep, alone.
    @Test
    void noMailLeavesWhereTheClientCannotKeepASetting() throws Exception {
        int count = 0;
        try (NextHop hop = new NextHop();
                Trial trial = new Trial(temp.resolve("delivery"), hop.port())) {
            trial.write(List.of(), List.of());
            trial.start();
            List<Honoured.Entry> all = new ArrayList<>();
            for (Protocol each : Protocol.values()) {
                all.addAll(parameters(each.delivery()));
                all.addAll(parameters(each.tls()));
            }
            String routes =
                    "transport_maps = inline:{lmtp.example=lmtp:inet:127.0.0.1:" + hop.port() + "}";
            List<String> services = List.of("lmtp unix - - n - - lmtp");
            for (Honoured.Entry e : all) {
                if (!((Verdict.Holding) e.verdict()).with().isEmpty()) {
                    continue;
                }
                trial.write(List.of(routes, e.name() + " = " + value(e.name())), services);
                trial.reload();
                String to = e.name() + "@" + e.name().substring(0, 4) + ".example";
                assertTrue(trial.mail("a@client.example", to).startsWith("250"), e.name());
                String line =
                        trial.awaited(
                                e.name(), l -> l.contains("to=<" + to) && l.contains("status="));
                assertTrue(
                        line.contains("dsn=4.3.0, status=deferred (" + e.name() + " is configured"),
                        line);
                count++;
            }
            nothingLeft(hop);
        }
        System.out.println("delivery: " + count + " settings hold mail");
    }

    @Test
    void noMailPassesAMilterThatIsNotThere() throws Exception {
        try (NextHop hop = new NextHop();
                Trial trial = new Trial(temp.resolve("filters"), hop.port())) {
            trial.write(List.of(), List.of());
            trial.start();
            String set = "smtpd_milters = inet:127.0.0.1:1";
            trial.write(List.of(set), List.of());
            trial.reload();
            String reply = trial.mail("a@client.example", "b@there.example");
            assertTrue(reply.startsWith("4"), set + ": " + reply);
            List<String> line = new ArrayList<>(Trial.LINES);
            line.set(0, line.getFirst() + " -o smtpd_milters=inet:127.0.0.1:1");
            trial.write(List.of(), line, List.of());
            trial.reload();
            reply = trial.mail("a@client.example", "b@there.example");
            assertTrue(reply.startsWith("4"), "-o " + set + ": " + reply);
            trial.write(List.of("non_smtpd_milters = inet:127.0.0.1:1"), List.of());
            trial.submit("a@client.example", "b@there.example");
            trial.reload();
            trial.awaited("non_smtpd_milters", l -> l.contains("milter-reject: "));
            assertEquals(1, trial.inMaildrop());
            nothingLeft(hop);
            trial.write(List.of(), List.of());
            trial.reload();
            assertNotNull(hop.next(), "it goes when the setting has gone");
            nothingLeft(hop);
        }
    }

    @Test
    void mailForAnAgentThatIsNotBuiltWaits() throws Exception {
        try (NextHop hop = new NextHop();
                Trial trial = new Trial(temp.resolve("agents"), hop.port())) {
            List<String> services = new ArrayList<>();
            StringBuilder routes = new StringBuilder();
            List<String> agents = List.of("qmqpd");
            for (String agent : agents) {
                services.add(agent + " unix - n n - - " + agent);
                routes.append("{" + agent + ".example = " + agent + ":}, ");
            }
            trial.write(
                    List.of("transport_maps = inline:{" + routes + "{x.invalid=smtp:}}"), services);
            List<String> checked = Server.check(trial.conf);
            trial.start();
            for (String agent : agents) {
                assertEquals(1, checked.stream().filter(l -> word(l, agent)).count(), agent);
                String to = "a@" + agent + ".example";
                assertTrue(trial.mail("a@client.example", to).startsWith("250"));
                String line =
                        trial.awaited(agent, l -> l.contains("to=<" + to) && l.contains("status="));
                assertTrue(line.contains("status=deferred (delivery agent " + agent), line);
            }
            nothingLeft(hop);
        }
    }

    @Test
    void nobodyIsServedByAListenerThatIsNotBuilt() throws Exception {
        for (String program : List.of("qmqpd")) {
            int port = Ports.free();
            try (Trial trial = new Trial(temp.resolve(program), 1)) {
                trial.write(List.of(), List.of("127.0.0.1:" + port + " inet n - n - - " + program));
                List<String> checked = Server.check(trial.conf);
                assertEquals(
                        1,
                        checked.stream()
                                .filter(l ->
                                        l.contains("(" + program + ")")
                                                && l.contains("master.cf, line 14"))
                                .count(),
                        String.join("\n", checked));
                trial.start();
                assertThrows(
                        ConnectException.class,
                        () -> new Socket(InetAddress.getLoopbackAddress(), port).close());
            }
        }
    }

    @Test
    void aTypeOfTableThatIsNotBuiltIsNamedAndHoldsMail() throws Exception {
        Set<String> honoured = new TreeSet<>();
        List<String> held = new ArrayList<>();
        LIST.entries(Kind.TABLE)
                .values()
                .forEach(e -> {
                    if (e.verdict() instanceof Verdict.Honours) {
                        honoured.add(e.name());
                    } else {
                        held.add(e.name());
                    }
                });
        assertEquals(new TreeSet<>(TableTypes.names()), honoured);
        try (NextHop hop = new NextHop();
                Trial trial = new Trial(temp.resolve("tables"), hop.port())) {
            trial.write(List.of(), List.of());
            trial.start();
            for (String type : held) {
                for (String main :
                        List.of(
                                "canonical_maps = " + type + ":x",
                                "smtpd_sender_restrictions = check_sender_access " + type + ":x",
                                "transport_maps = " + type + ":x",
                                "relocated_maps = proxy:" + type + ":x")) {
                    trial.write(List.of(main), List.of());
                    List<String> checked = Server.check(trial.conf);
                    assertTrue(
                            checked.stream()
                                    .anyMatch(l ->
                                            l.contains("main.cf, line 14: ")
                                                    && l.contains("table type " + type)),
                            main + "\n" + checked);
                    trial.reload();
                    String reply = trial.mail("a@client.example", "b@there.example");
                    if (reply.startsWith("250")) {
                        trial.awaited(
                                main,
                                l ->
                                        l.contains(reply.replaceAll(".* ", "") + ": to=")
                                                && l.contains("status=deferred"));
                    } else {
                        assertTrue(reply.startsWith("4"), main + ": " + reply);
                    }
                }
            }
            nothingLeft(hop);
        }
    }
}
