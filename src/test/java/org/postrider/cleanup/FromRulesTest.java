package org.postrider.cleanup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.postrider.cleanup.CleanupService.Option;
import org.postrider.cleanup.CleanupService.Result;
import org.postrider.config.ConfigException;

/// What becomes of From, Sender and Reply-To of mail that leaves by a relay which sends for
/// verified domains only (docs/from-rules.md). Each case of from-rules.txt is a header before and
/// after.
class FromRulesTest {
    private static final String[] RULES = {
        "from_verified_domains = nixation.example, .nixation.example",
        "from_rewrite_address = relay@nixation.example",
        "relay_domains = partner.example",
        "virtual_alias_domains = ours.example"
    };
    private static final List<String> OUT = List.of("r@remote.example");

    @TempDir Path directory;

    record Case(String name, String before, String after) {
        @Override
        public String toString() {
            return name;
        }
    }

    /// `== name`, the header, `--`, the header that comes of it.
    static List<Case> cases() throws IOException {
        List<Case> out = new ArrayList<>();
        Path file = Path.of("src/test/resources/cleanup/from-rules.txt");
        for (String each : Files.readString(file).split("(?m)^== ", -1)) {
            int end = each.indexOf('\n');
            int half = each.indexOf("\n--\n");
            if (half > 0) {
                out.add(
                        new Case(
                                each.substring(0, end),
                                each.substring(end + 1, half + 1),
                                each.substring(half + 4).strip() + "\n"));
            }
        }
        return out;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void fromOfOthersGivesWay(Case c) {
        Desk desk = new Desk(directory, RULES);
        Result result = desk.submit("bounce@other.example", OUT, c.before(), "\nb\n", Option.MAP);
        assertInstanceOf(Result.Queued.class, result);
        assertEquals(c.after(), desk.header());
        assertEquals("\nb\n", desk.body());
    }

    private String from(String header, List<String> to, Option... options) {
        Desk desk = new Desk(directory, RULES);
        desk.submit("a@other.example", to, header, "\n", options);
        return desk.header();
    }

    @Test
    void mailThatStaysInsideKeepsItsFrom() {
        String header = "From: a@other.example\n";
        for (String inside : List.of("root@own.example", "x@partner.example", "x@ours.example")) {
            assertEquals(header, from(header, List.of(inside), Option.MAP), inside);
        }
        assertTrue(
                from(header, List.of("x@partner.example", "r@remote.example"), Option.MAP)
                        .contains("Reply-To: a@other.example\n"));
    }

    /// A copy that a check of the content asks for may be all that leaves.
    @Test
    void aCopyThatLeavesCounts() throws IOException {
        Path checks = directory.resolve("checks");
        Files.writeString(checks, "/copy/ BCC r@remote.example\n");
        for (String of : List.of("header_checks", "body_checks")) {
            Desk desk = new Desk(directory, RULES[0], RULES[1], of + " = regexp:" + checks);
            String header = "From: a@other.example\nSubject: copy\n";
            desk.submit(
                    "a@other.example",
                    List.of("root@own.example"),
                    header,
                    "\ncopy\n",
                    Option.MAP,
                    Option.FILTER);
            assertTrue(desk.header().contains("Reply-To: a@other.example\n"), desk.header());
        }
    }

    @Test
    void whereAddressesAreNotMappedNothingIsRewritten() {
        assertEquals("From: a@other.example\n", from("From: a@other.example\n", OUT));
    }

    @Test
    void nothingIsRewrittenUnlessAnAddressIsNamed() {
        Desk desk = new Desk(directory, "from_verified_domains = nixation.example");
        desk.submit("a@other.example", OUT, "From: a@other.example\n", "\n", Option.MAP);
        assertEquals("From: a@other.example\n", desk.header());
    }

    @Test
    void tablesNameTheAddressOfASender() throws IOException {
        Path table = directory.resolve("from");
        Files.writeString(
                table,
                """
                boss@one.example  boss@nixation.example
                one.example       one@nixation.example
                .one.example      below@nixation.example
                two.example       keep
                odd.example       nobody
                """);
        Desk desk =
                new Desk(
                        directory,
                        RULES[0],
                        RULES[1],
                        "from_rewrite_maps = texthash:" + table,
                        "from_rewrite_name = %n (100%% %d)");
        assertEquals(
                "\"boss at one.example (100% nixation.example)\"\n\t<boss@nixation.example>",
                one(desk, "boss@one.example"));
        assertTrue(one(desk, "a@ONE.example").endsWith("<one@nixation.example>"));
        assertTrue(one(desk, "a@b.c.one.example").endsWith("<below@nixation.example>"));
        assertEquals("a@two.example", one(desk, "a@two.example"));
        assertTrue(one(desk, "a@three.example").endsWith("<relay@nixation.example>"));
        Result odd = desk.submit("", OUT, "From: a@odd.example\n", "\n", Option.MAP);
        assertEquals(451, assertInstanceOf(Result.Rejected.class, odd).code());
        assertTrue(
                desk.log.has("neither an address nor \"keep\" for a@odd.example: nobody"),
                String.join("\n", desk.log.lines));
    }

    private static String one(Desk desk, String address) {
        desk.submit("", OUT, "From: " + address + "\n", "\n", Option.MAP);
        Matcher from = Pattern.compile("(?s)^From: (.*?)\n(?!\t)").matcher(desk.header());
        assertTrue(from.find(), desk.header());
        return from.group(1);
    }

    @Test
    void aTableThatCannotAnswerKeepsTheMailOut() {
        Desk desk = new Desk(directory, "from_rewrite_maps = fail:down");
        Result r = desk.submit("", OUT, "From: a@other.example\n", "\n", Option.MAP);
        assertEquals(451, assertInstanceOf(Result.Rejected.class, r).code());
        assertTrue(desk.queue.messages.isEmpty());
    }

    @Test
    void theEnvelopesSenderGivesWayWhereItIsSaid() {
        Desk desk =
                new Desk(directory, RULES[0], RULES[1], "from_rewrite_classes = envelope_sender");
        desk.submit("a@other.example", OUT, "From: a@other.example\n", "\n", Option.MAP);
        assertEquals("relay@nixation.example", sender(desk));
        assertEquals("From: a@other.example\n", desk.header());
        desk.submit("a@nixation.example", OUT, "From: a@other.example\n", "\n", Option.MAP);
        assertEquals("a@nixation.example", sender(desk));
        desk.submit("", OUT, "From: a@other.example\n", "\n", Option.MAP);
        assertEquals("", sender(desk));
    }

    private static String sender(Desk desk) {
        return desk.queue.messages.getLast().envelope().sender().text();
    }

    @Test
    void settingsThatSayNothingAreRefused() {
        for (String wrong :
                List.of(
                        "from_rewrite_address = relay",
                        "from_rewrite_address = a@b.example, c@d.example",
                        "from_rewrite_name = %n by %s",
                        "from_rewrite_name = %%%",
                        "from_rewrite_classes = header_from, header_to")) {
            assertThrows(ConfigException.class, () -> new Desk(directory, wrong), wrong);
        }
    }

    /// A stranger's From ends no line and names nobody else's address, however odd it is.
    @Test
    void noFromGetsOutOfItsField() {
        java.util.Random random = new java.util.Random(20261129);
        String alphabet = "ab.@<>\"\\(),;: =?%\n \t\u00e4\u0001";
        for (int n = 0; n < 3000; n++) {
            StringBuilder value = new StringBuilder();
            for (int i = random.nextInt(60); i > 0; i--) {
                char c = alphabet.charAt(random.nextInt(alphabet.length()));
                value.append(c == '\n' ? "\n " : String.valueOf(c));
            }
            Desk desk = new Desk(directory, RULES);
            String header = "X-One: 1\nFrom:" + value + "\nX-Two: 2\n";
            assertInstanceOf(
                    Result.Queued.class, desk.submit("", OUT, header, "\n", Option.MAP), header);
            String made = desk.header();
            List<String> names =
                    Stream.of(made.split("\n(?![ \t])", -1))
                            .filter(f -> !f.isEmpty())
                            .map(f -> f.substring(0, Math.max(0, f.indexOf(':'))))
                            .toList();
            assertTrue(
                    names.equals(List.of("X-One", "From", "X-Two"))
                            || names.equals(List.of("X-One", "From", "Reply-To", "X-Two")),
                    header + "\n→\n" + made);
            String from = made.substring(made.indexOf("From:"));
            assertTrue(
                    from.substring(0, from.indexOf("\nX-Two"))
                                    .split("\nReply-To", 2)[0]
                                    .endsWith("relay@nixation.example>")
                            || from.startsWith("From: relay@nixation.example\n"),
                    made);
        }
    }

    /// Each recipe of docs/from-rules.md does what stands beside it.
    @Test
    void theRecipesDoWhatTheySay() throws IOException {
        String page = Files.readString(Path.of("docs/from-rules.md"));
        Matcher recipe =
                Pattern.compile(
                                "### (.+?)\n.*?```ini\n(.*?)```.*?```text\n(.*?)\n\n(.*?)```",
                                Pattern.DOTALL)
                        .matcher(page);
        List<String> seen = new ArrayList<>();
        while (recipe.find()) {
            seen.add(recipe.group(1));
            String[] lines =
                    recipe.group(2)
                            .lines()
                            .filter(l ->
                                    !l.startsWith("#")
                                            && !l.contains("_maps =")
                                            && !l.contains("_srs_"))
                            .toArray(String[]::new);
            Desk desk = new Desk(directory, lines);
            String[] before = recipe.group(3).split("\n", 2);
            String sender = before[0].replace("MAIL FROM: ", "");
            desk.submit(sender, OUT, before[1] + "\n", "\n", Option.MAP);
            assertEquals(
                    recipe.group(4),
                    "MAIL FROM: " + sender(desk) + "\n" + desk.header(),
                    recipe.group(1));
        }
        assertEquals(List.of("Amazon SES", "Gmail", "Microsoft 365"), seen);
        assertFalse(seen.isEmpty());
    }
}
