package org.postrider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.postrider.config.Catalogue;
import org.postrider.config.Param;
import org.postrider.config.names.OwnNames;
import org.postrider.smtp.Twin;

/// What the rooms declare agrees with Postfix's own list; docs/parameters.md is made of it
/// (`target/parameters.md`, to be copied).
class ParametersTest {
    /// Postfix computes these; our declarations hold what stands in where that fails.
    private static final Set<String> COMPUTED = Set.of("myhostname", "mydomain", "mynetworks");

    private record Declared(String room, Param<?> param) {}

    private static List<Declared> declared() throws Exception {
        List<Declared> out = new ArrayList<>();
        for (String name : House.classes().keySet()) {
            if (name.endsWith("Params")) {
                for (Field f : Class.forName(name.replace('/', '.')).getDeclaredFields()) {
                    if (!Modifier.isStatic(f.getModifiers())) {
                        continue;
                    }
                    f.setAccessible(true);
                    String room = name.split("/")[2];
                    switch (f.get(null)) {
                        case Param<?> param -> out.add(new Declared(room, param));
                        case Twin<?> twin -> {
                            out.add(new Declared(room, twin.smtp()));
                            out.add(new Declared(room, twin.lmtp()));
                        }
                        case null, default -> {}
                    }
                }
            }
        }
        assertTrue(out.size() > 150, "only " + out.size() + " parameters seen");
        return out;
    }

    @Test
    void everyNameIsPostfixsOrMarkedAsOurs() throws Exception {
        Catalogue catalogue = Catalogue.load();
        Set<String> wrong = new TreeSet<>();
        for (Declared d : declared()) {
            String name = d.param().name();
            if (catalogue.known(name) == null && !OwnNames.contains(name)) {
                wrong.add(d.room() + ": " + name);
            }
        }
        assertEquals(Set.of(), wrong);
    }

    @Test
    void everyDefaultIsPostfixs() throws Exception {
        Catalogue catalogue = Catalogue.load();
        Set<String> wrong = new TreeSet<>();
        for (Declared d : declared()) {
            Param<?> p = d.param();
            Catalogue.Known known = catalogue.known(p.name());
            if (known != null
                    && !COMPUTED.contains(p.name())
                    && !words(known.defaultText()).equals(words(p.defaultText()))) {
                wrong.add(
                        d.room()
                                + ": "
                                + p.name()
                                + ": "
                                + p.defaultText()
                                + " instead of "
                                + known.defaultText());
            }
        }
        assertEquals(Set.of(), wrong);
    }

    private static String words(String text) {
        return text.strip().replaceAll("[\\s,]+", " ");
    }

    @Test
    void everyParameterIsExplained() throws Exception {
        Map<String, List<Declared>> byName = new TreeMap<>();
        for (Declared d : declared()) {
            assertFalse(d.param().doc().isBlank(), d.param().name());
            byName.computeIfAbsent(d.param().name(), _ -> new ArrayList<>()).add(d);
        }
        String page = page(byName);
        Files.writeString(Path.of("target/parameters.md"), page);
        assertEquals(
                page,
                Files.readString(Path.of("docs/parameters.md")),
                "cp target/parameters.md docs/");
    }

    /// A second declaration is a second text and a second default, of which one is forgotten.
    @Test
    void everyParameterIsDeclaredOnce() throws Exception {
        Map<String, Integer> times = new TreeMap<>();
        declared().forEach(d -> times.merge("parameters/" + d.param().name(), 1, Integer::sum));
        assertEquals(Set.of(), House.wrong("declared", times, 1));
    }

    @Test
    void whatTheMachineSaysHasNoOtherDefault() throws Exception {
        String page = Files.readString(Path.of("docs/parameters.md"));
        for (String name : COMPUTED) {
            int at = page.indexOf("\n## " + name + "\n");
            String paragraph = page.substring(at, page.indexOf("\n## ", at + 1));
            assertTrue(paragraph.contains("Default: what the machine says."), paragraph);
        }
    }

    /// In docs/parameters.md each paragraph stands alone: whole sentences, no word of the one
    /// above.
    @Test
    void everyParagraphIsWholeSentences() throws Exception {
        Map<String, Integer> bad = new TreeMap<>();
        for (Declared d : declared()) {
            bad.merge(
                    "parameters/" + d.param().name(),
                    standsAlone(d.param().doc()) ? 0 : 1,
                    Integer::sum);
        }
        assertEquals(Set.of(), House.wrong("paragraph", bad, 0));
    }

    private static boolean standsAlone(String doc) {
        return doc.matches("(?s)(?!Its |It |They |These |Theirs )[A-Z`0-9].*[.]")
                && !doc.matches("(?is).*(see above|as above|see below|the same|likewise|ditto).*");
    }

    @Test
    void aParagraphThatLeansOnAnotherIsSeen() {
        assertTrue(standsAlone("How long a client may be silent."));
        assertFalse(standsAlone("how long a client may be silent."));
        assertFalse(standsAlone("How long a client may be silent"));
        assertFalse(standsAlone("See above."));
        assertFalse(standsAlone("Its reply code."));
        assertFalse(standsAlone("The same for TLS."));
    }

    /// One that Postfix computes has no text that would be true of every machine.
    private static String defaulted(Param<?> p) {
        if (COMPUTED.contains(p.name())) {
            return "what the machine says";
        }
        return p.defaultText().isEmpty() ? "empty" : "`" + p.defaultText() + "`";
    }

    private static String page(Map<String, List<Declared>> byName) {
        StringBuilder out = new StringBuilder();
        out.append(
                """
                # Parameters that Postrider honours

                Made from the declarations in the rooms (`ParametersTest` writes
                `target/parameters.md`). Names and defaults are Postfix 3.12's; names that begin
                with `postrider_` and those of smtpd_..._rate_limit are ours. Every other Postfix parameter is read and shown by
                `postconf`; what becomes of mail where it is set stands in not-honoured.md.
                A few are read without a declaration (`mail_version`, `mail_name` …).
                """);
        byName.forEach((name, all) -> {
            Param<?> p = all.getFirst().param();
            Set<String> rooms = new TreeSet<>();
            all.forEach(d -> rooms.add(d.room()));
            out.append("\n## ").append(name).append("\n\n").append(p.doc());
            out.append("\n\nDefault: ");
            out.append(defaulted(p));
            if (p.lowest() != 0 || p.highest() != 0) {
                out.append(", from ").append(p.lowest());
                out.append(p.highest() == 0 ? "" : " to " + p.highest());
            }
            out.append(". Read by ").append(String.join(", ", rooms)).append(".\n");
        });
        return out.toString();
    }
}
