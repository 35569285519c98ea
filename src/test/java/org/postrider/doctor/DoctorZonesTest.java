package org.postrider.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.command.Terminal;
import org.postrider.command.doctor.Postdoctor;
import org.postrider.dkim.KeyRecord;
import org.postrider.dns.StubServer;
import org.postrider.dns.SystemResolver;
import org.postrider.spf.Zones;
import org.postrider.time.Clock;

/// postdoctor over zones of a real name server: what it says of each, the records that it proposes,
/// and its status. Mail servers are connected to in the scenario (src/test/scenarios/doctor).
class DoctorZonesTest {
    private static final Path ROWS = Path.of("src/test/resources/doctor/zones.txt");
    private static final String RUN =
            "--no-connect --address 198.51.100.7 --dkim s1:%KEY% good.example";
    private static final int LEAST = 50;

    @TempDir Path directory;
    private Path key;
    private String record;

    private record Said(int status, String out, String err) {}

    private static final class Case {
        final String title;
        final List<String> zone;
        final List<String> conf = new ArrayList<>();
        final List<String> master = new ArrayList<>();
        final List<String> said = new ArrayList<>();
        final List<String> added = new ArrayList<>();
        String run = RUN;
        int exit = -1;

        Case(String title, List<String> healthy) {
            this.title = title;
            zone = new ArrayList<>(healthy);
        }

        void line(String line) {
            String[] words = line.split(" ", 2);
            switch (words[0]) {
                case "conf" -> conf.add(words[1]);
                case "master" -> master.add(words[1]);
                case "run" -> run = words[1];
                case "is" -> said.add(words[1]);
                case "add" -> added.add(words[1]);
                case "exit" -> exit = Integer.parseInt(words[1]);
                case "drop" ->
                        assertTrue(
                                zone.removeIf(z -> z.startsWith(words[1] + " ")),
                                title + ": there is no " + words[1]);
                default -> zone.add(line);
            }
        }
    }

