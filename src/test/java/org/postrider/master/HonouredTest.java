package org.postrider.master;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.config.Catalogue;
import org.postrider.config.Hold;
import org.postrider.config.Honoured;
import org.postrider.config.Honoured.Kind;
import org.postrider.config.Honoured.Verdict;
import org.postrider.config.ServiceSettings;
import org.postrider.maps.TableTypes;
import org.postrider.smtp.Protocol;

/// Walks the list of all names of Postfix: what is configured and not honoured is named once with
/// its file and line by check, start and reload, and no mail passes for it.
class HonouredTest {
    @TempDir Path temp;

    private static final Honoured LIST = Programs.standard().honoured();

    /// Values that are not the default's, where the type alone does not give one.
    private static final Map<String, String> VALUES =
            Map.ofEntries(
                    Map.entry("smtp_tls_policy_maps", "inline:{{there.example=secure}}"),
                    Map.entry("smtpd_milters", "inet:127.0.0.1:1"),
                    Map.entry("non_smtpd_milters", "inet:127.0.0.1:1"),
                    Map.entry("smtpd_milter_maps", "static:inet:127.0.0.1:1"),
                    Map.entry("milter_protocol", "2"),
                    Map.entry("smtpd_proxy_filter", "127.0.0.1:1"),
                    Map.entry("smtpd_proxy_options", "speed_adjust"),
                    Map.entry("smtp_sasl_password_maps", "inline:{{[127.0.0.1]=u:p}}"),
                    Map.entry("smtp_sasl_type", "dovecot"),
                    Map.entry("smtp_sasl_security_options", "noanonymous"),
                    Map.entry("smtp_sasl_tls_security_options", "noplaintext"),
                    Map.entry("smtp_sasl_tls_verified_security_options", "noactive"),
                    Map.entry("respectful_logging", "no"),
                    Map.entry("postscreen_tls_always_issue_session_ids", "yes"),
                    Map.entry("postscreen_tls_enable_rpk", "no"),
                    Map.entry("postscreen_tls_trace_size_limit", "19"),
                    Map.entry("tlsproxy_tls_always_issue_session_ids", "yes"),
                    Map.entry("tlsproxy_tls_enable_rpk", "no"),
                    Map.entry("smtp_tls_security_level", "secure"),
                    Map.entry("lmtp_tls_security_level", "secure"),
                    Map.entry("local_login_sender_maps", "inline:{{root=root}}"));

    /// What acts by a restriction.
    private static final Set<Hold> RESTRICTIONS = EnumSet.of(Hold.VERIFICATION);

    private static final ServiceSettings DEFAULTS = ServiceSettings.none();

    private static String value(String name) {
        String chosen = VALUES.get(name);
        Catalogue.Known known = Catalogue.load().known(name);
        if (chosen != null || known == null) {
            return String.valueOf(chosen);
        }
        return switch (known.type()) {
            case "bool", "nbool" -> "yes".equals(DEFAULTS.text(name)) ? "no" : "yes";
            case "int", "nint", "long", "time" ->
                    known.defaultText().startsWith("17") ? "18" : "17";
            default -> "held-" + name.length() + "-" + name.hashCode();
        };
    }

    private static List<Honoured.Entry> parameters(Hold hold) {
        return LIST.holding(hold).stream().filter(e -> e.kind() == Kind.PARAMETER).toList();
    }

    /// What settings act with, and the rest of what makes them act.
    private static final class Companions {
        final List<String> main = new ArrayList<>();
        final List<String> services = new ArrayList<>();
        private final List<String> restrictions = new ArrayList<>();

