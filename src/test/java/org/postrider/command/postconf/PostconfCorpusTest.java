package org.postrider.command.postconf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.Needs;
import org.postrider.command.Terminal;
import org.postrider.command.table.Postmap;

/// Plays src/test/postconf/corpus on our postconf and src/test/postconf/tables on our postmap and
/// postalias and compares with what the distribution's Postfix answered (`*.answers`, written by
/// `src/test/postconf/compare real --fill`), octet for octet.
class PostconfCorpusTest {
    private static final Path HOME = Path.of("src/test/postconf");
    private static final Pattern REPEAT = Pattern.compile("@([^@]+?)\\*(\\d+)@", Pattern.DOTALL);
    private static final Pattern ESCAPE = Pattern.compile("\\\\(x[0-9a-f]{2}|[rn\\\\])");
    private static final Pattern UNORDERED = Pattern.compile(": (undefined|unused) parameter: ");

    /// One command of ours without pipes, redirections and files that values name.
    private static final Pattern SIMPLE =
            Pattern.compile(
                    "(postconf|postmap|postalias)\\b((?! -F)(?:[^|<>;'\"]|'[^']*'|\"[^\"]*\")*)");

    private static final Pattern TABLE_FILE =
            Pattern.compile("^(hash|btree|cdb|lmdb|texthash|regexp|pcre|cidr):([a-z0-9]+)$");
    private static final Pattern TEMPLATE_FILE = Pattern.compile("\\$C/([a-z]+\\.tpl)");
    private static final Pattern INDEX = Pattern.compile("\\.(tmp|db|cdb|lmdb)$");
    private static final Charset ISO = StandardCharsets.ISO_8859_1;
    private static final int WIDEST = 2000;

    @TempDir Path temp;

    private record Rule(String side, Pattern line) {}

    @Test
    void configurationsAreReadShownAndEditedAsPostfixDoes()
            throws IOException, InterruptedException {
        compare("corpus", 100, 300);
    }

    @Test
    void tablesAnswerAsPostfixs() throws IOException, InterruptedException {
        compare("tables", 80, 390);
    }

    private void compare(String corpus, int leastCases, int leastCommands)
            throws IOException, InterruptedException {
        List<Rule> rules = rules();
        Map<String, String> wanted = sections(corpus, ".answers");
        Map<String, String> cases = sections(corpus, ".cases");
        StringBuilder report = new StringBuilder();
        List<String> different = new ArrayList<>();
        int commands = 0;
        int without = 0;
        boolean lmdb = Needs.hasLibrary("liblmdb.so.0");
        for (Map.Entry<String, String> each : cases.entrySet()) {
            if (!lmdb && each.getValue().contains("lmdb:")) {
                without++;
                commands += each.getValue().split("(?m)^\\$ ", -1).length - 1;
                continue;
            }
            String ours = play(each.getValue(), corpus.equals("tables"));
            commands += ours.split("(?m)^\\$ ", -1).length - 1;
            String real = masked(wanted.getOrDefault(each.getKey(), "no answer\n"), "real", rules);
            String mine = masked(ours, "ours", rules);
            if (!real.equals(mine)) {
                different.add(each.getKey());
                report.append("=== ").append(each.getKey()).append("\n--- real\n").append(real);
                report.append("--- ours\n").append(mine);
            }
        }
        if (without > 0) {
            System.out.println(
                    "skipped: "
                            + without
                            + " cases of "
                            + corpus
                            + ": not installed: liblmdb.so.0");
        }
        Files.writeString(
                Path.of("target/postconf-" + corpus + ".txt"), report, StandardCharsets.ISO_8859_1);
        assertTrue(
                cases.size() >= leastCases && commands >= leastCommands,
                cases.size() + " " + commands);
        assertEquals(List.of(), different, "see target/postconf-" + corpus + ".txt");
    }

    private static List<Rule> rules() throws IOException {
        List<Rule> out = new ArrayList<>();
        for (String line : Files.readAllLines(HOME.resolve("differences.txt"))) {
            if (!line.isBlank() && !line.startsWith("#")) {
                String[] parts = line.split("\t", -1);
                assertEquals(3, parts.length, line);
                assertTrue(!parts[2].isBlank(), "no reason: " + line);
                out.add(new Rule(parts[0], Pattern.compile(parts[1])));
            }
        }
        return out;
    }

