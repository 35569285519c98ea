package org.postrider.documents;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postrider.Needs;
import org.postrider.config.Catalogue;
import org.postrider.config.names.Deprecations;
import org.postrider.config.names.OwnNames;
import org.postrider.master.Program;
import org.postrider.master.Programs;

/// What `bin/documents` makes: nothing is missing, pages are well formed, links lead somewhere, and
/// every name in them is a name of the program.
class DocumentsTest {
    /// What builds and tests the program and is not installed, and what `postfix start` runs.
    private static final Set<String> OF_THE_BUILD =
            Set.of(
                    "build",
                    "jdk25",
                    "libraries",
                    "mvn25",
                    "test",
                    "documents",
                    "package",
                    "supervise");

    private static final Path LISTS = Path.of("postrider/src/main/resources/org/postrider/config");
    private static final Pattern NAME =
            Pattern.compile("(?<![\\w/.-])[a-z0-9]+(?:_[A-Za-z0-9]+)+(?![\\w(])");
    private static final Pattern README = Pattern.compile("\\b[A-Z0-9_]+_README\\b");
    private static final Pattern PAGE = Pattern.compile("(?<![\\w.-])([a-z0-9_-]+)\\(([158])\\)");
    private static final Pattern HREF = Pattern.compile("href=\"([^\"#]*)(?:#([^\"]*))?\"");

    @BeforeAll
    static void make() throws Exception {
        Made.make(Made.OUT);
    }

    private static Set<String> parameters() throws IOException {
        Set<String> all = new TreeSet<>();
        for (String list : List.of("parameters.tsv", "own.tsv")) {
            for (String line : Files.readAllLines(LISTS.resolve(list))) {
                all.add(line.substring(0, line.indexOf('\t')));
            }
        }
        assertTrue(all.size() > 990, "only " + all.size() + " parameters seen");
        return all;
    }

    @Test
    void everyParameterIsInPostconf5() throws IOException {
        String page = Files.readString(Made.OUT.resolve("man/man5/postconf.5"));
        String html = Files.readString(Made.OUT.resolve("html/postconf.5.html"));
        Set<String> missing = parameters();
        missing.removeIf(name ->
                page.replace("\\:", "").contains(".SS \"" + name + " (default: ")
                        && html.contains("<h3 id=\"" + name + "\">"));
        assertEquals(Set.of(), missing);
    }

    @Test
    void everyCommandAndEveryProgramHasAPage() throws IOException {
        Set<String> missing = new TreeSet<>();
        try (Stream<Path> commands = Files.list(Path.of("bin"))) {
            for (Path each : commands.toList()) {
                String name = each.getFileName().toString();
                if (!OF_THE_BUILD.contains(name)
                        && !Files.exists(Made.OUT.resolve("man/man1/" + name + ".1"))
                        && !Files.exists(Made.OUT.resolve("man/man8/" + name + ".8"))) {
                    missing.add("bin/" + name);
                }
            }
        }
        for (Program each : Programs.standard().all()) {
            if (!Files.exists(Made.OUT.resolve("man/man8/" + each.name() + ".8"))) {
                missing.add(each.name() + "(8)");
            }
        }
        assertEquals(Set.of(), missing);
    }

    /// `less STANDARD_CONFIGURATION_README` and `grep loopback *`, as administrators were taught.
    @Test
    void theNullClientIsFoundByGrep() throws IOException {
        Map<String, String> readme = Made.files(Made.OUT.resolve("readme"));
        List<String> found =
                readme.entrySet().stream()
                        .filter(e -> e.getValue().contains("inet_interfaces = loopback-only"))
                        .map(Map.Entry::getKey)
                        .toList();
        assertTrue(found.contains("STANDARD_CONFIGURATION_README"), found.toString());
    }

    @Test
    void everyReadmeThatADocumentNamesIsThere() throws IOException {
        Map<String, String> made = Made.files(Made.OUT.resolve("html"));
        Set<String> missing = new TreeSet<>();
        made.forEach((page, text) ->
                README.matcher(text)
                        .results()
                        .filter(name -> !made.containsKey(name.group() + ".html"))
                        .forEach(name -> missing.add(page + ": " + name.group())));
        assertEquals(Set.of(), missing);
    }

    @Test
    void everyManPageThatADocumentNamesIsThere() throws IOException {
        Map<String, String> made = Made.files(Made.OUT.resolve("html"));
        Set<String> missing = new TreeSet<>();
        Made.sources()
                .forEach((source, lines) ->
                        PAGE.matcher(String.join("\n", lines))
                                .results()
                                .filter(name ->
                                        !made.containsKey(
                                                name.group(1) + "." + name.group(2) + ".html"))
                                .forEach(name -> missing.add(source + ": " + name.group())));
        assertEquals(Set.of(), missing);
    }

    @Test
    void everyLinkLeadsSomewhere() throws IOException {
        Map<String, String> pages = Made.files(Made.OUT.resolve("html"));
        Set<String> wrong = new TreeSet<>();
        int links = 0;
        for (Map.Entry<String, String> page : pages.entrySet()) {
            Matcher link = HREF.matcher(page.getValue());
            while (link.find()) {
                String file = link.group(1).isEmpty() ? page.getKey() : link.group(1);
                if (!file.contains("://")) {
                    links++;
                    String target = pages.get(file);
                    if (target == null
                            || link.group(2) != null
                                    && !target.contains("id=\"" + link.group(2) + "\"")) {
                        wrong.add(page.getKey() + ": " + link.group());
                    }
                }
            }
        }
        assertEquals(Set.of(), wrong);
        assertTrue(links > 2000, "only " + links + " links");
    }