        Companions(List<Honoured.Entry> entries) {
            Set<String> names = new TreeSet<>();
            Set<String> with = new TreeSet<>();
            for (Honoured.Entry e : entries) {
                names.add(e.name());
                with.add(((Verdict.Holding) e.verdict()).with());
            }
            with.remove("");
            for (String each : with) {
                if (LIST.entry(Kind.PROGRAM, each) != null) {
                    String type = each.equals("qmqpd") ? "inet" : "unix";
                    String name = type.equals("inet") ? "127.0.0.1:1" : each;
                    services.add(name + " " + type + " n - n - - " + each);
                } else if (LIST.entry(Kind.RESTRICTION, each) != null) {
                    restrictions.add(each + " inet:127.0.0.1:1");
                } else if (!names.contains(each)) {
                    main.add(each + " = " + value(each));
                }
            }
            if (!restrictions.isEmpty()) {
                main.add(
                        "smtpd_recipient_restrictions = "
                                + String.join(", ", restrictions)
                                + ", permit_mynetworks, reject");
            }
        }
    }

    /// The file and line at which each name has been written must stand in the one line that has
    /// the name.
    private static void named(
            String who, List<String> said, Path file, List<String> names, String phrase)
            throws IOException {
        List<String> written = Files.readAllLines(file);
        List<String> wrong = new ArrayList<>();
        for (String name : names) {
            Pattern word = Pattern.compile("(?<![\\w])" + Pattern.quote(name) + "(?![\\w])");
            List<String> with =
                    said.stream()
                            .filter(l -> l.contains(phrase) && word.matcher(l).find())
                            .toList();
            int line = 0;
            for (int i = 0; i < written.size(); i++) {
                if (Pattern.compile("(^|-o )" + Pattern.quote(name) + "\\s*=")
                        .matcher(written.get(i))
                        .find()) {
                    line = i + 1;
                }
            }
            if (with.size() != 1 || !lines(with.getFirst(), file).contains(line)) {
                wrong.add(name + " at line " + line + ": " + with);
            }
        }
        assertEquals(List.of(), wrong, who);
    }

    /// The numbers after `FILE, line(s)`.
    private static Set<Integer> lines(String text, Path file) {
        Set<Integer> out = new TreeSet<>();
        Matcher m =
                Pattern.compile(Pattern.quote(file.toString()) + ", lines? ([0-9, -]+)")
                        .matcher(text);
        while (m.find()) {
            for (String range : m.group(1).strip().split(", ")) {
                String[] ends = range.split("-");
                int from = Integer.parseInt(ends[0]);
                int to = Integer.parseInt(ends[ends.length - 1]);
                for (int i = from; i <= to; i++) {
                    out.add(i);
                }
            }
        }
        return out;
    }

    /// A message said twice, whatever its place.
    private static void nothingTwice(String who, List<String> said) {
        List<String> seen = new ArrayList<>();
        for (String line : said) {
            String text = line.replaceFirst("^.*?warning: ", "");
            assertTrue(!seen.contains(text), who + " says twice: " + text);
            seen.add(text);
        }
    }

    private static final String HELD = "accepted and not honoured by this version: ";
    private static final String HARMLESS = "accepted and without effect, which harms no mail: ";

    private static List<String> warnings(List<String> log) {
        return log.stream().filter(l -> l.contains("/master[") && l.contains("warning: ")).toList();
    }

    private void named(Trial trial, Path file, List<String> names, String phrase)
            throws IOException {
        List<String> checked = Server.check(trial.conf);
        named("check", checked, file, names, phrase);
        nothingTwice("check", checked);
        trial.start();
        List<String> started = warnings(trial.said());
        named("start", started, file, names, phrase);
        nothingTwice("start", started);
        trial.reload();
        List<String> reloaded = warnings(trial.said());
        assertEquals(
                started.stream().map(l -> l.replaceFirst("^.*?warning: ", "")).toList(),
                reloaded.stream().map(l -> l.replaceFirst("^.*?warning: ", "")).toList(),
                "a reload says what a start says");
    }

