package org.postrider.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.postrider.log.DeliveryEvent;
import org.postrider.log.Event;
import org.postrider.log.LogTag;
import org.postrider.log.MailEvent;
import org.postrider.log.Occurrence;
import org.postrider.log.SessionEvent;
import org.postrider.log.Severity;
import org.postrider.log.Trouble;

/// What events come to, and that Prometheus can read it.
class MailCountersTest {
    private static final LogTag SMTPD = new LogTag("postfix/submission/smtpd", 1);
    private static final LogTag SMTP = new LogTag("postfix/smtp", 2);

    private final MailCounters counters = new MailCounters();

    private void tell(LogTag tag, Event event) {
        counters.take(new Occurrence(0, tag, event));
    }

    private List<String> lines() {
        Exposition out = new Exposition();
        counters.write(out);
        return out.toString().lines().toList();
    }

    private void shown(String line) {
        assertTrue(lines().contains(line), () -> line + " in\n" + String.join("\n", lines()));
    }

    private static DeliveryEvent.Delivery delivery(String status, String dsn, long nanos) {
        return new DeliveryEvent.Delivery(
                "ID",
                "a@b.example",
                null,
                new DeliveryEvent.Relay("none", 1, ""),
                nanos,
                new long[] {0, nanos, 0, 0},
                dsn,
                status,
                "x");
    }

    @Test
    void sessionsAndTheirCommands() {
        tell(SMTPD, new SessionEvent.Connect("a[192.0.2.1]"));
        LogTag other = new LogTag(SMTPD.name(), 3);
        tell(other, new SessionEvent.Connect("b[192.0.2.2]"));
        // One that began before this was counted.
        tell(new LogTag(SMTPD.name(), 4), new SessionEvent.Disconnect("c[192.0.2.3]", List.of()));
        tell(
                SMTPD,
                new SessionEvent.Disconnect(
                        "a[192.0.2.1]", List.of(new SessionEvent.Count("rcpt", 2, 5))));
        tell(SMTPD, new SessionEvent.AuthFailed("b[192.0.2.2]", "PLAIN", "no", "joe"));
        String who = "syslog_name=\"postfix/submission\",process_name=\"smtpd\"";
        shown("postrider_smtpd_connections_total{" + who + "} 2");
        shown("postrider_smtpd_sessions 1");
        shown("postrider_smtpd_commands_total{" + who + ",command=\"rcpt\",result=\"ok\"} 2");
        shown("postrider_smtpd_commands_total{" + who + ",command=\"rcpt\",result=\"failed\"} 3");
        shown("postrider_smtpd_auth_failures_total{" + who + "} 1");
        shown("postrider_log_events_total{severity=\"warning\"} 1");
    }

    @Test
    void refusalsByTheirReply() {
        tell(
                SMTPD,
                new MailEvent.Access(
                        "NOQUEUE", "reject", "RCPT", "a[192.0.2.1]", "554 5.7.1 no", null));
        tell(SMTPD, new MailEvent.Access("ID", "hold", "RCPT", "a[192.0.2.1]", "why not", null));
        String who = "syslog_name=\"postfix/submission\",process_name=\"smtpd\"";
        String name = "postrider_smtpd_actions_total{" + who;
        shown(name + ",action=\"reject\",command=\"RCPT\",reply=\"5\"} 1");
        shown(name + ",action=\"hold\",command=\"RCPT\",reply=\"\"} 1");
    }

