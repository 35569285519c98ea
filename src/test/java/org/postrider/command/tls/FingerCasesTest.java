package org.postrider.command.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.Needs;
import org.postrider.command.Terminal;
import org.postrider.dns.SystemResolver;
import org.postrider.time.Clock;

/// src/test/finger/cases.txt: command lines and what the distribution's posttls-finger says to the
/// same servers (server.py). Ours says the same but where ours.txt has something else, with its
/// reason. RECORD=1 writes what differs to target/finger-ours.txt.
class FingerCasesTest {
    private static final Path HERE = Path.of("src/test/finger");
    private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");

    @TempDir static Path directory;
    private static Process server;
    private static final Map<String, String> NAMED = new LinkedHashMap<>();

    @BeforeAll
    static void start() throws IOException {
        Needs.program("python3");
        Needs.program("openssl");
        server =
                new ProcessBuilder(
                                "python3",
                                HERE.resolve("server.py").toString(),
                                directory.toString(),
                                "127.0.0.1",
                                "0")
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        BufferedReader lines = server.inputReader(StandardCharsets.ISO_8859_1);
        for (String line = lines.readLine();
                line != null && !line.isBlank();
                line = lines.readLine()) {
            String[] words = line.split(" ", 2);
            NAMED.put(words[0], words[1]);
        }
        NAMED.put("dir", directory.toString());
        Path conf = Files.createDirectories(directory.resolve("conf"));
        Files.writeString(
                conf.resolve("main.cf"),
                "compatibility_level = 3.6\nmyhostname = client.finger.example\n"
                        + "mydomain = finger.example\ninet_protocols = ipv4\n"
                        + "smtp_tls_fingerprint_digest = sha256\nqueue_directory = "
                        + directory
                        + "/q\n");
        Files.writeString(
                directory.resolve("resolv.conf"),
                "nameserver 127.0.0.1\noptions timeout:60 attempts:1\n");
    }

    @AfterAll
    static void stop() throws IOException, InterruptedException {
        if (server != null) {
            server.getOutputStream().close();
            server.waitFor();
        }
    }

    private record Case(String command, List<String> said) {}

    private static List<Case> read(String file) throws IOException {
        List<Case> out = new ArrayList<>();
        for (String line : Files.readAllLines(HERE.resolve(file), StandardCharsets.ISO_8859_1)) {
            if (line.startsWith("$ ")) {
                out.add(new Case(line.substring(2), new ArrayList<>()));
            } else if (!line.isEmpty() && !line.startsWith("#")) {
                out.getLast().said().add(line);
            }
        }
        return out;
    }

    @TestFactory
    List<DynamicTest> oursSaysWhatPostfixsSays() throws IOException {
        Map<String, List<String>> ours = new LinkedHashMap<>();
        read("ours.txt").forEach(each -> ours.put(each.command(), each.said()));
        List<Case> cases = read("cases.txt");
        assertTrue(cases.size() >= 100, "only " + cases.size());
        for (String command : ours.keySet()) {
            assertTrue(cases.stream().anyMatch(c -> c.command().equals(command)), command);
        }
        List<DynamicTest> out = new ArrayList<>();
        StringBuilder differing = new StringBuilder();
        for (Case each : cases) {
            out.add(
                    DynamicTest.dynamicTest(
                            "posttls-finger " + each.command(),
                            () -> {
                                List<String> said = play(each.command());
                                if (!said.equals(each.said())) {
                                    differing.append("$ ").append(each.command()).append('\n');
                                    differing.append(String.join("\n", said)).append("\n\n");
                                    if (System.getenv("RECORD") != null) {
                                        Files.writeString(
                                                Path.of("target/finger-ours.txt"),
                                                differing,
                                                StandardCharsets.ISO_8859_1);
                                    }
                                }
                                assertEquals(
                                        String.join(
                                                "\n",
                                                ours.getOrDefault(each.command(), each.said())),
                                        String.join("\n", said));
                            }));
        }
        return out;
    }

    private static List<String> play(String command) {
        List<String> args = new ArrayList<>();
        Matcher words = WORD.matcher(command);
        while (words.find()) {
            String word = words.group(1) != null ? words.group(1) : words.group(2);
            for (Map.Entry<String, String> each : NAMED.entrySet()) {
                word = word.replace("{" + each.getKey() + "}", each.getValue());
            }
            boolean file = word.matches("[a-z-]+\\.(pem|key)");
            args.add(file ? directory.resolve(word).toString() : word);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal =
                new Terminal(
                        new ByteArrayInputStream(new byte[0]),
                        new PrintStream(out, false, StandardCharsets.ISO_8859_1),
                        new PrintStream(err, false, StandardCharsets.ISO_8859_1),
                        directory.resolve("conf").toString());
        int status =
                new PosttlsFinger(
                                terminal,
                                new SystemResolver(
                                        directory.resolve("resolv.conf"),
                                        Integer.parseInt(NAMED.get("dns")),
                                        Clock.system()),
                                Clock.system(),
                                _ -> {})
                        .run(args.toArray(new String[0]));
        terminal.out().flush();
        terminal.err().flush();
        List<String> said = new ArrayList<>();
        masked(err.toString(StandardCharsets.ISO_8859_1))
                .lines()
                .forEach(line -> said.add("! " + line));
        masked(out.toString(StandardCharsets.ISO_8859_1))
                .lines()
                .forEach(line -> said.add(line.isEmpty() ? "|" : line));
        said.add("exit " + status);
        return said;
    }

    private static String masked(String said) {
        String text = said.replaceAll(Pattern.quote(directory + "/") + "([a-z-]+\\.pem)", "$1");
        List<Map.Entry<String, String>> longestFirst = new ArrayList<>(NAMED.entrySet());
        longestFirst.sort((a, b) -> b.getValue().length() - a.getValue().length());
        for (Map.Entry<String, String> each : longestFirst) {
            String to = Matcher.quoteReplacement("{" + each.getKey() + "}");
            String value = each.getValue();
            if (each.getKey().endsWith("_pem")) {
                text = text.replaceAll(String.join("\n?", value.split("")).replace("+", "\\+"), to);
            } else if (value.matches("[0-9]+")) {
                text = text.replaceAll("(?<=[:_])" + value + "\\b", to);
            } else {
                text = text.replace(value, "{" + each.getKey() + "}");
            }
        }
        return text.replaceAll("&[0-9A-F]{64}", "&{id}")
                .replaceAll("\\b30[0-9A-F]{62}\\.\\.\\.[0-9A-F]{40,64}", "{whole}")
                .replaceAll("TLS library problem: .*", "TLS library problem: {text}")
                // Of a name that is none, a machine without a network knows less.
                .replace(": Temporary failure in name resolution", ": Name or service not known");
    }
}