    @Test
    void whatHoldsMailIsNamedByCheckStartAndReload() throws Exception {
        int count = 0;
        for (Hold hold : Hold.values()) {
            List<Honoured.Entry> entries = parameters(hold);
            if (entries.isEmpty()) {
                continue;
            }
            List<String> names = entries.stream().map(Honoured.Entry::name).toList();
            count += names.size();
            Companions companions = new Companions(entries);
            List<String> main = new ArrayList<>(companions.main);
            names.forEach(name -> main.add(name + " = " + value(name)));
            try (Trial trial = new Trial(temp.resolve("main-" + hold), 1)) {
                trial.write(main, companions.services);
                named(trial, trial.conf.resolve("main.cf"), names, HELD);
            }
            try (Trial trial = new Trial(temp.resolve("master-" + hold), 1)) {
                StringBuilder line = new StringBuilder("trial unix - - n - - smtp");
                names.forEach(n -> line.append(" -o ").append(n).append('=').append(value(n)));
                List<String> services = new ArrayList<>(companions.services);
                services.add(line.toString());
                trial.write(companions.main, services);
                named(trial, trial.conf.resolve("master.cf"), names, HELD);
            }
        }
        System.out.println("not honoured, by main.cf and by -o: " + count + " parameters named");
        System.out.println("honoured, harmless, holding mail: " + LIST.counts());
    }

    @Test
    void whatHarmsNobodyIsNamedInOneLine() throws Exception {
        List<String> names = new ArrayList<>();
        List<String> main = new ArrayList<>();
        LIST.entries(Kind.PARAMETER)
                .values()
                .forEach(e -> {
                    if (e.verdict() instanceof Verdict.Harmless) {
                        names.add(e.name());
                        main.add(e.name() + " = " + value(e.name()));
                    }
                });
        try (NextHop hop = new NextHop();
                Trial trial = new Trial(temp.resolve("harmless"), hop.port())) {
            trial.write(main, List.of());
            named(trial, trial.conf.resolve("main.cf"), names, HARMLESS);
            assertTrue(trial.mail("a@client.example", "b@there.example").startsWith("250"));
            assertTrue(hop.next() != null, "harmless settings let mail through");
        }
    }

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

    private static boolean word(String line, String name) {
        return Pattern.compile("(?<!\\w)" + name + "(?!\\w)").matcher(line).find();
    }

    private static String argument(String name) {
        return name.startsWith("check_") && !name.equals("check_policy_service")
                ? "inline:{{a=b}}"
                : name.matches(".*(rbl|rhsbl|dnswl|rhswl|check_policy).*")
                        ? "inet:127.0.0.1:1"
                        : "";
    }

    /// No restriction, result or action that is said to be honoured is unknown to those who read
    /// it.
    @Test
    void whatIsHonouredIsKnown() throws Exception {
        StringBuilder table = new StringBuilder();
        List<String> senders = new ArrayList<>();
        for (String name : honoured(Kind.RESTRICTION)) {
            senders.add("restriction." + name + "@client.example");
            table.append(senders.getLast() + " " + name);
            table.append(name.equals("sleep") ? " 0" : "");
            table.append(name.endsWith("_access") ? " inline:{{a=b}}" : "");
            table.append(
                    name.matches(".*_(rhs|rbl|dnswl).*_client|reject_rbl|.*_rhsbl_.*")
                            ? " list.example"
                            : "");
            table.append('\n');
        }
        Map<String, String> results =
                Map.of(
                        "NUMBER", "1234",
                        "4NN", "450 later",
                        "5NN", "554 never",
                        "RESTRICTIONS", "permit_mynetworks, reject",
                        "BCC", "BCC c@there.example",
                        "REDIRECT", "REDIRECT c@there.example",
                        "FILTER", "FILTER discard:",
                        "PREPEND", "PREPEND X-A: b");
        for (String name : honoured(Kind.ACCESS)) {
            senders.add("result." + name + "@client.example");
            table.append(senders.getLast() + " " + results.getOrDefault(name, name) + "\n");
        }
        Map<String, String> actions =
                Map.of(
                        "BCC", "BCC c@there.example",
                        "REDIRECT", "REDIRECT c@there.example",
                        "FILTER", "FILTER discard:",
                        "PREPEND", "PREPEND X-A: b",
                        "REPLACE", "REPLACE Subject: other");
        StringBuilder checks = new StringBuilder();
        for (String name : honoured(Kind.CHECK)) {
            checks.append("/^Subject: act " + name + "$/ " + actions.getOrDefault(name, name));
            checks.append('\n');
        }
        try (NextHop hop = new NextHop();
                Trial trial = new Trial(temp.resolve("known"), hop.port())) {
            Path access = trial.conf.resolve("access");
            Path header = trial.conf.resolve("header");
            Files.writeString(access, table);
            Files.writeString(header, checks);
            trial.write(
                    List.of(
                            "header_checks = regexp:" + header,
                            "smtpd_recipient_restrictions = check_sender_access texthash:"
                                    + access
                                    + ", permit_mynetworks, reject"),
                    List.of());
            trial.start();
            for (String sender : senders) {
                trial.mail(sender, "b@there.example");
                known(sender, trial.said());
            }
            for (String name : honoured(Kind.CHECK)) {
                trial.mail("a@client.example", "b@there.example", "act " + name);
                known(name, trial.said());
            }
        }
    }

