package org.postrider.log;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.postrider.log.file.LineBuffer;
import org.postrider.log.file.LineSink;
import org.postrider.log.file.LogFile;
import org.postrider.log.text.JsonLine;
import org.postrider.log.text.LineWriter;
import org.postrider.threads.Work;

/// Everything that happens as JSON, one line an event (docs/json-log.md). The caller renders; lines
/// that can neither be written nor kept are counted, and the mail log says how many.
public final class JsonLog implements Subscriber {
    private static final Work WORK =
            Work.of("json log", "writes the JSON log, many lines at a time");
    private static final String NAME = "maillog_json_file";

    private final LineBuffer out;
    private final JsonLine lines = new JsonLine();

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
        LineWriter line = lines.of(occurrence);
        out.append(line.octets(), line.length());
    }

    @Override
    public void close() {
        out.close();
    }
}
