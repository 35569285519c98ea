package org.postrider.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.postrider.master.Server;

/// The messages of src/test/mime, and what real Postfix made of each of them (`replay real --fill`
/// wrote it down): the reply, what the log said, MAIL and the content at a next hop without
/// 8BITMIME and at one with it, octet for octet.
class MimeCasesTest {
    private static final Path CASES = Path.of("src/test/mime");

    @TempDir Path temp;

    static List<String> groups() throws IOException {
        try (Stream<Path> all = Files.list(CASES)) {
            return all.filter(Files::isDirectory)
                    .map(p -> p.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    private static String octets(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @MethodSource("groups")
    void whatEachHopGetsIsWhatPostfixSendsIt(String group) throws Exception {
        Path own = CASES.resolve(group).resolve("main.cf");
        List<Path> messages;
        try (Stream<Path> all = Files.list(CASES.resolve(group))) {
            messages = all.filter(p -> p.toString().endsWith(".eml")).sorted().toList();
        }
        assertTrue(!messages.isEmpty());
        try (Sink seven = new Sink("SIZE 0");
                Sink eight = new Sink("SIZE 0", "8BITMIME")) {
            String transports =
                    "transport_maps = inline:{seven.example=smtp:[127.0.0.1]:%d,"
                            + " eight.example=smtp:[127.0.0.1]:%d, c.example=discard:}";
            Place place =
                    Place.at(
                            temp,
                            seven.port(),
                            transports.formatted(seven.port(), eight.port()),
                            "local_header_rewrite_clients =",
                            "in_flow_delay = 0",
                            Files.exists(own) ? octets(own) : "");
            try (Server server = Server.start(place.conf())) {
                for (Path message : messages) {
                    play(place, seven, eight, message);
                }
            }
        }
    }

    private static void play(Place place, Sink seven, Sink eight, Path message) throws Exception {
        String stem = message.toString().replaceFirst("\\.eml$", "");
        String want = octets(Path.of(stem + ".want"));
        int body = want.indexOf("---- seven");
        List<String> lines = List.of((body < 0 ? want : want.substring(0, body)).split("\n"));
        Path mail = Path.of(stem + ".mail");
        int mark = Files.exists(place.base().resolve("log")) ? place.log().length() : 0;
        String reply =
                send(place.port(), octets(message), Files.exists(mail) ? octets(mail).strip() : "");
        assertEquals(lines.getFirst(), "reply: " + reply.replaceFirst("as \\S+$", "as ID"), stem);
        if (body >= 0) {
            hop(seven, "seven", want, lines, stem);
            hop(eight, "eight", want, lines, stem);
        }
        for (String line : lines) {
            if (line.startsWith("log: ")) {
                String said = line.substring(line.indexOf("dsn=") > 0 ? line.indexOf("dsn=") : 5);
                Place.await(stem + " says: " + said, () -> logged(place, mark, said));
            }
        }
    }

    private static boolean logged(Place place, int mark, String said) {
        try {
            return place.log().substring(mark).contains(said);
        } catch (IOException e) {
            return false;
        }
    }

    private static String send(int port, String content, String parameters) throws IOException {
        try (Client c = new Client(port)) {
            c.hear();
            c.say("EHLO c.example");
            String said = parameters.isEmpty() ? "" : " " + parameters;
            Client.expect("250", c.say("MAIL FROM:<a@c.example>" + said));
            Client.expect("250", c.say("RCPT TO:<r@seven.example>"));
            Client.expect("250", c.say("RCPT TO:<r@eight.example>"));
            Client.expect("354", c.say("DATA"));
            String stuffed = content.replaceAll("(?m)^\\.", "..");
            return c.say(stuffed + (stuffed.endsWith("\n") ? "." : "\r\n."));
        }
    }

    private static void hop(Sink sink, String name, String want, List<String> lines, String stem)
            throws InterruptedException {
        String expected = content(want, name);
        if (expected.equals("broken off\r\n")) {
            // The hop never saw its end.
            return;
        }
        Sink.Mail got = sink.next(300);
        assertNotNull(got, stem + ": nothing came to " + name);
        Sink.Mail m = Objects.requireNonNull(got);
        List<String> heard = new ArrayList<>(lines);
        heard.removeIf(l -> !l.startsWith(name + ": "));
        assertEquals(
                heard,
                List.of(name + ": " + m.envelope().getFirst().replaceFirst("SIZE=\\d+", "SIZE=N")),
                stem);
        String after = m.content().replaceFirst("\\AReceived: [^\n]*\n(?:[ \t][^\n]*\n)*", "");
        assertEquals(expected, after, stem + " at " + name);
    }

    private static String content(String want, String name) {
        String head = "---- " + name;
        int at = want.indexOf(head) + head.length();
        if (want.startsWith(" the same", at)) {
            return content(want, "seven");
        }
        int end = name.equals("seven") ? want.indexOf("---- eight", at) : want.length();
        return want.substring(at + 1, end);
    }
}