    private static Map<String, String> sections(String corpus, String ending) throws IOException {
        Map<String, String> out = new TreeMap<>();
        try (Stream<Path> files = Files.list(HOME.resolve(corpus))) {
            for (Path file : files.sorted().toList()) {
                String name = file.getFileName().toString();
                if (!name.endsWith(ending)) {
                    continue;
                }
                String group = name.substring(0, name.length() - ending.length());
                String text =
                        Files.readString(
                                file,
                                ending.equals(".cases")
                                        ? StandardCharsets.UTF_8
                                        : StandardCharsets.ISO_8859_1);
                String[] parts = text.split("(?m)^=== ", -1);
                for (int i = 1; i < parts.length; i++) {
                    int newline = parts[i].indexOf('\n');
                    out.put(
                            group + "/" + parts[i].substring(0, newline).strip(),
                            parts[i].substring(newline + 1));
                }
            }
        }
        return out;
    }

    private static String masked(String text, String side, List<Rule> rules) {
        StringBuilder out = new StringBuilder();
        for (String line : text.split("\n", -1)) {
            boolean dropped = false;
            for (Rule rule : rules) {
                boolean here = rule.side().equals(side) || rule.side().equals("both");
                dropped |= here && rule.line().matcher(line).find();
            }
            out.append(dropped ? "" : line + "\n");
        }
        return out.toString();
    }

    private String play(String body, boolean tables) throws IOException, InterruptedException {
        Path where = Files.createTempDirectory(temp, "cf");
        List<String> commands = unpack(body, where);
        if (tables) {
            Files.createFile(where.resolve("main.cf"));
        }
        if (!Files.exists(where.resolve("master.cf"))) {
            Files.copy(HOME.resolve("master.cf"), where.resolve("master.cf"));
        }
        StringBuilder out = new StringBuilder();
        for (String command : commands) {
            Map<String, String> before = contents(where);
            out.append("$ ").append(command).append('\n');
            run(command, where, out);
            Map<String, String> after = contents(where);
            TreeSet<String> names = new TreeSet<>(before.keySet());
            names.addAll(after.keySet());
            for (String name : names) {
                String now = after.get(name);
                if (now == null) {
                    out.append(">> ").append(name).append(" gone\n");
                } else if (!now.equals(before.get(name))) {
                    out.append(">> ").append(name).append(now);
                }
            }
        }
        String text = out.toString();
        text = TEMPLATE_FILE.matcher(text.replace(where.toString(), "$C")).replaceAll("$1");
        return (tables ? text.replace("$C/", "") : text);
    }

    private static void run(String command, Path where, StringBuilder out)
            throws IOException, InterruptedException {
        Matcher simple = SIMPLE.matcher(command);
        if (!simple.matches()) {
            inShell(command, where, out);
            return;
        }
        String program = simple.group(1);
        Process split =
                new ProcessBuilder("bash", "-c", "printf '%s\\0' -c x " + simple.group(2)).start();
        String[] args =
                new String(split.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1)
                        .split("\0", -1);
        args = java.util.Arrays.copyOf(args, args.length - 1);
        args[1] = where.toString();
        for (int i = 2; i < args.length; i++) {
            args[i] = args[i].endsWith(".tpl") ? where + "/" + args[i] : args[i];
        }
        for (int i = 2; !program.equals("postconf") && i < args.length; i++) {
            args[i] = TABLE_FILE.matcher(args[i]).replaceFirst("$1:" + where + "/$2");
        }
        ByteArrayOutputStream stdout = new ByteArrayOutputStream();
        ByteArrayOutputStream stderr = new ByteArrayOutputStream();
        Terminal terminal =
                new Terminal(
                        new ByteArrayInputStream(new byte[0]),
                        new PrintStream(stdout, false, StandardCharsets.ISO_8859_1),
                        new PrintStream(stderr, false, StandardCharsets.ISO_8859_1),
                        null);
        int status =
                program.equals("postconf")
                        ? new Postconf(terminal).run(args)
                        : new Postmap(program, terminal).run(args);
        terminal.out().flush();
        terminal.err().flush();
        lines("", stdout.toString(ISO), out);
        lines("! ", stderr.toString(ISO), out);
        out.append("= ").append(status).append('\n');
    }

