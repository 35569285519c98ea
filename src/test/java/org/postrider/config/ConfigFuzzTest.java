package org.postrider.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// main.cf and master.cf of any octets are read or refused with the file's name, in bounded time.
class ConfigFuzzTest {
    private static final int ROUNDS = 20_000;
    private static final String MAIN =
            "mydomain = example.com\nmynetworks = 127.0.0.0/8, [::1]/128\n  10.0.0.0/8\n# comment\n"
                    + "smtpd_banner = ${stress?{a}:{b}} $myhostname ${{$a} == {b} ? {x} : {y}}\n"
                    + "virtual_alias_maps = inline:{ {a = b}, c=d }, hash:/x\n";
    private static final String MASTER =
            "smtp inet n - n - - smtpd\n  -o { smtpd_banner = a b }\n  -o x=y\nrelay unix - - n"
                    + " 1000? 5 smtp\np unix - n n - - pipe flags=R argv=/x ${sender}\n";
    private static final String PIECES = "${}()=:?\n\t #,<>!\0\u00e9\\\"'[]abc019";

    @TempDir Path temp;

    private static String broken(String good, Random random) {
        StringBuilder out = new StringBuilder(good);
        for (int n = random.nextInt(1, 12); n > 0; n--) {
            int at = random.nextInt(out.length() + 1);
            switch (random.nextInt(4)) {
                case 0 -> out.insert(at, PIECES.charAt(random.nextInt(PIECES.length())));
                case 1 -> out.delete(at, Math.min(out.length(), at + random.nextInt(20)));
                case 2 -> out.insert(at, out.substring(0, random.nextInt(out.length() + 1)));
                default -> out.setLength(at);
            }
            if (out.length() > 20_000) {
                out.setLength(20_000);
            }
        }
        return out.toString();
    }

    @Test
    void mainCfIsReadOrRefusedWithItsName() {
        Path file = Path.of("/c/main.cf");
        int read = 0;
        int refused = 0;
        Catalogue catalogue = Catalogue.load();
        for (int i = 0; i < 1_000; i++) {
            String text = broken(MAIN, new Random(i));
            try {
                MainCf mainCf = MainCf.parse(file, text);
                ServiceSettings settings =
                        ServiceSettings.of(mainCf, catalogue, Map.of("myhostname", "h"));
                for (String name : mainCf.entries().keySet()) {
                    settings.text(name);
                }
                new ParameterNames(
                        settings,
                        Map.of(),
                        Path.of("/c/master.cf"),
                        List.of(),
                        new Families(Map.of()),
                        w -> {});
                read++;
            } catch (ConfigException e) {
                assertTrue(!String.valueOf(e.getMessage()).isEmpty());
                refused++;
            }
        }
        assertTrue(read > 50 && refused > 50, read + " read, " + refused + " refused");
    }

    @Test
    void expansionEndsOrRefuses() {
        int done = 0;
        int refused = 0;
        for (int i = 0; i < ROUNDS; i++) {
            Random random = new Random(i);
            String text = broken("a ${b?{c}:{$d}} ${{$b} <= {2} ? {x}} $(e) $$ ${f:g}", random);
            Expansion expansion =
                    new Expansion(name ->
                            random.nextBoolean() ? "$" + name : random.nextBoolean() ? "v" : null);
            try {
                expansion.expand(text);
                done++;
            } catch (ConfigException e) {
                refused++;
            }
        }
        assertTrue(done > 1_000 && refused > 1_000, done + " " + refused);
    }

    @Test
    void masterCfIsReadOrRefusedWithItsLine() throws IOException {
        Path file = temp.resolve("master.cf");
        int read = 0;
        int refused = 0;
        for (int i = 0; i < 5_000; i++) {
            String text = broken(MASTER, new Random(i));
            Files.writeString(file, text, StandardCharsets.ISO_8859_1);
            List<String> warnings = new ArrayList<>();
            try {
                for (MasterEntry each : MasterCf.entries(file, warnings::add)) {
                    each.settings();
                }
                read++;
            } catch (ConfigException e) {
                refused++;
            }
            try {
                MasterCf.read(file);
            } catch (ConfigException e) {
                assertTrue(
                        String.valueOf(e.getMessage()).startsWith(file + ": line "),
                        String.valueOf(e.getMessage()));
            }
        }
        assertTrue(read > 100 && refused > 100, read + " " + refused);
    }

    @Test
    void aLineOfTenMegabytesIsRead() {
        String value = "host.example ".repeat(800_000);
        MainCf mainCf =
                assertTimeout(
                        Duration.ofSeconds(60),
                        () -> MainCf.parse(Path.of("/c/main.cf"), "mydestination = " + value));
        MainCf.Entry entry = mainCf.entries().get("mydestination");
        assertEquals(value.strip(), entry == null ? "" : entry.value());
    }

    @Test
    void aHalfWrittenFileNamesItsLine() {
        ConfigException e =
                assertThrows(
                        ConfigException.class,
                        () -> MainCf.parse(Path.of("/c/main.cf"), "a = b\nmydestinat"));
        assertEquals(
                "/c/main.cf, line 2: missing '=' after attribute name: \"mydestinat\"",
                e.getMessage());
    }
}
