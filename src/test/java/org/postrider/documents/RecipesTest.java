package org.postrider.documents;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.command.Terminal;
import org.postrider.command.explain.Postexplain;
import org.postrider.command.heard.NoDns;
import org.postrider.command.submit.Sendmail;
import org.postrider.config.ConfigException;
import org.postrider.master.NextHop;
import org.postrider.master.Server;
import org.postrider.time.Clock;

/// Every configuration that a document shows is one: `postfix check` has nothing to say of it, mail
/// goes where the comment above it says, and is taken or refused as it says.
class RecipesTest {
    /// What a recipe needs that is not there while it is read: `postfix check` is right to say so.
    private static final Pattern OF_THE_MACHINE =
            Pattern.compile(
                    ".*(key-and-chain\\.pem|/run/opendkim|127\\.0\\.0\\.1:11332|/etc/ssl/certs|private/(auth|policy|dovecot-lmtp)|unknown"
                            + " username: |instance /etc/postfix-submit|SQLITE_CANTOPEN|there is no"
                            + " smtpd\\.conf).*");

    @TempDir Path temp;
    private int count;

    private static List<Recipe> recipes() throws IOException {
        List<Recipe> all = new ArrayList<>();
        for (Map.Entry<String, List<String>> source : Made.sources().entrySet()) {
            all.addAll(Recipe.of(source.getKey(), source.getValue()));
        }
        assertTrue(all.size() > 60, "only " + all.size() + " recipes seen");
        return all;
    }

    private Path written(Recipe recipe, String... more) throws IOException {
        return recipe.write(
                temp.resolve("r" + count++),
                List.of(more),
                Files.readString(Path.of("conf/master.cf")));
    }

    @Test
    void postfixCheckHasNothingToSayOfARecipe() throws IOException {
        Set<String> wrong = new TreeSet<>();
        for (Recipe recipe : recipes()) {
            try {
                for (String line : Server.check(written(recipe))) {
                    if (!OF_THE_MACHINE.matcher(line).matches()) {
                        wrong.add(recipe.main().where() + ": " + line.replace(temp.toString(), ""));
                    }
                }
            } catch (ConfigException e) {
                wrong.add(recipe.main().where() + ": " + e.getMessage());
            }
        }
        assertEquals(Set.of(), wrong);
    }

    /// `<!-- route ADDRESS TRANSPORT:NEXTHOP -->`; `local` for local(8) with any next hop.
    @Test
    void mailGoesWhereTheRecipeSays() throws IOException {
        Set<String> wrong = new TreeSet<>();
        int asked = 0;
        for (Recipe recipe : recipes()) {
            for (String note : recipe.main().notes()) {
                if (note.startsWith("route ")) {
                    String[] words = note.split(" ", 3);
                    String said = explain(written(recipe), "route", "--to", words[1]);
                    asked++;
                    if (!leadsTo(said, words[2])) {
                        wrong.add(recipe.main().where() + ": " + note + "\n" + said);
                    }
                }
            }
        }
        assertEquals(Set.of(), wrong);
        assertTrue(asked >= 20, "only " + asked + " routes asked for");
    }

    private static boolean leadsTo(String said, String wanted) {
        int colon = wanted.indexOf(':');
        String transport = colon < 0 ? wanted : wanted.substring(0, colon);
        String nextHop = colon < 0 ? "" : wanted.substring(colon + 1);
        return said.contains("\n  transport: " + transport + ", by")
                && (nextHop.isEmpty() || said.contains("\n  next hop: " + nextHop + ", by"));
    }