    /// A name with underscores in a document is a parameter, one of a transport's own, a
    /// restriction, or one of the words that stand in src/test/resources/documents/words.txt.
    @Test
    void everyNameInADocumentExists() throws IOException {
        Set<String> known = known();
        Set<String> wrong = new TreeSet<>();
        Made.sources()
                .forEach((source, lines) -> {
                    for (String word : unknown(lines, known)) {
                        wrong.add(source + ": " + word);
                    }
                });
        assertEquals(Set.of(), wrong);
    }

    /// The other documents have words of their own: there a name is wrong that is nearly one.
    @Test
    void noOtherDocumentMistypesAName() throws IOException {
        Set<String> known = known();
        Set<String> wrong = new TreeSet<>();
        Made.others()
                .forEach((source, lines) -> {
                    for (String word : unknown(lines, known)) {
                        known.stream()
                                .filter(name -> nearly(word, name))
                                .forEach(name -> wrong.add(source + ": " + word + " for " + name));
                    }
                });
        assertEquals(Set.of(), wrong);
    }

    private static Set<String> known() throws IOException {
        Set<String> known = parameters();
        known.addAll(words("words.txt"));
        for (String line : Files.readAllLines(LISTS.resolve("honoured.tsv"))) {
            known.add(line.split("\t", -1)[1]);
        }
        return known;
    }

    /// Names that are nobody's; `_destination_rate_delay` and its like stand behind any.
    private static Set<String> unknown(List<String> lines, Set<String> known) {
        Set<String> unknown = new TreeSet<>();
        for (String line : lines) {
            Matcher name = NAME.matcher(line.replace("\\n", " "));
            while (name.find()) {
                String word = name.group();
                if (!known.contains(word)
                        && !OwnNames.contains(word)
                        && Deprecations.instead(word) == null
                        && known.stream().noneMatch(k -> k.startsWith("_") && word.endsWith(k))) {
                    unknown.add(word);
                }
            }
        }
        return unknown;
    }

    /// One letter more, less or otherwise, or two that have changed places.
    private static boolean nearly(String word, String name) {
        int shorter = Math.min(word.length(), name.length());
        if (shorter < 8 || Math.abs(word.length() - name.length()) > 1) {
            return false;
        }
        int before = 0;
        while (before < shorter && word.charAt(before) == name.charAt(before)) {
            before++;
        }
        int after = 0;
        while (after < shorter - before
                && word.charAt(word.length() - 1 - after)
                        == name.charAt(name.length() - 1 - after)) {
            after++;
        }
        String here = word.substring(before, word.length() - after);
        String there = name.substring(before, name.length() - after);
        return here.length() <= 1 && there.length() <= 1
                || here.length() == 2 && new StringBuilder(here).reverse().toString().equals(there);
    }

    @Test
    void aNameThatIsMistypedIsSeen() {
        Matcher name = NAME.matcher("set `smtpd_recipient_restrictionss` (see");
        assertTrue(name.find());
        assertEquals("smtpd_recipient_restrictionss", name.group());
        assertTrue(nearly(name.group(), "smtpd_recipient_restrictions"));
        assertTrue(nearly("smtpd_recipeint_restrictions", "smtpd_recipient_restrictions"));
        assertFalse(nearly("local_policy", "local_transport"));
    }

    @Test
    void defaultsInPostconf5AreTheProgramsOwn() throws IOException {
        String html = Files.readString(Made.OUT.resolve("html/postconf.5.html"));
        assertEquals("30s", Catalogue.load().known("smtp_connect_timeout").defaultText());
        assertTrue(
                html.contains(
                        "<h3 id=\"smtp_connect_timeout\"><code>smtp_connect_timeout</code>"
                                + " (default: <code>30s</code>)"));
    }

    @Test
    void groffHasNothingToSayOfAnyManPage() throws Exception {
        Path groff = Needs.program("groff");
        List<String> command =
                new ArrayList<>(List.of(groff.toString(), "-man", "-ww", "-z", "-Tutf8"));
        try (Stream<Path> pages = Files.walk(Made.OUT.resolve("man"))) {
            pages.filter(Files::isRegularFile).sorted().forEach(p -> command.add(p.toString()));
        }
        assertTrue(command.size() > 80, "only " + command.size() + " pages");
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        assertEquals(
                "", new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        assertEquals(0, process.waitFor());
    }

    @Test
    void theSameSourcesMakeTheSameOctets() throws Exception {
        Path second = Path.of("target/documents-again");
        Made.make(second);
        assertEquals(Made.files(Made.OUT), Made.files(second));
    }

    private static Set<String> words(String list) throws IOException {
        Set<String> all = new TreeSet<>();
        for (String line :
                Files.readAllLines(Path.of("src/test/resources/documents").resolve(list))) {
            if (!line.startsWith("#") && !line.isBlank()) {
                all.addAll(List.of(line.strip().split(" +")));
            }
        }
        return all;
    }
}