    @BeforeEach
    void key() throws IOException, GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KeyPair pair = generator.generateKeyPair();
        key = directory.resolve("s1.pem");
        Files.writeString(
                key,
                "-----BEGIN PRIVATE KEY-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'})
                                .encodeToString(pair.getPrivate().getEncoded())
                        + "\n-----END PRIVATE KEY-----\n");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        String text = KeyRecord.text(pair.getPublic(), false);
        record = "\"" + text.substring(0, 255) + "\" \"" + text.substring(255) + "\"";
    }

    private static List<Case> cases() throws IOException {
        List<Case> out = new ArrayList<>();
        List<String> healthy = new ArrayList<>();
        for (String line : Files.readAllLines(ROWS)) {
            if (line.isEmpty() || line.startsWith("#") || line.equals("healthy")) {
                continue;
            }
            if (line.startsWith("case ")) {
                out.add(new Case(line.substring(5), healthy));
            } else if (out.isEmpty()) {
                healthy.add(line);
            } else {
                out.getLast().line(line);
            }
        }
        return out;
    }

    private String filled(String text) {
        return text.replace("%KEY%", key.toString()).replace("%DKIM%", record);
    }

    private Said said(Case of, String... more) throws IOException {
        Zones.Zone zone = new Zones.Zone(of.title);
        for (String each : of.zone) {
            zone.line(filled(each));
        }
        Path conf = Files.createTempDirectory(directory, "conf");
        Files.writeString(
                conf.resolve("main.cf"),
                "compatibility_level = 3.6\n"
                        + "myhostname = mail.good.example\n"
                        + "mynetworks = 127.0.0.0/8\n"
                        + filled(String.join("\n", of.conf))
                        + "\n");
        Files.writeString(
                conf.resolve("master.cf"),
                Files.readString(Path.of("conf/master.cf")) + String.join("\n", of.master) + "\n");
        List<String> arguments = new ArrayList<>(List.of("-c", conf.toString()));
        arguments.addAll(List.of(more));
        arguments.addAll(List.of(filled(of.run).split(" ", -1)));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        try (StubServer server = new StubServer()) {
            server.answers(zone);
            Clock clock = Clock.system();
            int status =
                    new Postdoctor(
                                    new Terminal(
                                            new ByteArrayInputStream(new byte[0]),
                                            new PrintStream(out, true, StandardCharsets.ISO_8859_1),
                                            new PrintStream(err, true, StandardCharsets.ISO_8859_1),
                                            null),
                                    new SystemResolver(
                                            InetAddress.getLoopbackAddress(), server.port(), clock),
                                    clock)
                            .run(arguments.toArray(String[]::new));
            return new Said(
                    status,
                    out.toString(StandardCharsets.ISO_8859_1),
                    err.toString(StandardCharsets.ISO_8859_1));
        }
    }

    private static boolean is(String line, String wanted) {
        String[] words = wanted.split(" ", 3);
        String[] have = line.split(" +", 3);
        return have[0].equals(words[0]) && have[1].equals(words[1]) && have[2].contains(words[2]);
    }

    private List<String> wrong(Case of) throws IOException {
        List<String> out = new ArrayList<>();
        Said said = said(of);
        List<String> lines = said.out().lines().filter(l -> !l.startsWith("        ")).toList();
        List<String> records =
                said.out()
                        .lines()
                        .filter(l -> l.startsWith("        "))
                        .map(String::strip)
                        .toList();
        for (String each : of.said) {
            if (lines.stream().noneMatch(l -> is(l, each))) {
                out.add("not said: " + each);
            }
        }
        for (String line : lines) {
            if (!line.startsWith("ok ") && of.said.stream().noneMatch(s -> is(line, s))) {
                out.add("said: " + line);
            }
        }
        for (String each : of.added) {
            if (!records.contains(filled(each))) {
                out.add("not proposed: " + each + " among " + records);
            }
        }
        if (said.status() != of.exit) {
            out.add("status " + said.status() + ", not " + of.exit + said.err());
        }
        if (!said.out().chars().allMatch(c -> c == '\n' || c >= ' ' && c < 127)) {
            out.add("octets that are no text");
        }
        return out;
    }

    @Test
    void eachZoneIsToldOf() throws IOException {
        List<String> wrong = new ArrayList<>();
        List<Case> cases = cases();
        for (Case each : cases) {
            wrong(each).forEach(w -> wrong.add(each.title + ": " + w));
        }
        assertEquals("", String.join("\n", wrong));
        assertTrue(cases.size() >= LEAST, cases.size() + " cases");
    }

    @Test
    void jsonIsALineEachAndQuietLeavesOutWhatIsWell() throws IOException {
        Case healthy = cases().getFirst();
        Said said = said(healthy, "-j");
        assertTrue(
                said.out().lines().allMatch(l -> l.startsWith("{\"level\": \"ok\", \"check\": \"")),
                said.out());
        assertEquals("", said(healthy, "-q").out());
        Case notes = cases().get(1);
        assertTrue(
                said(notes, "-j", "-q")
                        .out()
                        .contains(
                                "\"records\": [\"notes.example. IN MX 10 mail.notes.example.\"]}"));
    }

    /// The server does not sign with such a one, whatever DNS says.
    @Test
    void aKeyThatIsOpenToOthersIsNoUse() throws IOException {
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
        Said said = said(cases().getFirst());
        assertEquals(2, said.status());
        assertTrue(
                said.out()
                        .contains(
                                "wrong   dkim        the key cannot be used: "
                                        + key
                                        + ": everybody may read this key (chmod o= takes that"
                                        + " away)\nok      dkim        s1._domainkey.good.example"
                                        + " has the key"),
                said.out());
    }

    @Test
    void whatMakesNoSenseIsSaid() throws IOException {
        Case any = cases().getFirst();
        for (String bad :
                List.of(
                        "--lists -.example good.example",
                        "--address nothing good.example",
                        "--dkim onlyselector good.example",
                        "--smtp-port 99999 good.example",
                        "--relay-test elsewhere.example good.example",
                        "--relay-test some<one@elsewhere.example good.example",
                        "--relay-test someone@good.example good.example",
                        "one.example two.example",
                        "--frobnicate good.example",
                        "not..valid")) {
            any.run = bad;
            Said said = said(any);
            assertEquals(64, said.status(), bad);
            assertTrue(said.err().startsWith("postdoctor: fatal: "), said.err());
        }
        any.conf.add("inet_protocols = nonsense");
        any.run = RUN;
        assertEquals(3, said(any).status());
    }
}