    /// `<!-- rcpt CLIENT SENDER RECIPIENT taken -->`, or `refused`.
    @Test
    void aClientIsTakenOrRefusedAsTheRecipeSays() throws IOException {
        Set<String> wrong = new TreeSet<>();
        int asked = 0;
        for (Recipe recipe : recipes()) {
            for (String note : recipe.main().notes()) {
                if (note.startsWith("rcpt ")) {
                    String[] words = note.split(" ");
                    String said =
                            explain(
                                    written(recipe),
                                    "rcpt",
                                    "--client",
                                    words[1],
                                    "--name",
                                    "client.example",
                                    "--helo",
                                    "client.example",
                                    "--from",
                                    words[2],
                                    "--to",
                                    words[3],
                                    "--no-dns");
                    asked++;
                    String wanted = words[4].equals("taken") ? "accepted: " : "refused at RCPT ";
                    if (said.lines().noneMatch(l -> l.startsWith(wanted))) {
                        wrong.add(recipe.main().where() + ": " + note + "\n" + said);
                    }
                }
            }
        }
        assertEquals(Set.of(), wrong);
        assertTrue(asked >= 10, "only " + asked + " clients asked for");
    }

    private static String explain(Path conf, String... words) {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(octets, true, StandardCharsets.ISO_8859_1);
        List<String> all = new ArrayList<>(List.of("-c", conf.toString()));
        all.addAll(List.of(words));
        new Postexplain(
                        new Terminal(new ByteArrayInputStream(new byte[0]), out, out, null),
                        new NoDns(),
                        Clock.system())
                .run(all.toArray(String[]::new));
        out.flush();
        return octets.toString(StandardCharsets.ISO_8859_1);
    }

    /// `<!-- sent RECIPIENT AS -->`: sendmail takes a mail for it, and relayhost gets it.
    @Test
    void mailThatIsSentComesToTheRelay() throws Exception {
        int sent = 0;
        for (Recipe recipe : recipes()) {
            for (String note : recipe.main().notes()) {
                if (note.startsWith("sent ")) {
                    String[] words = note.split(" ");
                    send(recipe, words[1], words[words.length - 1]);
                    sent++;
                }
            }
        }
        assertTrue(sent >= 2, "only " + sent + " sent");
    }

    private void send(Recipe recipe, String to, String as) throws Exception {
        try (NextHop relay = new NextHop()) {
            Path conf =
                    recipe.write(
                            temp.resolve("s" + count++),
                            List.of(
                                    "relayhost = [127.0.0.1]:" + relay.port(),
                                    "postrider_segment_size = 1048576",
                                    "postrider_drop_privileges = no"),
                            Files.readString(Path.of("conf/master.cf"))
                                    .replaceFirst("(?m)^smtp  *inet", "127.0.0.1:0 inet"));
            try (Server server = Server.start(conf)) {
                ByteArrayOutputStream said = new ByteArrayOutputStream();
                PrintStream out = new PrintStream(said, true, StandardCharsets.ISO_8859_1);
                byte[] mail = "Subject: a recipe\n\nx\n".getBytes(StandardCharsets.US_ASCII);
                int status =
                        new Sendmail(new Terminal(new ByteArrayInputStream(mail), out, out, null))
                                .run(
                                        "sendmail",
                                        new String[] {"-C", conf.toString(), to},
                                        (name, arguments) -> 1);
                assertEquals(0, status, said.toString(StandardCharsets.ISO_8859_1));
                server.wakePickup();
                NextHop.Mail got = relay.next();
                assertNotNull(got, recipe.main().where());
                assertEquals(List.of("RCPT TO:<" + as + ">"), got.to(), recipe.main().where());
                assertTrue(got.content().contains("Subject: a recipe"), got.content());
            }
        }
    }

    @Test
    void aRecipeThatIsWrongIsSeen() throws IOException {
        List<String> lines =
                List.of(
                        "# X",
                        "<!-- route a@b.example smtp:[right.example] -->",
                        "```main.cf",
                        "relayhost = [wrong.example]",
                        "smtpd_recipient_restrictions = no_such_thing",
                        "```");
        Recipe recipe = Recipe.of("x.md", lines).getFirst();
        Path conf = written(recipe);
        assertTrue(
                Server.check(conf).stream().anyMatch(l -> l.contains("no_such_thing")),
                () -> Server.check(conf).toString());
        String said = explain(conf, "route", "--to", "a@b.example");
        assertTrue(leadsTo(said, "smtp:[wrong.example]"), said);
        assertEquals("route a@b.example smtp:[right.example]", recipe.main().notes().getFirst());
        assertTrue(!leadsTo(said, "smtp:[right.example]"), said);
    }
}