    @Test
    void deliveriesWithTheirDelays() {
        tell(SMTP, delivery("sent", "2.0.0", 40_000_000));
        tell(SMTP, delivery("sent", "2.0.0", 3_000_000_000L));
        tell(SMTP, delivery("deferred", "4.4.1", 1));
        String who = "syslog_name=\"postfix\",process_name=\"smtp\"";
        shown("postrider_deliveries_total{" + who + ",status=\"sent\",class=\"2\"} 2");
        shown("postrider_deliveries_total{" + who + ",status=\"deferred\",class=\"4\"} 1");
        String delay = "postrider_delivery_delay_seconds";
        shown(delay + "_bucket{process_name=\"smtp\",status=\"sent\",le=\"0.025\"} 0");
        shown(delay + "_bucket{process_name=\"smtp\",status=\"sent\",le=\"0.05\"} 1");
        shown(delay + "_bucket{process_name=\"smtp\",status=\"sent\",le=\"2.5\"} 1");
        shown(delay + "_bucket{process_name=\"smtp\",status=\"sent\",le=\"+Inf\"} 2");
        shown(delay + "_count{process_name=\"smtp\",status=\"sent\"} 2");
        shown(delay + "_sum{process_name=\"smtp\",status=\"sent\"} 3.04");
        shown("postrider_delivery_stage_seconds_count{stage=\"queue\"} 3");
    }

    @Test
    void troubleByItsKind() {
        tell(SMTP, new Trouble.Panic("x", new IllegalStateException()));
        tell(SMTP, new Event.Text(Severity.FATAL, "x"));
        shown("postrider_internal_trouble_total{kind=\"panic\"} 1");
        shown("postrider_log_events_total{severity=\"panic\"} 1");
        shown("postrider_log_events_total{severity=\"fatal\"} 1");
    }

    /// Whatever a label is made of, a metric stays small.
    @Test
    void seriesHaveAnEnd() {
        for (int i = 0; i < 5000; i++) {
            tell(SMTP, delivery("odd" + i, "2.0.0", 1));
        }
        long series =
                lines().stream().filter(l -> l.startsWith("postrider_deliveries_total{")).count();
        assertEquals(Counter.MOST_SERIES + 1L, series);
        String other = "syslog_name=\"other\",process_name=\"other\",status=\"other\"";
        shown(
                "postrider_deliveries_total{"
                        + other
                        + ",class=\"other\"} "
                        + (5000 - Counter.MOST_SERIES));
    }

    /// The format by its grammar: a family's samples stand together behind HELP and TYPE, no series
    /// twice, a counter's name ends in `_total`, a time's in `_seconds`.
    @Test
    void prometheusCanReadIt() {
        tell(SMTPD, new SessionEvent.Connect("a[192.0.2.1]"));
        tell(SMTP, delivery("odd \"status\"\n\\", "2.0.0", 1));
        Pattern sample =
                Pattern.compile(
                        "([a-z_]+?)(_bucket|_sum|_count)?(\\{[a-z_]+=\"(?:[^\"\\\\\n"
                                + "]|\\\\[\\\\n\"])*\"(?:,[a-z_]+=\"(?:[^\"\\\\\n"
                                + "]|\\\\[\\\\n\"])*\")*})? \\S+");
        Set<String> series = new HashSet<>();
        Set<String> families = new HashSet<>();
        Map<String, String> types = new HashMap<>();
        List<String> helped = new ArrayList<>();
        for (String line : lines()) {
            String[] words = line.split(" ");
            if (line.startsWith("# HELP ")) {
                assertTrue(families.add(words[2]), line);
                helped.add(words[2]);
            } else if (line.startsWith("# TYPE ")) {
                assertEquals(helped.getLast(), words[2]);
                types.put(words[2], words[3]);
                assertEquals(words[3].equals("counter"), words[2].endsWith("_total"), line);
                assertEquals(words[3].equals("histogram"), words[2].endsWith("_seconds"), line);
            } else {
                Matcher m = sample.matcher(line);
                assertTrue(m.matches(), line);
                assertEquals(helped.getLast(), m.group(1), line);
                assertEquals("histogram".equals(types.get(m.group(1))), m.group(2) != null, line);
                assertTrue(series.add(line.substring(0, line.lastIndexOf(' '))), line);
            }
        }
        assertTrue(families.size() > 20, families.toString());
    }
}
