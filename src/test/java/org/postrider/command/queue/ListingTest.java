package org.postrider.command.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.postrider.command.OctetOut;
import org.postrider.showq.QueueVisitor;

/// The listings; the expectations are the real ones' of the same queue.
class ListingTest {
    private static final String REFUSED =
            "connect to 127.0.0.1[127.0.0.1]:26259: Connection refused";

    private final ByteArrayOutputStream octets = new ByteArrayOutputStream();
    private final OctetOut out = new OctetOut(octets);

    private static long arrival() {
        return ZonedDateTime.of(2026, 11, 21, 0, 13, 1, 0, ZoneId.systemDefault()).toEpochSecond();
    }

    private static void feed(QueueVisitor v) throws IOException {
        v.message("deferred", "D523A20C149", arrival(), 408, false, "MAILER-DAEMON");
        v.recipient("\"a b\"@d1.example", REFUSED);
        v.message("hold", "B73B920C135", arrival(), 399, true, "s1@example.com");
        v.recipient("u1@d1.example", REFUSED);
        v.recipient("joseph@y.example", REFUSED);
        v.recipient("late@y.example", "");
    }

    private String said() {
        return octets.toString(StandardCharsets.ISO_8859_1);
    }

    @Test
    void mailqPrintsPostfixsColumns() throws IOException {
        MailqPrinter printer = new MailqPrinter(out, false);
        feed(printer);
        printer.finish();
        assertEquals(
                """
                -Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------
                D523A20C149     408 Sat Nov 21 00:13:01  MAILER-DAEMON
                                   (connect to 127.0.0.1[127.0.0.1]:26259: Connection refused)
                                                         "a b"@d1.example

                B73B920C135!#     399 Sat Nov 21 00:13:01  s1@example.com
                                   (connect to 127.0.0.1[127.0.0.1]:26259: Connection refused)
                                                         u1@d1.example
                                                         joseph@y.example
                """
                        + " ".repeat(76)
                        + "(reason unavailable)\n"
                        + " ".repeat(41)
                        + "late@y.example\n\n-- 0 Kbytes in 2 Requests.\n",
                said());
    }

    @Test
    void anEmptyQueueIsSaidToBeEmpty() throws IOException {
        new MailqPrinter(out, true).finish();
        assertEquals("Mail queue is empty\n", said());
    }

    @Test
    void jsonIsALineForEachMessage() throws IOException {
        JsonPrinter printer = new JsonPrinter(out);
        printer.message("active", "A1", 5, 7, true, "a\u0001\"\\\t@b");
        printer.recipient("x@y", "");
        printer.finish();
        assertEquals(
                "{\"queue_name\": \"active\", \"queue_id\": \"A1\", \"arrival_time\": 5,"
                        + " \"message_size\": 7, \"forced_expire\": true, \"sender\":"
                        + " \"a\\u0001\\\"\\\\\\t@b\", \"recipients\": [{\"address\": \"x@y\"}]}\n",
                said());
    }

    @Test
    void qshapeCountsByAgeAndFoldsParents() throws IOException {
        QshapeTable table =
                new QshapeTable(List.of("deferred"), false, true, 2, 4, 10, false, 100_000);
        table.message("deferred", "A1", 100_000 - 11 * 60, 1, false, "x@s.example");
        table.recipient("a@d1.example.net", "");
        table.recipient("b@D2.example.net", "");
        table.message("active", "A2", 100_000, 1, false, "x@s.example");
        table.recipient("c@other.example", "");
        table.print(out, 40);
        out.flush();
        assertEquals(
                """
                                          T 10 20 40 40+
                                   TOTAL  2  0  2  0   0
                            .example.net  2  0  2  0   0
                          d1.example.net  1  0  1  0   0
                          d2.example.net  1  0  1  0   0
                """,
                said());
    }
}
