package org.postrider.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.postrider.config.Honoured.Kind;
import org.postrider.config.Honoured.Verdict;
import org.postrider.master.Programs;

/// The list of what is honoured hangs together, and its document tells it.
class HonouredListTest {
    private static final Path DOCUMENT = Path.of("docs/not-honoured.md");
    private static final Honoured LIST = Programs.standard().honoured();

    @Test
    void whatSettingsActWithIsThere() {
        List<String> wrong = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            for (Honoured.Entry e : LIST.entries(kind).values()) {
                if (e.verdict() instanceof Verdict.Harmless h && h.why().isBlank()) {
                    wrong.add(e.name() + ": no reason");
                }
                if (!(e.verdict() instanceof Verdict.Holding h) || h.with().isEmpty()) {
                    continue;
                }
                boolean level = h.with().matches("[sl]mtp_tls_security_level");
                boolean held =
                        LIST.holding(h.hold()).stream()
                                .anyMatch(o ->
                                        o.name().equals(h.with())
                                                && o.verdict() instanceof Verdict.Holding x
                                                && x.with().isEmpty());
                if (!level && !held) {
                    wrong.add(
                            e.name() + ": acts with " + h.with() + ", which holds nothing itself");
                }
            }
        }
        assertEquals(List.of(), wrong);
    }

    @Test
    void theDocumentIsTheList() throws IOException {
        StringBuilder out = new StringBuilder();
        out.append(
                """
                # What is not honoured yet, and what becomes of mail

                Made from `postrider/src/main/resources/org/postrider/config/honoured.tsv`, and for programs
                from the table of `master.Programs` (`RECORD=1 bin/mvn25 test -Dtest=HonouredListTest`).
                Every name of Postfix 3.12 has a line there. What is configured (a value that is not the default's, in main.cf or by
                `-o` on the line of an active service) and not honoured is named once, with file and
                line, by `postfix check`, at start and at each reload. `HonouredTest` tries each.

                | | honoured | harmless | holds mail |
                |---|---|---|---|
                """);
        for (String row : LIST.counts().split(", ")) {
            String[] words = row.split(" ");
            int n = words.length;
            out.append("| ").append(String.join(" ", List.of(words).subList(0, n - 3)));
            out.append(" | ").append(words[n - 3]).append(" | ").append(words[n - 2]);
            out.append(" | ").append(words[n - 1]).append(" |\n");
        }
        out.append("\n## Mail is held\n\n| for | what becomes of mail | names |\n|---|---|---|\n");
        for (Hold hold : Hold.values()) {
            List<Honoured.Entry> all = LIST.holding(hold);
            if (!all.isEmpty()) {
                out.append("| ").append(hold.text()).append(" | ").append(hold.consequence());
                out.append(" | ").append(names(all)).append(" |\n");
            }
        }
        out.append("\n## Harmless\n\n| why | names |\n|---|---|\n");
        Map<String, List<Honoured.Entry>> byReason = new TreeMap<>();
        for (Kind kind : Kind.values()) {
            for (Honoured.Entry e : LIST.entries(kind).values()) {
                if (e.verdict() instanceof Verdict.Harmless h) {
                    byReason.computeIfAbsent(h.why(), _ -> new ArrayList<>()).add(e);
                }
            }
        }
        byReason.forEach((why, all) ->
                out.append("| ").append(why).append(" | ").append(names(all)).append(" |\n"));
        if (System.getenv("RECORD") != null) {
            Files.writeString(DOCUMENT, out);
        }
        assertEquals(
                out.toString(),
                Files.readString(DOCUMENT),
                "run RECORD=1 bin/mvn25 test -Dtest=HonouredListTest");
    }

    /// Parameters bare, other kinds with what they are.
    private static String names(List<Honoured.Entry> all) {
        Map<Kind, List<String>> byKind = new LinkedHashMap<>();
        for (Honoured.Entry e : all) {
            byKind.computeIfAbsent(e.kind(), _ -> new ArrayList<>()).add("`" + e.name() + "`");
        }
        List<String> out = new ArrayList<>();
        byKind.forEach((kind, names) -> {
            String what = kind == Kind.PARAMETER ? "" : kind.plural() + " ";
            out.add(what + String.join(" ", names));
        });
        return String.join("; ", out);
    }
}
