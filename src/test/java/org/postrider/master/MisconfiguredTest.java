package org.postrider.master;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Settings of restrictions, policy servers, verification, milters, postscreen, checks, filters and
/// clients that are wrong (misconfigured.txt): `postfix check` names each with file and line, and
/// no mail passes for it that should not.
class MisconfiguredTest {
    private static final int FEWEST = 60;

    /// Waits that change nothing of what is looked at.
    private static final List<String> QUICK =
            List.of("smtpd_policy_service_try_limit = 1", "postscreen_greet_wait = 1s");

    @TempDir Path temp;

    /// One block of the table.
    private record Row(List<String> main, List<String> master, List<String> check, String client) {
        static Row of(String block, Path t) {
            List<String> main = new ArrayList<>();
            List<String> master = new ArrayList<>();
            List<String> check = new ArrayList<>();
            String client = "";
            for (String line : block.replace("{t}", t.toString()).split("\n")) {
                if (line.startsWith("check: ")) {
                    check.add(line.substring(7));
                } else if (line.startsWith("client: ") || line.startsWith("refused: ")) {
                    client = line;
                } else if (line.startsWith("line ")) {
                    master.add(line.substring(5));
                } else {
                    main.add(line);
                }
            }
            return new Row(main, master, check, client);
        }

        boolean sets(String parameter) {
            return main.stream().anyMatch(l -> l.startsWith(parameter + " "));
        }

        boolean screened() {
            return master.stream().anyMatch(l -> l.endsWith(" postscreen"));
        }
    }

    @Test
    void eachIsNamedWithItsLineAndNothingFailsOpen() throws Exception {
        Path t = Files.createDirectories(temp.resolve("t"));
        List<Row> rows = rows(t);
        assertTrue(rows.size() >= FEWEST, () -> rows.size() + " rows");
        StringBuilder wrong = new StringBuilder();
        try (Trial trial = new Trial(t, 1)) {
            trial.write(List.of(), List.of("unix-verify unix - - n - 1 verify"));
            trial.start();
            trial.write(QUICK, Trial.LINES, List.of());
            List<String> usual = Server.check(trial.conf);
            for (Row row : rows) {
                play(trial, row, usual, wrong);
            }
        }
        assertTrue(wrong.isEmpty(), wrong.toString());
    }

    private static void play(Trial trial, Row row, List<String> usual, StringBuilder wrong)
            throws IOException {
        List<String> lines = new ArrayList<>(Trial.LINES);
        if (row.screened()) {
            // The client comes to the screen: it stands first.
            lines.set(0, "127.0.0.1:0 inet n - n - 1 postscreen");
            row.master().stream().filter(l -> !l.endsWith(" postscreen")).forEach(lines::add);
        } else {
            lines.addAll(row.master());
        }
        List<String> main = new ArrayList<>(QUICK);
        main.removeIf(each -> row.sets(each.substring(0, each.indexOf(' '))));
        main.addAll(row.main());
        trial.write(main, lines, List.of());
        List<String> said = new ArrayList<>(Server.check(trial.conf));
        said.removeAll(usual);
        for (String wanted : row.check()) {
            boolean named =
                    wanted.equals("-")
                            ? said.isEmpty()
                            : said.stream()
                                    .anyMatch(l ->
                                            l.matches("(?s)warning: \\S+\\.cf, line \\d+: .*")
                                                    && l.contains(wanted));
            if (!named) {
                wrong.append(row.main()).append("\n  check: ").append(wanted).append("\n");
                said.forEach(l -> wrong.append("      is: ").append(l).append('\n'));
            }
        }
        String reply = reply(trial);
        if (!reply.startsWith(row.client())) {
            wrong.append(row.main()).append("\n  ").append(row.client());
            wrong.append("\n      is: ").append(reply).append('\n');
        }
    }

    private static String reply(Trial trial) throws IOException {
        String refused = trial.reloaded();
        return refused == null
                ? "client: " + trial.quietMail("a@client.example", "b@somewhere.example")
                : "refused: " + refused;
    }

    private static List<Row> rows(Path t) throws IOException {
        String text;
        try (InputStream in =
                Objects.requireNonNull(
                        MisconfiguredTest.class.getResourceAsStream("misconfigured.txt"))) {
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        List<Row> rows = new ArrayList<>();
        for (String block : text.replaceAll("(?m)^#.*\n", "").strip().split("\n\n+")) {
            rows.add(Row.of(block.strip(), t));
        }
        return rows;
    }
}
