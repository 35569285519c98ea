package org.postrider.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.postrider.House;
import org.postrider.config.names.OwnNames;
import org.postrider.smtp.Twin;

/// What rooms declare is what Postfix 3.12 has, and the list of honoured names is true.
class DeclaredParametersTest {
    private static final Path OWN =
            Path.of("postrider/src/main/resources/org/postrider/config/own.tsv");

    /// Differences with their reason, one checked-in place.
    private static final List<String> DIFFERENT =
            // computed from the machine: HostFacts
            List.of("myhostname", "mydomain", "mynetworks");

    private static List<Param<?>> declared() throws IOException, ReflectiveOperationException {
        List<Param<?>> out = new ArrayList<>();
        for (String name : House.classes().keySet()) {
            if (name.endsWith("Params")) {
                for (Field f : Class.forName(name.replace('/', '.')).getFields()) {
                    if (Modifier.isStatic(f.getModifiers())) {
                        switch (f.get(null)) {
                            case Param<?> param -> out.add(param);
                            case Twin<?> twin -> out.addAll(List.of(twin.smtp(), twin.lmtp()));
                            case null, default -> {}
                        }
                    }
                }
            }
        }
        return out;
    }

    @Test
    void declaredNamesDefaultsAndBoundsArePostfixs()
            throws IOException, ReflectiveOperationException {
        Catalogue catalogue = Catalogue.load();
        List<String> wrong = new ArrayList<>();
        for (Param<?> p : declared()) {
            Catalogue.Known known = catalogue.known(p.name());
            if (known == null) {
                if (!OwnNames.contains(p.name())) {
                    wrong.add(p.name() + ": no such parameter");
                }
            } else if (!known.defaultText().equals(p.defaultText())
                    && !DIFFERENT.contains(p.name())) {
                wrong.add(
                        p.name()
                                + ": default "
                                + p.defaultText()
                                + ", Postfix "
                                + known.defaultText());
            }
        }
        assertEquals(List.of(), wrong);
    }

    /// What is declared and asked for nowhere does nothing, whatever the list of honoured names
    /// says.
    @Test
    void whatIsDeclaredIsRead() throws IOException {
        Pattern declaration =
                Pattern.compile(
                        "(?:Param|Twin)<[^;=]*>\\s+(\\w+)\\s*="
                                + "\\s*(?:Param|Twin)\\s*\\.\\w+\\(\\s*\"(\\w+)\"");
        StringBuilder params = new StringBuilder();
        StringBuilder others = new StringBuilder();
        List<Path> declaring = new ArrayList<>();
        for (Path p : House.sources()) {
            boolean declares = p.toString().endsWith("Params.java");
            (declares ? params : others).append(Files.readString(p)).append('\n');
            if (declares) {
                declaring.add(p);
            }
        }
        String elsewhere = others.toString();
        List<String> unread = new ArrayList<>();
        int count = 0;
        for (Path p : declaring) {
            String file = p.getFileName().toString();
            String room = file.substring(0, file.length() - ".java".length());
            Matcher each = declaration.matcher(Files.readString(p));
            while (each.find()) {
                String constant = room + "." + each.group(1);
                boolean read =
                        named(constant, elsewhere)
                                || elsewhere.contains("\"" + each.group(2) + "\"")
                                || params.indexOf("\"$" + each.group(2) + "\"") >= 0;
                if (!read) {
                    unread.add(each.group(2));
                }
                count++;
            }
        }
        assertTrue(count > 250, count + " declarations found");
        assertEquals(List.of(), unread);
    }

    /// A whole word of the text; without a pattern, which would take a minute for all of them.
    private static boolean named(String word, String text) {
        for (int at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
            int end = at + word.length();
            if (!Character.isJavaIdentifierPart(text.charAt(at - 1))
                    && !Character.isJavaIdentifierPart(text.charAt(end))) {
                return true;
            }
        }
        return false;
    }

