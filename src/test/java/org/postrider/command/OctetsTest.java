package org.postrider.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Addresses and names of the command line reach the maildrop with the octets that were given,
/// whatever the locale: the real program is started.
class OctetsTest {
    @TempDir Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"LANG=C", "LANG=C.UTF-8", "LANG=", "LC_ALL=POSIX"})
    void argumentsAndNameKeepTheirOctets(String locale) throws Exception {
        Path maildrop = Files.createDirectories(directory.resolve("q/maildrop"));
        Files.writeString(
                directory.resolve("main.cf"), "queue_directory = " + directory.resolve("q") + "\n");
        Files.writeString(
                directory.resolve("run"),
                "unset LC_ALL LANG; export "
                        + locale
                        + "\nexport NAME=\"$(printf 'N\\374x')\"\n"
                        + "exec \"$@\" sendmail -C "
                        + directory
                        + " -f \"$(printf 'j\\303\\274rgen@example.org')\""
                        + " \"$(printf 'latin\\374@example.org')\" '' 'b@example.org'\n");
        Process p =
                new ProcessBuilder(
                                "/bin/sh",
                                directory.resolve("run").toString(),
                                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                "--enable-native-access=ALL-UNNAMED",
                                "org.postrider.command.Main")
                        .redirectErrorStream(true)
                        .start();
        p.getOutputStream().write("x\n".getBytes(StandardCharsets.US_ASCII));
        p.getOutputStream().close();
        String said = new String(p.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        assertEquals(0, p.waitFor(), said);
        String file = Files.readString(only(maildrop), StandardCharsets.ISO_8859_1);
        for (String line :
                List.of(
                        "sender j\u00c3\u00bcrgen@example.org",
                        "fullname N\u00fcx",
                        "recipient latin\u00fc@example.org",
                        "recipient b@example.org")) {
            assertTrue(file.contains("\n" + line + "\n"), file);
        }
    }

    private static Path only(Path maildrop) throws IOException {
        try (var all = Files.list(maildrop)) {
            return all.findFirst().orElseThrow();
        }
    }
}
