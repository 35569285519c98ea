package org.postrider.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.House;
import org.postrider.time.Clock;

/// Every kind of event with its line in the mail log and in the JSON log, as docs/json-log.md shows
/// them: the document is what is expected.
class EventTableTest {
    private static final Path DOCUMENT = Path.of("docs/json-log.md");
    private static final String TABLE = "## All events\n";
    private static final LogTag TAG = new LogTag("postfix/submission/smtpd", 4194401);

    @TempDir Path directory;

    /// 2026-11-29 01:02:03.004 UTC.
    private static final class Then implements Clock {
        @Override
        public long wallMillis() {
            return 1_795_914_123_004L;
        }

        @Override
        public long nanos() {
            return 0;
        }
    }

    private String json(Event event) throws IOException {
        Path file = Files.createTempFile(directory, "json", "");
        Logging logging = LogFiles.logging(new Then());
        JsonLog.file(logging, file, "0600");
        try (Events events = logging.events()) {
            events.event(TAG, event);
        }
        return Files.readString(file, StandardCharsets.ISO_8859_1);
    }

    /// The fields of its own.
    private String ownFields(Event event) throws IOException {
        String line = json(event);
        String head =
                "{\"time\":\"2026-11-29T01:02:03.004Z\",\"syslog_name\":\"postfix/submission\","
                        + "\"process_name\":\"smtpd\",\"process_id\":4194401,\"severity\":\""
                        + event.severity().word()
                        + "\",";
        assertTrue(line.startsWith(head), line);
        assertTrue(line.endsWith("}\n"), line);
        Json.parse(line.strip());
        return "{" + line.substring(head.length()).strip();
    }

    /// What is written to `target/json-log.md` is to be copied, if it is right.
    @Test
    void eachEventIsRenderedAsTheDocumentShowsIt() throws IOException {
        StringBuilder shown = new StringBuilder(TABLE);
        for (EventCases.Group group : EventCases.all()) {
            shown.append("\n### ").append(group.title()).append("\n\n```\n");
            String between = "";
            for (Event each : group.events()) {
                shown.append(between).append(each.line()).append('\n');
                shown.append(ownFields(each)).append('\n');
                between = "\n";
            }
            shown.append("```\n");
        }
        Files.writeString(Path.of("target/json-log.md"), shown, StandardCharsets.ISO_8859_1);
        String text = Files.readString(DOCUMENT, StandardCharsets.ISO_8859_1);
        assertEquals(shown.toString(), text.substring(text.indexOf(TABLE)));
    }

    /// The name of a host is its owner's choice: it forges no field and no address.
    @Test
    void theNameOfAHostIsNoSyntax() throws IOException {
        for (String name :
                List.of(
                        "x[198.51.100.1]:25,\"status\":\"sent\",\"a\":1[",
                        "x[198.51.100.1]:1,\"a\":[",
                        "x[198.51.100.1]",
                        "a\\\"b",
                        "a\nb\u00ff")) {
            for (String tail : List.of("[192.0.2.1]", "[192.0.2.1]:4711")) {
                String client = name + tail;
                for (Event event :
                        List.of(
                                new SessionEvent.Connect(client),
                                new DeliveryEvent.NoConnection(client, "Connection refused"))) {
                    String line = ownFields(event);
                    assertTrue(line.contains("_address\":\"192.0.2.1\""), line);
                    assertFalse(line.contains("\"a\":"), line);
                    assertEquals(tail.endsWith("4711"), line.contains("_port\":4711"), line);
                }
            }
        }
        String odd = "x[192.0.2.1]:1,\"a\":2";
        assertFalse(ownFields(new SessionEvent.Connect(odd)).contains("\"a\":"));
    }

    @Test
    void noKindIsLeftOut() throws IOException {
        TreeSet<String> kinds = new TreeSet<>();
        kinds("org/postrider/log/Event", kinds);
        assertTrue(kinds.size() > 12, kinds::toString);
        TreeSet<String> tried = new TreeSet<>();
        for (EventCases.Group group : EventCases.all()) {
            for (Event each : group.events()) {
                tried.add(each.getClass().getName().replace('.', '/'));
            }
        }
        assertEquals(kinds, tried);
    }

    /// The records of a sealed family, by its class files.
    private static void kinds(String name, TreeSet<String> out) throws IOException {
        ClassModel model = ClassFile.of().parse(House.classes().get(name));
        List<String> permitted = new ArrayList<>();
        model.findAttribute(Attributes.permittedSubclasses())
                .ifPresent(a ->
                        a.permittedSubclasses().forEach(c -> permitted.add(c.asInternalName())));
        if (permitted.isEmpty()) {
            out.add(name);
        }
        for (String each : permitted) {
            kinds(each, out);
        }
    }
}
