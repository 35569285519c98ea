package org.postrider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

/// The password ledger at the end of `bin/test`, `src/test/secrets/look`: secrets are planted and
/// found, and it does not pass with nothing to look at.
class SecretsTest {
    private static final String SECRET = "s3s:Hush+Hush/=";

    /// Not one that the ledger itself keeps: what is planted here it would find.
    @TempDir(factory = TempDirFactory.Standard.class)
    Path temp;

    private final List<String> said = new ArrayList<>();

    @BeforeEach
    void python() {
        Needs.program("python3");
    }

    private Path file(String name, String text) throws IOException {
        Path file = temp.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text, StandardCharsets.UTF_8);
    }

    private int look(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("src/test/secrets/look"));
        command.addAll(Arrays.asList(words));
        Process run = new ProcessBuilder(command).redirectErrorStream(true).start();
        said.clear();
        said.addAll(run.inputReader(StandardCharsets.UTF_8).readAllLines());
        return run.waitFor();
    }

    private static String encoded(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aSecretIsFoundHoweverItIsWritten() throws Exception {
        List<String> lines =
                List.of(
                        "said: " + SECRET,
                        "AUTH PLAIN " + encoded("\0AKIAEXAMPLE\0" + SECRET),
                        "AUTH PLAIN " + encoded("\0AKIA\0" + SECRET),
                        "334 " + encoded("u\0" + SECRET + " and more"),
                        "quoted-printable s3s:Hush+Hush/=3D",
                        "XFORWARD LOGIN=s3s:Hush+2BHush/+3D",
                        "POST " + URLEncoder.encode(SECRET, StandardCharsets.UTF_8),
                        "sent " + HexFormat.of().formatHex(SECRET.getBytes(StandardCharsets.UTF_8)),
                        "turned round " + new StringBuilder(SECRET).reverse());
        for (String line : lines) {
            Path log = file("kept/a/log", "first\n" + line + "\nlast\n");
            assertEquals(1, look("--kept", temp.resolve("kept").toString()), line);
            String where = "secrets: " + log + ":2: the secret `" + SECRET + "`, ";
            assertTrue(said.get(0).startsWith(where), line + said);
            assertEquals(2, said.size(), line + said);
        }
        file("kept/a/log", "s3s:Hush and Hush/= and " + encoded("s3s:Hush") + "\n");
        assertEquals(0, look("--kept", temp.resolve("kept").toString()), said::toString);
    }

    @Test
    void everyListedSecretIsFound() throws Exception {
        List<String> secrets = new ArrayList<>();
        for (String row : Files.readAllLines(Path.of("src/test/secrets/secrets.txt"))) {
            String[] fields = row.split("\t");
            if (!row.startsWith("#") && fields.length < 3) {
                secrets.add(fields[0]);
            }
        }
        assertTrue(secrets.size() > 30, secrets.toString());
        for (int i = 0; i < secrets.size(); i++) {
            file("kept/a/" + i + ".log", secrets.get(i) + "\n");
        }
        assertEquals(1, look("--kept", temp.resolve("kept").toString()));
        for (int i = 0; i < secrets.size(); i++) {
            String name = "/" + i + ".log:1: the secret";
            assertTrue(said.stream().anyMatch(l -> l.contains(name)), secrets.get(i));
        }
    }

    @Test
    void nothingToLookAtIsNoSuccess() throws Exception {
        Files.createDirectories(temp.resolve("kept"));
        assertEquals(1, look("--kept", temp.resolve("kept").toString()));
        assertTrue(said.get(0).contains("nothing to look at: 0 files"), said.toString());
        file("kept/a/log", "");
        assertEquals(1, look("--kept", temp.resolve("kept").toString()));
        assertTrue(said.get(0).contains("1 files, 0 octets"), said.toString());
    }

    @Test
    void aScriptOfWhichNothingIsKeptIsNamed() throws Exception {
        file("scripts/mailGoesOut.end", "0\n");
        file("scripts/mailGoesOut.out", "1 of 1\n");
        file("kept/junit/SomeTest.log", "a line\n");
        String[] words = {
            "--kept", temp.resolve("kept").toString(), "--scripts", temp + "/scripts"
        };
        assertEquals(1, look(words));
        assertTrue(said.get(0).contains("mailGoesOut kept nothing"), said.toString());
        file("kept/mailGoesOut/log", "a line\n");
        assertEquals(0, look(words), said::toString);
        Files.delete(temp.resolve("kept/junit/SomeTest.log"));
        assertEquals(1, look(words));
        assertTrue(said.get(0).contains("no log of a server that JUnit"), said.toString());
    }

    @Test
    void aSecretThatIsNotListedIsNamed() throws Exception {
        file("kept/dialogues/maillog", "a line\n");
        file("kept/dialogues/secrets", SECRET + "\nof-no-list\n");
        assertEquals(1, look("--kept", temp.resolve("kept").toString()));
        assertTrue(said.get(0).endsWith("secrets.txt: of-no-list"), said.toString());
        assertEquals(2, said.size(), said.toString());
    }
}
