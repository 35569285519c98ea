package org.postrider.log;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.postrider.log.file.LineBuffer;
import org.postrider.log.file.LineSink;
import org.postrider.log.file.LogFile;
import org.postrider.log.file.Syslog;
import org.postrider.log.text.LineWriter;
import org.postrider.log.text.PostfixLines;
import org.postrider.threads.Work;
import org.postrider.time.Clock;

/// The mail log: `Nov 20 23:01:02 host postfix/smtpd[123]: …` in a file or on standard output, or
/// sent to the system's log ([#syslog]), which puts the host in itself. The caller renders; lines
/// that can neither be written nor kept go to standard error.
public final class PostfixLog implements Subscriber {
    private static final Work WORK =
            Work.of("maillog", "writes the mail log, many lines at a time");
    private static final String NAME = "maillog_file";
    private static final int NO_FACILITY = -1;

    /// By syslog's number.
    private static final List<String> FACILITIES =
            List.of(
                    "kern",
                    "user",
                    "mail",
                    "daemon",
                    "auth",
                    "syslog",
                    "lpr",
                    "news",
                    "uucp",
                    "cron",
                    "authpriv",
                    "ftp",
                    "",
                    "",
                    "",
                    "",
                    "local0",
                    "local1",
                    "local2",
                    "local3",
                    "local4",
                    "local5",
                    "local6",
                    "local7");

    /// Octets of a line after its process: Postfix cuts there, however long a reply was. Warnings
    /// are not cut: some of ours name all the settings that they are about.
    private static final int TEXT = 2000;

    private static final String[] MONTHS = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
    };

    /// The stamp of a second, made once.
    private record Stamp(long second, byte[] text) {}

    private final String host;
    private final int facility;
    private final LineBuffer out;
    private volatile @Nullable Stamp stamp;

    private PostfixLog(Logging logging, LineSink out, String host, int facility) {
        this.host = host;
        this.facility = facility;
        this.out = logging.buffer(WORK, NAME, out, true);
    }

    /// Subscribes a log in a file.
    ///
    /// @param file null for standard output
    /// @param mode of a file that is made: 0600, 0640 or 0644
    /// @param host the name behind the time
    /// @throws IllegalArgumentException for another mode
    public static void file(Logging logging, @Nullable Path file, String mode, String host) {
        LineSink out = new LogFile(file, mode);
        logging.events().subscribe(NAME, new PostfixLog(logging, out, host + " ", NO_FACILITY));
    }

    /// Makes the file of a log, which is not there.
    ///
    /// @throws IllegalArgumentException for another mode
    public static void make(Path file, String mode) throws IOException {
        new LogFile(file, mode).make();
    }

    /// Subscribes a log that goes to the system's log daemon.
    ///
    /// @param socket `/dev/log`
    /// @param facility syslog_facility by name, `mail`
    /// @throws IllegalArgumentException for a facility that syslog does not know
    public static void syslog(Logging logging, Path socket, String facility) {
        int number = FACILITIES.indexOf(facility.toLowerCase(Locale.ROOT));
        if (number < 0 || facility.isEmpty()) {
            throw new IllegalArgumentException("unknown syslog facility name \"" + facility + "\"");
        }
        logging.events()
                .subscribe(NAME, new PostfixLog(logging, new Syslog(socket), "", number << 3));
    }

    @Override
    public void take(Occurrence occurrence) {
        LineWriter line = begin(occurrence);
        PostfixLines.render(occurrence.event(), line);
        if (occurrence.severity() == Severity.INFO) {
            line.cut();
        }
        append(line);
        if (occurrence.event() instanceof Trouble.Panic panic) {
            stack(occurrence, panic.bug());
        }
    }

    private void stack(Occurrence occurrence, Throwable bug) {
        StringWriter stack = new StringWriter();
        bug.printStackTrace(new PrintWriter(stack));
        for (String each : stack.toString().split("\n", -1)) {
            if (!each.isBlank()) {
                append(begin(occurrence).text("panic: ").text(each.replace('\t', ' ')));
            }
        }
    }

    private LineWriter begin(Occurrence occurrence) {
        LineWriter line = new LineWriter();
        if (facility != NO_FACILITY) {
            line.octet('<').number(facility | occurrence.severity().syslog()).octet('>');
        }
        return line.raw(stamp(occurrence.wallMillis() / 1000))
                .text(occurrence.tag().name())
                .octet('[')
                .number(occurrence.tag().pid())
                .text("]: ")
                .limit(TEXT);
    }

    private void append(LineWriter line) {
        line.octet('\n');
        out.append(line.octets(), line.length());
    }

    private byte[] stamp(long second) {
        Stamp now = stamp;
        if (now == null || now.second() != second) {
            LocalDateTime t = Clock.local(second * 1000);
            int day = t.getDayOfMonth();
            String text =
                    MONTHS[t.getMonthValue() - 1]
                            + (day < 10 ? "  " : " ")
                            + day
                            + two(' ', t.getHour())
                            + two(':', t.getMinute())
                            + two(':', t.getSecond())
                            + " "
                            + host;
            now = new Stamp(second, text.getBytes(StandardCharsets.ISO_8859_1));
            stamp = now;
        }
        return now.text();
    }

    private static String two(char before, int n) {
        return before + (n < 10 ? "0" : "") + n;
    }

    @Override
    public void close() {
        out.close();
    }
}
