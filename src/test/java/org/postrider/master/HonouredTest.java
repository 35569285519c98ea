package org.postrider.master;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.postrider.config.Hold;
import org.postrider.config.Honoured;
import org.postrider.config.Honoured.Kind;
import org.postrider.config.Honoured.Verdict;

/// Walks the list of all names of Postfix: what is configured and not honoured is named once with
/// its file and line by check, start and reload, and what is honoured is known.
class HonouredTest extends HonouredNames {
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

    private static final String HARMLESS = "accepted and without effect, which harms no mail: ";

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
}
