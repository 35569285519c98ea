package org.postrider.log;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.postrider.log.file.LineBuffer;
import org.postrider.log.file.LineSink;
import org.postrider.log.file.LogFile;
import org.postrider.log.text.JsonLines;
import org.postrider.log.text.JsonWriter;
import org.postrider.log.text.LineWriter;
import org.postrider.threads.Work;

/// Everything that happens as JSON, one line an event (docs/json-log.md). The caller renders; lines
/// that can neither be written nor kept are counted, and the mail log says how many.
public final class JsonLog implements Subscriber {
    private static final Work WORK =
            Work.of("json log", "writes the JSON log, many lines at a time");
    private static final String NAME = "maillog_json_file";
    private static final int MILLIS_DIGITS = 100;

    /// `2026-11-29T01:02:03.`, made once a second.
    private record Stamp(long second, byte[] text) {}

    private final LineBuffer out;
    private volatile Stamp stamp = new Stamp(Long.MIN_VALUE, new byte[0]);

    private JsonLog(Logging logging, LineSink out) {
        this.out = logging.buffer(WORK, NAME, out, false);
    }

    /// Subscribes a log in a file.
    ///
    /// @param file null for standard output
    /// @param mode of a file that is made: 0600, 0640 or 0644
    /// @throws IllegalArgumentException for another mode
    public static void file(Logging logging, @Nullable Path file, String mode) {
        LineSink out = new LogFile(file, mode);
        logging.events().subscribe(NAME, new JsonLog(logging, out));
    }

    @Override
    public void take(Occurrence occurrence) {
        LineWriter line = line(occurrence);
        out.append(line.octets(), line.length());
    }

    /// The line of an occurrence, with its LF.
    LineWriter line(Occurrence occurrence) {
        JsonWriter json = new JsonWriter();
        long millis = occurrence.wallMillis();
        json.quoted(
                "time",
                stamp(Math.floorDiv(millis, 1000L)),
                (int) Math.floorMod(millis, 1000L),
                MILLIS_DIGITS);
        LogTag tag = occurrence.tag();
        int slash = tag.name().lastIndexOf('/');
        if (slash >= 0) {
            json.field("syslog_name", tag.name().substring(0, slash));
        }
        json.field("process_name", tag.name().substring(slash + 1))
                .field("process_id", tag.pid())
                .field("severity", occurrence.severity().word());
        JsonLines.render(occurrence.event(), json);
        return json.end();
    }

    private byte[] stamp(long second) {
        Stamp now = stamp;
        if (now.second() != second) {
            String text = Instant.ofEpochSecond(second).toString();
            String open = text.substring(0, text.length() - 1) + ".";
            now = new Stamp(second, open.getBytes(StandardCharsets.US_ASCII));
            stamp = now;
        }
        return now.text();
    }

    @Override
    public void close() {
        out.close();
    }
}
