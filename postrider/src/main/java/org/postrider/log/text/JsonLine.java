package org.postrider.log.text;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.postrider.log.LogTag;
import org.postrider.log.Occurrence;

/// What happens as a line of JSON (docs/json-log.md). Any thread.
public final class JsonLine {
    private static final int MILLIS_DIGITS = 100;

    /// `2026-11-29T01:02:03.`, made once a second.
    private record Stamp(long second, byte[] text) {}

    private volatile Stamp stamp = new Stamp(Long.MIN_VALUE, new byte[0]);

    /// The line of an occurrence, with its LF.
    public LineWriter of(Occurrence occurrence) {
        JsonWriter json = begun(occurrence);
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

    /// Without what is the same for all of an instance, and without the process id.
    public LineWriter brief(Occurrence occurrence) {
        String name = occurrence.tag().name();
        JsonWriter json =
                begun(occurrence).field("process_name", name.substring(name.lastIndexOf('/') + 1));
        JsonLines.render(occurrence.event(), json);
        return json.end();
    }

    private JsonWriter begun(Occurrence occurrence) {
        long millis = occurrence.wallMillis();
        JsonWriter json = new JsonWriter();
        json.quoted(
                "time",
                stamp(Math.floorDiv(millis, 1000L)),
                (int) Math.floorMod(millis, 1000L),
                MILLIS_DIGITS);
        return json;
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
}
