package org.postrider.smtpd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.access.list.Catalogue;
import org.postrider.dns.StubServer;
import org.xbill.DNS.Rcode;

/// Sessions of a stranger with a server that checks authenticity, and a name server of the test's
/// own: sessions.txt has one a block.
class AuthenticityTest {
    private static final Path CASES = Path.of("src/test/resources/authentication/sessions.txt");

    private static final String MAIN =
            """
            mynetworks = 127.0.0.0/8
            relay_domains = test.example
            relay_recipient_maps =
            smtpd_relay_restrictions = reject_unauth_destination
            smtpd_authorized_xclient_hosts = static:all
            """;

    @TempDir Path temp;

    /// One block.
    private static final class Case {
        String title = "";
        final StringBuilder main = new StringBuilder(MAIN);
        final StringBuilder zone = new StringBuilder();
        boolean silent;
        final List<String> broken = new ArrayList<>();
        final StringBuilder said = new StringBuilder();
        final List<String> wanted = new ArrayList<>();
    }

    private static List<Case> cases() throws IOException {
        List<Case> out = new ArrayList<>();
        for (String line : Files.readAllLines(CASES)) {
            if (line.startsWith("#") || line.isBlank()) {
                continue;
            }
            int at = line.indexOf(' ');
            String text = at < 0 ? "" : line.substring(at + 1);
            switch (at < 0 ? line : line.substring(0, at)) {
                case "==" -> {
                    out.add(new Case());
                    out.getLast().title = text;
                }
                case "main" -> out.getLast().main.append(text).append('\n');
                case "dns" -> out.getLast().zone.append(text).append('\n');
                case "servfail" -> out.getLast().broken.add(text);
                case "silent" -> out.getLast().silent = true;
                case ">" -> out.getLast().said.append(text.replace("\\t", "\t")).append("\r\n");
                default -> out.getLast().wanted.add(line);
            }
        }
        return out;
    }

    /// What of a case is not so.
    private List<String> wrong(Case c, int number) throws IOException {
        Path directory = Files.createDirectory(temp.resolve("case" + number));
        try (StubServer server = new StubServer()) {
            server.zone(c.zone.toString());
            c.broken.forEach(name -> server.rcodes.put(name, Rcode.SERVFAIL));
            server.silent(c.silent);
            Reception it =
                    Reception.of(
                            directory,
                            c.main.toString(),
                            Reception.ROOM,
                            Reception.lists(directory, server.port(), c.silent ? 1 : 60),
                            c.said.toString());
            List<String> out = new ArrayList<>();
            List<String> replies = new ArrayList<>(it.heard());
            String headers =
                    String.join("--\n", it.headers()).replace("\r\n\t", " ").replace("\r", "");
            for (String line : c.wanted) {
                int at = line.indexOf(' ');
                String text = line.substring(at + 1);
                boolean met =
                        switch (line.substring(0, at)) {
                            case "<" -> heard(replies, text);
                            case "head" -> headers.contains(text);
                            case "nohead" -> !headers.contains(text);
                            case "log" -> it.log().contains(text);
                            case "nolog" -> !it.log().contains(text);
                            case "queued" -> it.queued() == Integer.parseInt(text);
                            case "held" -> it.held() == Integer.parseInt(text);
                            case "asked" -> server.asked.get() == Integer.parseInt(text);
                            default -> throw new IllegalArgumentException(line);
                        };
                if (!met) {
                    out.add(
                            c.title
                                    + ": "
                                    + line
                                    + "\n"
                                    + String.join("\n", it.heard())
                                    + "\n"
                                    + headers
                                    + it.log()
                                    + "held "
                                    + it.held()
                                    + " queued "
                                    + it.queued()
                                    + " asked "
                                    + server.asked.get());
                    break;
                }
            }
            return out;
        }
    }

    /// Replies are heard in order; others may stand between them.
    private static boolean heard(List<String> replies, String text) {
        for (int i = 0; i < replies.size(); i++) {
            if (replies.get(i).startsWith(text)) {
                replies.subList(0, i + 1).clear();
                return true;
            }
        }
        return false;
    }

    @Test
    void sessionsGoAsTheyAreWritten() throws IOException {
        List<String> wrong = new ArrayList<>();
        List<Case> all = cases();
        String only = System.getProperty("only", "");
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).title.contains(only)) {
                wrong.addAll(wrong(all.get(i), i));
            }
        }
        assertTrue(all.size() > 20);
        assertEquals("", String.join("\n\n", wrong));
    }

    @Test
    void everyRestrictionOfOursStandsInASession() throws IOException {
        String text = Files.readString(CASES);
        TreeSet<String> missing = new TreeSet<>(Catalogue.own());
        missing.removeIf(name -> text.contains(" " + name + "\n") || text.contains(name + ","));
        assertEquals("[]", missing.toString());
    }
}
