package org.postrider.documents;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.command.Terminal;
import org.postrider.command.login.Saslpasswd;
import org.postrider.command.postconf.Postconf;
import org.postrider.command.queue.Postcat;
import org.postrider.command.queue.Postqueue;
import org.postrider.command.queue.Postsuper;
import org.postrider.command.queue.Qshape;
import org.postrider.command.submit.Sendmail;
import org.postrider.command.table.Postmap;
import org.postrider.documents.Made.Fenced;
import org.postrider.time.Clock;

/// Every command line that a document shows, and every option that a man page explains, is one that
/// the command takes. They run here with a configuration that is not there, so that they do nothing
/// but read their arguments.
class CommandLinesTest {
    private static final Pattern REFUSED =
            Pattern.compile(
                    "(?is).*(\\busage: |invalid option|unknown option|illegal option"
                            + "|unknown command).*");

    /// A term of an OPTIONS section: `-c config_dir`, `-e`, `--resume name`.
    private static final Pattern TERM = Pattern.compile("`(--?[A-Za-z#][a-z-]*)([^`]*)`");

    private static final Path HELP =
            Path.of("postrider-command/src/main/resources/org/postrider/command/help");

    @TempDir Path temp;

    private interface Run {
        int run(Terminal terminal, String[] arguments);
    }

    private static final Map<String, Run> COMMANDS =
            Map.ofEntries(
                    Map.entry("postconf", (t, a) -> new Postconf(t).run(a)),
                    Map.entry("postqueue", (t, a) -> new Postqueue("postqueue", t).run(a)),
                    Map.entry("postsuper", (t, a) -> new Postsuper(t).run(a)),
                    Map.entry("postcat", (t, a) -> new Postcat(t).run(a)),
                    Map.entry("postmap", (t, a) -> new Postmap("postmap", t).run(a)),
                    Map.entry("postalias", (t, a) -> new Postmap("postalias", t).run(a)),
                    Map.entry("qshape", (t, a) -> new Qshape(t, Clock.system()).run(a)),
                    Map.entry("postfix", CommandLinesTest::postfix),
                    Map.entry("saslpasswd2", (t, a) -> new Saslpasswd(t).run(a)),
                    Map.entry("sasldblistusers2", (t, a) -> new Saslpasswd(t).list(a)),
                    Map.entry(
                            "sendmail", (t, a) -> new Sendmail(t).run("sendmail", a, (n, b) -> 0)),
                    Map.entry("mailq", (t, a) -> new Sendmail(t).run("mailq", a, (n, b) -> 0)));