    private static void nothingLeft(NextHop hop) {
        NextHop.Mail left = hop.taken();
        while (left != null && left.from().contains("double-bounce@")) {
            // what the postmaster is told
            left = hop.taken();
        }
        assertNull(left, "nothing left");
    }

    private static List<String> honoured(Kind kind) {
        List<String> out = new ArrayList<>();
        for (Honoured.Entry e : LIST.entries(kind).values()) {
            if (e.verdict() instanceof Verdict.Honours) {
                out.add(e.name());
            }
        }
        return out;
    }

    private static void known(String name, List<String> said) {
        for (String line : said) {
            assertTrue(
                    !line.contains("unknown smtpd restriction")
                            && !line.contains("is not built")
                            && !line.contains("unknown command")
                            && !line.contains(" requires ")
                            && !line.contains("panic"),
                    name + ": " + line);
        }
    }

    /// A name that nobody knows, in each list: named before mail comes, refused when it does.
    @Test
    void anUnknownRestrictionIsCalledUnknownInEachList() throws Exception {
        try (Trial trial = new Trial(temp.resolve("unknown"), 1)) {
            trial.write(List.of(), List.of());
            trial.start();
            for (String list :
                    List.of(
                            "client",
                            "helo",
                            "sender",
                            "relay",
                            "recipient",
                            "data",
                            "end_of_data")) {
                String parameter = "smtpd_" + list + "_restrictions";
                trial.write(List.of(parameter + " = reject_evil, permit_mynetworks"), List.of());
                String wanted =
                        trial.conf.resolve("main.cf")
                                + ", line 14: unknown smtpd restriction: \"reject_evil\"";
                List<String> checked = Server.check(trial.conf);
                assertEquals(1, checked.stream().filter(l -> l.contains(wanted)).count(), wanted);
                trial.said();
                trial.reload();
                assertEquals(
                        1,
                        trial.said().stream().filter(l -> l.contains(wanted)).count(),
                        "reload: " + wanted);
                String reply = trial.mail("a@client.example", "b@there.example");
                assertTrue(reply.startsWith("451 4.3.5"), list + ": " + reply);
            }
            trial.write(
                    List.of(),
                    List.of("127.0.0.1:1 inet n - n - - smtpd -o smtpd_etrn_restrictions=evil"));
            assertTrue(
                    Server.check(trial.conf).stream()
                            .anyMatch(l ->
                                    l.contains(
                                            trial.conf.resolve("master.cf")
                                                    + ", line 14: unknown smtpd restriction:"
                                                    + " \"evil\"")));
        }
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
            int port;
            try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                port = free.getLocalPort();
            }
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
