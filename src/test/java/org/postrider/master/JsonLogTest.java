package org.postrider.master;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.config.ConfigException;
import org.postrider.log.Json;

/// The mail log and the JSON log of a server under mail.
class JsonLogTest {
    private static final int SESSIONS = 4;
    private static final int MAILS = 150;

    @TempDir Path temp;

    /// Process, and what it says: by words that both logs have.
    private static String ofLine(String line) {
        String head = line.substring(line.indexOf(" postfix/") + 1);
        String process = head.substring(0, head.indexOf(": "));
        String text = head.substring(process.length() + 2);
        String[] words = text.split(" ", -1);
        String id = words[0].matches("[0-9A-Z]{6,}:") ? words[0].replace(":", "") : "";
        String severity = words[0].matches("(warning|error|fatal|panic):") ? words[0] : "info:";
        return process + " " + severity + " " + id + " " + kind(text);
    }

    private static String ofJson(Map<String, Object> json) {
        Object id = json.getOrDefault("queue_id", "");
        String text = String.valueOf(json.get("text"));
        if (id.equals("") && text.matches("(?s)[0-9A-Z]{6,}: .*")) {
            id = text.substring(0, text.indexOf(':'));
        }
        return json.get("syslog_name")
                + "/"
                + json.get("process_name")
                + "["
                + ((Double) json.getOrDefault("process_id", -1.0)).longValue()
                + "] "
                + json.get("severity")
                + ": "
                + id
                + " "
                + String.valueOf(json.get("event")).replace("_", "");
    }

    /// What a line of the mail log begins with, or holds after its queue id, and its event.
    private static final Pattern KINDS =
            Pattern.compile(
                    "(?<connect>^connect from )|(?<disconnect>^disconnect from )"
                            + "|(?<client>: client=)|(?<messageid>: message-id=)"
                            + "|(?<active>\\(queue active\\)$)|(?<delivery>: to=<)"
                            + "|(?<removed>: removed$)|(?<started>^daemon started)"
                            + "|(?<reloaded>^reload --)|(?<stopping>^terminating)"
                            + "|(?<sessionended>^(lost connection|timeout) after )");

    private static String kind(String text) {
        Matcher m = KINDS.matcher(text);
        if (!m.find()) {
            return "text";
        }
        return m.namedGroups().keySet().stream()
                .filter(name -> m.group(name) != null)
                .findFirst()
                .orElseThrow();
    }

    private static void same(List<String> wanted, List<String> is) {
        List<String> a = wanted.stream().sorted().toList();
        List<String> b = is.stream().sorted().toList();
        for (int i = 0; i < Math.max(a.size(), b.size()); i++) {
            assertEquals(i < a.size() ? a.get(i) : "none", i < b.size() ? b.get(i) : "none");
        }
    }

    private static void mails(Trial trial, AtomicReference<Throwable> wrong) {
        try {
            for (int i = 0; i < MAILS; i++) {
                trial.quietMail("a" + i + "@a.example", "u" + i + "@b.example");
            }
        } catch (Throwable e) {
            wrong.set(e);
        }
    }

    private static void awaitQueueEmpty(Trial trial) throws IOException {
        trial.awaitedCount(": removed", SESSIONS * MAILS);
    }

    @Test
    void eachLineOfTheMailLogHasItsLineInTheJsonLogAcrossReloadAndStop() throws Exception {
        Path json = temp.resolve("log.json");
        AtomicReference<Throwable> wrong = new AtomicReference<>();
        try (NextHop hop = new NextHop();
                Trial trial = new Trial(temp, hop.port())) {
            trial.write(
                    List.of(
                            "maillog_json_file = " + json,
                            "maillog_file_permissions = 0640",
                            "smtpd_client_connection_count_limit = 0"),
                    List.of());
            trial.start();
            CountDownLatch done = new CountDownLatch(SESSIONS);
            for (int i = 0; i < SESSIONS; i++) {
                Thread.ofVirtual()
                        .start(() -> {
                            mails(trial, wrong);
                            done.countDown();
                        });
            }
            trial.awaitedCount(": removed", SESSIONS * MAILS / 3);
            trial.reload();
            done.await();
            assertEquals(null, wrong.get());
            awaitQueueEmpty(trial);
        }
        List<String> lines = Files.readAllLines(temp.resolve("log"), StandardCharsets.ISO_8859_1);
        List<String> objects = Files.readAllLines(json, StandardCharsets.ISO_8859_1);
        assertTrue(lines.size() > 7 * SESSIONS * MAILS, "only " + lines.size() + " lines");
        assertEquals(lines.size(), objects.size());
        same(
                lines.stream().map(JsonLogTest::ofLine).toList(),
                objects.stream().map(Json::parse).map(JsonLogTest::ofJson).toList());
        assertEquals(
                "rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(json)));
    }

    @Test
    void aFileOutsideOfThePrefixesIsRefused() throws IOException {
        try (NextHop hop = new NextHop();
                Trial trial = new Trial(temp, hop.port())) {
            for (String file : List.of("/nowhere/log.json", temp + "/../x/log.json")) {
                trial.write(
                        List.of("maillog_file_prefixes = " + temp, "maillog_json_file = " + file),
                        List.of());
                assertEquals(
                        "maillog_json_file value '"
                                + file
                                + "' does not match any prefix in maillog_file_prefixes",
                        assertThrows(ConfigException.class, trial::start).getMessage());
            }
            trial.write(List.of("maillog_json_file = " + temp.resolve("log")), List.of());
            assertNotNull(assertThrows(ConfigException.class, trial::start).getMessage());
        }
    }

    @Test
    void aReloadSaysThatAnotherFileWaitsForAStart() throws IOException {
        try (NextHop hop = new NextHop();
                Trial trial = new Trial(temp, hop.port())) {
            trial.write(List.of("maillog_json_file = " + temp.resolve("a")), List.of());
            trial.start();
            trial.write(List.of("maillog_json_file = " + temp.resolve("b")), List.of());
            trial.reload();
            trial.awaited("waits", l -> l.contains("maillog_json_file = " + temp.resolve("b")));
        }
    }

    @Test
    void aRotatedFileIsBegunAnew() throws IOException {
        Path json = temp.resolve("log.json");
        try (NextHop hop = new NextHop();
                Trial trial = new Trial(temp, hop.port())) {
            trial.write(List.of("maillog_json_file = " + json), List.of());
            trial.start();
            trial.mail("a@a.example", "u@b.example");
            trial.awaitedCount(": removed", 1);
            Files.move(json, temp.resolve("log.json.1"));
            trial.mail("a@a.example", "u@b.example");
            trial.awaitedCount(": removed", 2);
        }
        assertEquals(
                Files.readAllLines(temp.resolve("log"), StandardCharsets.ISO_8859_1).size(),
                Files.readAllLines(json).size()
                        + Files.readAllLines(temp.resolve("log.json.1")).size());
        assertTrue(Files.readAllLines(json).size() > 5);
    }
}