    /// It starts and stops: its words are looked up in its usage.
    private static int postfix(Terminal terminal, String[] arguments) {
        String command = arguments[arguments.length - 1];
        try {
            String usage = Files.readString(HELP.resolve("postfix.txt"));
            if (!Pattern.compile("(?m)^  ([a-z-]+, )*" + command + "\\b").matcher(usage).find()) {
                terminal.err().print("unknown command " + command);
            }
            return 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String said(String command, List<String> arguments) {
        List<String> all = new ArrayList<>();
        String nowhere = temp.resolve("nowhere").toString();
        switch (command) {
            case "saslpasswd2", "sasldblistusers2" -> all.addAll(List.of("-f", nowhere));
            case "sendmail", "mailq" -> all.addAll(List.of("-C", nowhere));
            default -> all.addAll(List.of("-c", nowhere));
        }
        all.addAll(arguments);
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(octets, true, StandardCharsets.ISO_8859_1);
        Terminal terminal = new Terminal(new ByteArrayInputStream(new byte[0]), out, out, null);
        COMMANDS.get(command).run(terminal, all.toArray(String[]::new));
        out.flush();
        return octets.toString(StandardCharsets.ISO_8859_1);
    }

    @Test
    void everyCommandLineIsTaken() throws IOException {
        Set<String> wrong = new TreeSet<>();
        int lines = 0;
        for (Map.Entry<String, List<String>> source : Made.sources().entrySet()) {
            for (Fenced block : Made.fenced(source.getKey(), source.getValue())) {
                if (block.kind().equals("sh")) {
                    for (String line : block.lines()) {
                        for (List<String> words : commands(line)) {
                            lines++;
                            String said = said(words.getFirst(), words.subList(1, words.size()));
                            if (REFUSED.matcher(said).matches()) {
                                wrong.add(block.where() + ": " + line + "\n  " + said.strip());
                            }
                        }
                    }
                }
            }
        }
        assertEquals(Set.of(), wrong);
        assertTrue(lines > 50, "only " + lines + " command lines seen");
    }

    /// The commands of ours in a line of shell, each without redirections.
    private static List<List<String>> commands(String line) {
        List<List<String>> all = new ArrayList<>();
        for (String part : line.split(" [|]{1,2} | && |; ")) {
            List<String> words = words(part);
            if (words.isEmpty()) {
                continue;
            }
            String name = words.getFirst().replaceFirst("^bin/", "");
            if (COMMANDS.containsKey(name)) {
                words.set(0, name);
                words.removeIf(word -> word.startsWith("<") || word.startsWith(">"));
                int config =
                        words.indexOf(
                                name.equals("sendmail") || name.equals("mailq") ? "-C" : "-c");
                if (config > 0 && !name.startsWith("sasl")) {
                    words.subList(config, config + 2).clear();
                }
                all.add(words);
            }
        }
        return all;
    }

    private static List<String> words(String part) {
        List<String> all = new ArrayList<>();
        Matcher word = Pattern.compile("'([^']*)'|\"([^\"]*)\"|([^\\s'\"]+)").matcher(part);
        while (word.find()) {
            for (int i = 1; i <= word.groupCount(); i++) {
                if (word.group(i) != null) {
                    all.add(word.group(i));
                }
            }
        }
        return all;
    }

    @Test
    void everyOptionOfAPageIsInTheUsageOfTheCommand() throws IOException {
        Set<String> wrong = new TreeSet<>();
        int options = 0;
        for (Map.Entry<String, List<String>> source : Made.sources().entrySet()) {
            Matcher name = Pattern.compile("docs/man/(.*)\\.1\\.md").matcher(source.getKey());
            if (!name.matches()) {
                continue;
            }
            String usage = Files.readString(HELP.resolve(name.group(1) + ".txt"));
            for (int i = 0; i + 1 < source.getValue().size(); i++) {
                if (source.getValue().get(i + 1).startsWith(": ")) {
                    Matcher term = TERM.matcher(source.getValue().get(i));
                    while (term.find()) {
                        options++;
                        if (!isIn(usage, term.group(1)) && !isTaken(name.group(1), term)) {
                            wrong.add(source.getKey() + ": " + term.group());
                        }
                    }
                }
            }
        }
        assertEquals(Set.of(), wrong);
        assertTrue(options > 100, "only " + options + " options seen");
    }

    private static boolean isIn(String usage, String option) {
        if (option.startsWith("--")) {
            return usage.contains(option);
        }
        String letter = Pattern.quote(option.substring(1, 2));
        return Pattern.compile("(?<![\\w-])-[A-Za-z#]*" + letter).matcher(usage).find();
    }

    private boolean isTaken(String command, Matcher term) {
        return COMMANDS.containsKey(command)
                && !REFUSED.matcher(said(command, words(term.group(1) + term.group(2)))).matches();
    }

    @Test
    void anOptionThatIsNotTakenIsSeen() {
        assertTrue(REFUSED.matcher(said("postmap", List.of("-y", "hash:x"))).matches());
        assertTrue(REFUSED.matcher(said("postqueue", List.of("--nothing"))).matches());
        for (String command : new TreeSet<>(COMMANDS.keySet())) {
            if (!command.equals("postfix")) {
                String said = said(command, List.of("-Z"));
                assertTrue(REFUSED.matcher(said).matches(), command + " -Z: " + said);
            }
        }
        assertEquals(false, isIn("usage: postcat [-bdehoqv] queue_id", "-Z"));
        assertEquals(
                List.of(List.of("postmap", "-q", "a b", "inline:{x}")),
                commands("bin/postmap -q \"a b\" inline:{x} <file"));
    }
}
