package org.postrider.access;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.access.table.AccessResult;
import org.postrider.config.Honoured;

/// What every result of an access table comes to: results.txt has a line a case. The same through a
/// server, beside real Postfix's answers, is in src/test/twin/access.case.
class AccessResultsTest {
    private static final Path CASES = Path.of("src/test/resources/access/results.txt");

    @TempDir Path temp;

    private record Case(String value, String expected, String effects) {
        static Case of(String line) {
            String[] f = line.split("\\s*\\|\\s*", -1);
            return new Case(f[0].strip(), f[1], f[2].strip());
        }
    }

    private static List<Case> cases() throws IOException {
        return Files.readAllLines(CASES).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(Case::of)
                .toList();
    }

    private Decision decision(String value, String more, Capabilities capabilities)
            throws IOException {
        Doors doors =
                new Doors(
                        temp,
                        "smtpd_data_restrictions = check_client_access inline:{{client.example="
                                + value
                                + "}}, check_client_access inline:{{client.example=599 end}}\n"
                                + more,
                        capabilities);
        return doors.access.decide(Stage.DATA, doors.writing());
    }

    @Test
    void eachComesToWhatIsWrittenOfIt() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Case c : cases()) {
            Decision decision = decision(c.value(), "", new Capabilities(true, true, false));
            String answer =
                    switch (decision.verdict()) {
                        case Verdict.Permit _ -> "permit";
                        case Verdict.Dunno _ -> "nothing";
                        case Verdict.Reject(var reply, _) ->
                                reply.code() == 599 ? "dunno" : reply.line();
                    };
            String effects = decision.effects().toString();
            if (!answer.equals(c.expected()) || !effects.equals("[" + c.effects() + "]")) {
                wrong.add(c + " but " + answer + " " + effects);
            }
        }
        assertEquals(List.of(), wrong);
    }

    @Test
    void everyResultHasACaseAndALineInTheListOfWhatIsHonoured() throws IOException {
        Set<String> built = new TreeSet<>(AccessResult.NAMES.keySet());
        Set<String> seen = new TreeSet<>();
        cases().forEach(c -> seen.add(c.value().split("\\s", 2)[0]));
        Set<String> missing = new TreeSet<>(built);
        missing.removeAll(seen);
        assertEquals(Set.of(), missing);
        // Those without a name of their own.
        built.addAll(List.of("OK", "4NN", "5NN", "NUMBER", "RESTRICTIONS"));
        assertEquals(new TreeSet<>(Honoured.list().entries(Honoured.Kind.ACCESS).keySet()), built);
    }

    @Test
    void beforeAFilterNothingIsDoneToTheMailButWhatItAllows() throws IOException {
        Capabilities proxied = new Capabilities(true, true, true);
        assertEquals(
                List.of(
                        new LogLine.Warning(
                                "access table inline:{{client.example=HOLD}}: with"
                                        + " smtpd_proxy_filter specified, action HOLD is"
                                        + " unavailable")),
                decision("HOLD", "", proxied).effects());
        assertEquals(
                List.of(new Effect.Prepend("X-A: b")),
                decision("PREPEND X-A: b", "", proxied).effects());
    }
}