    /// What `postconf` knows of the names that are ours.
    @Test
    void theListOfOurOwnNamesIsTrue() throws IOException, ReflectiveOperationException {
        Catalogue catalogue = Catalogue.load();
        TreeSet<String> lines = new TreeSet<>();
        for (Param<?> p : declared()) {
            if (catalogue.known(p.name()) == null) {
                String type = p.type().name().toLowerCase(java.util.Locale.ROOT);
                lines.add(
                        p.name()
                                + "\t"
                                + type
                                + "\t"
                                + p.lowest()
                                + "\t"
                                + p.highest()
                                + "\t"
                                + p.defaultText());
            }
        }
        String text = String.join("\n", lines) + "\n";
        if (System.getenv("RECORD") != null) {
            Files.writeString(OWN, text, StandardCharsets.ISO_8859_1);
        }
        assertEquals(
                text,
                Files.readString(OWN, StandardCharsets.ISO_8859_1),
                "run RECORD=1 bin/mvn25 test -Dtest=DeclaredParametersTest");
    }

    /// Each of Postfix's parameters has its line in the list, and what rooms declare is what they
    /// honour. A parameter that holds mail may be declared, too: by the room that holds it.
    @Test
    void theListOfHonouredNamesIsTrue() throws IOException, ReflectiveOperationException {
        List<String> wrong = new ArrayList<>();
        Honoured list = Honoured.list();
        TreeSet<String> declared = new TreeSet<>();
        StringBuilder defaults = new StringBuilder();
        for (Param<?> p : declared()) {
            declared.add(p.name());
            defaults.append(' ').append(p.defaultText()).append(' ');
        }
        String sources = sources();
        for (Catalogue.Known known : Catalogue.load().all()) {
            Honoured.Entry entry = list.entry(Honoured.Kind.PARAMETER, known.name());
            // Some are read by their name, without a declaration, or in another's default.
            boolean read =
                    declared.contains(known.name())
                            || sources.contains('"' + known.name() + '"')
                            || readInParts(known.name())
                            || defaults.indexOf("$" + known.name() + " ") >= 0;
            if (entry == null) {
                wrong.add(known.name() + ": no line in honoured.tsv");
            } else if (entry.verdict() instanceof Honoured.Verdict.Honours
                    && !read
                    && !composed(known.name())) {
                wrong.add(known.name() + ": honoured, and no room reads it");
            } else if (declared.contains(known.name()) && !mayBeDeclared(entry.verdict())) {
                wrong.add(
                        known.name()
                                + ": read by a room: say `honoured` in honoured.tsv, or that it"
                                + " holds mail there");
            }
        }
        for (String name : list.entries(Honoured.Kind.PARAMETER).keySet()) {
            if (Catalogue.load().known(name) == null) {
                wrong.add(name + ": not Postfix's");
            }
        }
        assertTrue(declared.size() > 50);
        assertEquals(List.of(), wrong);
    }

    /// Its beginning and its end are words of one source, which puts them together: `"smtp_" +
    /// name` for `"chunk_size"`.
    private static boolean composed(String name) throws IOException {
        for (Path p : House.sources()) {
            String source = Files.readString(p);
            for (int at = name.indexOf('_'); at > 0; at = name.indexOf('_', at + 1)) {
                if (source.contains('"' + name.substring(0, at + 1) + "\" +")
                        && source.contains('"' + name.substring(at + 1) + '"')) {
                    return true;
                }
            }
        }
        return false;
    }

    /// Honoured; or it holds mail by an act of its own, which reads it.
    private static boolean mayBeDeclared(Honoured.Verdict verdict) {
        return switch (verdict) {
            case Honoured.Verdict.Honours _ -> true;
            case Honoured.Verdict.Harmless _ -> false;
            case Honoured.Verdict.Holding h ->
                    switch (h.hold()) {
                        case CLIENT_TLS, LMTP_TLS -> true;
                        default -> false;
                    };
        };
    }

    /// One of a family that a file reads by the family's name and its own.
    private static boolean readInParts(String name) throws IOException {
        for (String family : List.of("postscreen_tls_", "tlsproxy_tls_")) {
            if (!name.startsWith(family)) {
                continue;
            }
            String own = '"' + name.substring(family.length()) + '"';
            for (Path p : House.sources()) {
                String text = Files.readString(p);
                if (text.contains('"' + family + '"') && text.contains(own)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static String sources() throws IOException {
        StringBuilder out = new StringBuilder();
        for (Path p : House.sources()) {
            out.append(Files.readString(p));
        }
        return out.toString();
    }
}
