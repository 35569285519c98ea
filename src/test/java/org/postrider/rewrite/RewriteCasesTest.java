package org.postrider.rewrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.address.Address;
import org.postrider.config.Catalogue;
import org.postrider.config.MainCf;
import org.postrider.config.ServiceSettings;
import org.postrider.maps.TableDirectory;

/// Every address is rewritten and routed as the real Postfix did.
class RewriteCasesTest {
    private static final Path HERE = Path.of("src/test/resources/rewrite").toAbsolutePath();

    private static final String BASE =
            """
            compatibility_level = 3.6
            myhostname = mx.own.example
            mydomain = own.example
            myorigin = own.example
            inet_interfaces = 127.0.0.1
            inet_protocols = ipv4
            """;

    @TempDir Path directory;

    private TrivialRewrite service(List<String> more) throws IOException {
        Path file = directory.resolve("main.cf");
        Files.writeString(file, BASE + String.join("\n", more) + "\n");
        ServiceSettings settings =
                ServiceSettings.of(MainCf.read(file), Catalogue.load(), Map.of());
        return new TrivialRewrite(
                settings,
                new TableDirectory(org.postrider.time.Clock.system(), "hash"),
                warning -> {});
    }

    @Test
    void asTheRealPostfixAnswered() throws IOException {
        List<String> wrong = new ArrayList<>();
        List<String> settings = new ArrayList<>();
        TrivialRewrite service = null;
        int cases = 0;
        String block = "";
        for (String line :
                Files.readAllLines(HERE.resolve("cases.txt"), StandardCharsets.ISO_8859_1)) {
            if (line.startsWith("block ")) {
                block = line.substring(6);
                settings.clear();
                service = null;
            } else if (line.startsWith("set ")) {
                settings.add(line.substring(4).replace("@/", HERE + "/"));
            } else if (line.startsWith("case\t")) {
                service = service == null ? service(settings) : service;
                cases++;
                String got = answer(service, line.split("\t", -1));
                if (!got.equals(line)) {
                    wrong.add(block + "\n  postfix " + line + "\n  ours    " + got);
                }
            }
        }
        assertTrue(cases >= 60, "only " + cases + " cases");
        assertEquals("", String.join("\n", wrong));
    }

    private static String answer(TrivialRewrite service, String[] f) {
        Address input = new Address(f[2].equals("<>") ? "" : f[2]);
        Address sender = new Address(f[1].equals("<>") ? "" : f[1]);
        String rewritten = service.rewrite(input, true).text();
        Resolved r = service.resolve(sender, input);
        boolean minus = r.badSyntax() && r.recipient().text().startsWith("-");
        String flags = (r.routed() ? "R" : "") + (r.badSyntax() ? "E" : "");
        return String.join(
                "\t",
                "case",
                f[1],
                f[2],
                rewritten.isEmpty() ? "<>" : rewritten,
                r.badSyntax() && !minus ? "CHANNEL NOT UPDATED" : r.transport(),
                r.badSyntax() && !minus ? "NEXTHOP NOT UPDATED" : r.nexthop(),
                r.recipient().text(),
                r.addressClass().toString(),
                flags.isEmpty() ? "-" : flags);
    }
}
