package org.postrider.time;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postrider.message.MailDate;
import org.postrider.showq.QueueFile;

/// Local time is what date(1) says, in any zone and at any time.
class LocalTimeTest {
    private static final List<Long> SECONDS =
            List.of(
                    0L,
                    -1L,
                    -2_000_000_000L,
                    951_782_400L,
                    1_780_000_000L,
                    1_790_000_000L,
                    1_790_000_000L + 180 * 86_400L,
                    4_102_444_799L);

    /// What the process that it is run in has for these times.
    static final class Shown {
        public static void main(String[] args) {
            DateTimeFormatter format = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");
            for (long each : SECONDS) {
                long millis = each * 1000 + 999;
                System.out.println(format.format(Clock.local(millis)));
                System.out.println(QueueFile.ctime(millis));
            }
            System.out.println(MailDate.of(1_790_000_000_000L));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UTC",
                "Asia/Kolkata",
                ":Australia/Lord_Howe",
                "America/St_Johns",
                "<+0330>-3:30",
                "FAR-20",
                "FAR20",
                "nonsense"
            })
    void itIsWhatDateSays(String zone) throws IOException, InterruptedException {
        String java = Path.of(System.getProperty("java.home"), "bin/java").toString();
        String path = System.getProperty("java.class.path");
        List<String> wanted = new ArrayList<>();
        for (long each : SECONDS) {
            wanted.addAll(
                    said(zone, "date", "-d", "@" + each, "+%Y-%m-%d %H:%M:%S%n%a %b %e %T %Y"));
        }
        List<String> shown =
                said(
                        zone,
                        java,
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        path,
                        Shown.class.getName());
        String header = shown.getLast();
        assertEquals(wanted, shown.subList(0, wanted.size()));
        assertEquals(
                1_790_000_000L,
                Long.parseLong(said(zone, "date", "-d", header, "+%s").getFirst()),
                header);
    }

    private static List<String> said(String zone, String... words)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
        builder.environment().put("TZ", zone);
        builder.environment().put("LC_ALL", "C");
        Process p = builder.start();
        String out = new String(p.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        assertEquals(0, p.waitFor(), out);
        return out.lines().toList();
    }
}
