package org.postrider.log;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.postrider.threads.Loop;
import org.postrider.threads.Supervisor;
import org.postrider.threads.Work;
import org.postrider.time.Clock;

/// The mail log in a file or on standard output: `Nov 20 23:01:02 host postfix/smtpd[123]: …`, or
/// sent to the system's log ([#syslog]), which puts the host in itself. Callers render and append
/// to a bounded buffer; one thread writes it, many lines at a time. Where the buffer is full the
/// caller waits for the writer, so nothing is dropped.
public final class MailLogWriter implements MailLog, AutoCloseable {
    private static final int BOUND = 1 << 20;
    private static final long GATHER_NANOS = 5_000_000L;
    private static final Work WORK =
            Work.of("maillog", "writes the mail log, many lines at a time").onPlatform();
    private static final int NO_FACILITY = -1;
    private static final int CRIT = 2;
    private static final int ERR = 3;
    private static final int WARNING = 4;
    private static final int INFO = 6;

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

    private final Clock clock;
    private final String host;
    private final int facility;
    private final LineSink out;
    private final Loop writer;
    private final Object lock = new Object();
    private byte[] filling = new byte[64 << 10];

    /// The writer's, while it does not write.
    private byte[] spare = new byte[64 << 10];

    private int filled;
    private boolean asleep;
    private volatile boolean closed;
    private volatile @Nullable Stamp stamp;

    /// @param file null for standard output
    /// @param mode of a file that is made: 0600, 0640 or 0644
    /// @param host the name behind the time
    /// @throws IllegalArgumentException for another mode
    public MailLogWriter(
            Supervisor threads, Clock clock, @Nullable Path file, String mode, String host) {
        this(threads, clock, new LogFile(file, mode), host + " ", NO_FACILITY);
    }

    private MailLogWriter(
            Supervisor threads, Clock clock, LineSink out, String host, int facility) {
        this.clock = clock;
        this.host = host;
        this.facility = facility;
        this.out = out;
        this.writer = threads.loop(WORK, this::step).start();
    }

    /// A log that goes to the system's log daemon.
    ///
    /// @param socket `/dev/log`
    /// @param facility syslog_facility by name, `mail`
    /// @throws IllegalArgumentException for a facility that syslog does not know
    public static MailLogWriter syslog(
            Supervisor threads, Clock clock, Path socket, String facility) {
        int number = FACILITIES.indexOf(facility.toLowerCase(Locale.ROOT));
        if (number < 0 || facility.isEmpty()) {
            throw new IllegalArgumentException("unknown syslog facility name \"" + facility + "\"");
        }
        return new MailLogWriter(threads, clock, new Syslog(socket), "", number << 3);
    }

    @Override
    public void event(LogTag tag, LogEvent event) {
        LineWriter line = begin(tag, INFO);
        LogLines.render(event, line);
        line.cut();
        append(line);
    }

    @Override
    public void info(LogTag tag, CharSequence text) {
        LineWriter line = begin(tag, INFO).text(text);
        line.cut();
        append(line);
    }

    @Override
    public void warning(LogTag tag, CharSequence text) {
        append(begin(tag, WARNING).text("warning: ").text(text));
    }

    @Override
    public void error(LogTag tag, CharSequence text) {
        append(begin(tag, ERR).text("error: ").text(text));
    }

    @Override
    public void fatal(LogTag tag, CharSequence text) {
        append(begin(tag, CRIT).text("fatal: ").text(text));
    }

    @Override
    public void panic(LogTag tag, String text, Throwable bug) {
        append(begin(tag, CRIT).text("panic: ").text(text).text(": ").text(bug.toString()));
        StringWriter stack = new StringWriter();
        bug.printStackTrace(new PrintWriter(stack));
        for (String each : stack.toString().split("\n", -1)) {
            if (!each.isBlank()) {
                append(begin(tag, CRIT).text("panic: ").text(each.replace('\t', ' ')));
            }
        }
    }

    private LineWriter begin(LogTag tag, int severity) {
        LineWriter line = new LineWriter();
        if (facility != NO_FACILITY) {
            line.octet('<').number(facility | severity).octet('>');
        }
        return line.raw(stamp())
                .text(tag.name())
                .octet('[')
                .number(tag.pid())
                .text("]: ")
                .limit(TEXT);
    }

    private byte[] stamp() {
        long second = clock.wallMillis() / 1000;
        Stamp now = stamp;
        if (now == null || now.second() != second) {
            ZonedDateTime t = Instant.ofEpochSecond(second).atZone(ZoneId.systemDefault());
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

    private void append(LineWriter line) {
        line.octet('\n');
        synchronized (lock) {
            // The writer itself, that tells of its own bug, would wait for itself.
            while (filled + line.length() > BOUND && filled > 0 && !closed && !writer.mine()) {
                awaitRoom();
            }
            if (filled + line.length() > filling.length) {
                filling =
                        java.util.Arrays.copyOf(
                                filling, Math.max(filling.length * 2, filled + line.length()));
            }
            System.arraycopy(line.octets(), 0, filling, filled, line.length());
            filled += line.length();
            if (asleep) {
                asleep = false;
                writer.wake();
            }
        }
    }

    private void awaitRoom() {
        try {
            lock.wait();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private long step() {
        byte[] full;
        int length;
        synchronized (lock) {
            length = filled;
            if (length == 0) {
                asleep = true;
                return Loop.UNTIL_WOKEN;
            }
            full = filling;
            filling = spare;
            filled = 0;
            lock.notifyAll();
        }
        try {
            write(full, length);
        } finally {
            spare = full;
        }
        // Lines come in flocks: the next write takes all that came meanwhile.
        return GATHER_NANOS;
    }

    private void write(byte[] octets, int length) {
        boolean written = false;
        try {
            out.look();
            out.write(octets, length);
            written = true;
        } catch (IOException e) {
            // The log's disk is full or broken: mail goes on without it.
        } finally {
            if (!written) {
                System.err.write(octets, 0, length);
            }
        }
    }

    /// Writes what is left and ends.
    @Override
    public void close() {
        closed = true;
        try {
            if (writer.end(5_000)) {
                while (step() != Loop.UNTIL_WOKEN) {
                    // lines that came meanwhile
                }
            }
            out.close();
        } catch (IOException e) {
            // said when writing
        }
    }
}