    /// What is more than one command of ours runs in a shell, ours as programs.
    private static void inShell(String command, Path where, StringBuilder out)
            throws IOException, InterruptedException {
        String java =
                "'"
                        + System.getProperty("java.home")
                        + "/bin/java' -XX:TieredStopAtLevel=1"
                        + " --enable-native-access=ALL-UNNAMED -cp '"
                        + System.getProperty("java.class.path")
                        + "' org.postrider.command.Main ";
        StringBuilder shell = new StringBuilder("cd '" + where + "'; ");
        for (String program : List.of("postconf", "postmap", "postalias")) {
            shell.append(program + "() { " + java + program + " -c '" + where + "' \"$@\"; }; ");
        }
        Process process =
                new ProcessBuilder("bash", "-c", shell + command)
                        .directory(Path.of(".").toFile())
                        .redirectError(where.resolve("stderr.tmp").toFile())
                        .start();
        process.getOutputStream().close();
        lines("", new String(process.getInputStream().readAllBytes(), ISO), out);
        int status = process.waitFor();
        lines("! ", Files.readString(where.resolve("stderr.tmp"), ISO), out);
        out.append("= ").append(status).append('\n');
    }

    private static void lines(String mark, String text, StringBuilder out) {
        List<String> lines = new ArrayList<>(List.of(text.split("\n", -1)));
        lines.removeLast();
        // Postfix 3.7 names them in the order of a hash table with a random seed.
        lines.sort(Comparator.comparing(line -> UNORDERED.matcher(line).find() ? line : ""));
        for (String line : lines) {
            String cut = line.length() > WIDEST ? line.substring(0, WIDEST) : line;
            out.append(mark).append(cut).append('\n');
        }
    }

    private static List<String> unpack(String body, Path where) throws IOException {
        List<String> commands = new ArrayList<>();
        String file = null;
        boolean escaped = false;
        StringBuilder text = new StringBuilder();
        for (String line : (body + "\n$ ").split("\n", -1)) {
            boolean heading = line.startsWith("--- ");
            if (heading || line.startsWith("$ ")) {
                if (file != null) {
                    Files.write(where.resolve(file), octets(text.toString(), escaped));
                }
                text.setLength(0);
                file = heading ? line.substring(4).split(" ", -1)[0] : null;
                escaped = line.endsWith(" escaped");
                if (!heading && line.length() > 2) {
                    commands.add(line.substring(2));
                }
            } else if (file != null) {
                text.append(line).append('\n');
            }
        }
        return commands;
    }

    private static byte[] octets(String text, boolean escaped) {
        String full =
                REPEAT.matcher(text)
                        .replaceAll(m ->
                                java.util.regex.Matcher.quoteReplacement(
                                        m.group(1).repeat(Integer.parseInt(m.group(2)))));
        if (!escaped) {
            return full.getBytes(StandardCharsets.UTF_8);
        }
        return ESCAPE.matcher(full.contains("\\n") ? full.replace("\n", "") : full)
                .replaceAll(PostconfCorpusTest::octet)
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String octet(MatchResult m) {
        String what = m.group(1);
        char c =
                switch (what) {
                    case "r" -> '\r';
                    case "n" -> '\n';
                    case "\\" -> '\\';
                    default -> (char) Integer.parseInt(what.substring(1), 16);
                };
        return java.util.regex.Matcher.quoteReplacement(String.valueOf(c));
    }

    private static Map<String, String> contents(Path where) throws IOException {
        Map<String, String> out = new TreeMap<>();
        try (Stream<Path> files = Files.list(where)) {
            for (Path file : files.toList()) {
                if (!Files.isRegularFile(file) || INDEX.matcher(file.toString()).find()) {
                    continue;
                }
                StringBuilder text = new StringBuilder("\n");
                for (String line :
                        Files.readString(file, StandardCharsets.ISO_8859_1).split("\n", -1)) {
                    String cut = line.length() > WIDEST ? line.substring(0, WIDEST) : line;
                    text.append("> ").append(cut).append('\n');
                }
                out.put(file.getFileName().toString(), text.toString());
            }
        }
        return out;
    }
}
