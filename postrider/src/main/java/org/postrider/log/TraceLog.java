package org.postrider.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.postrider.log.file.LineBuffer;
import org.postrider.log.file.LineSink;
import org.postrider.log.text.JsonLine;
import org.postrider.log.text.LineWriter;
import org.postrider.log.trace.TraceAddition;
import org.postrider.log.trace.TraceFiles;
import org.postrider.log.trace.TraceScan;
import org.postrider.threads.Work;

/// What happens to messages, kept within a bound for `posttrace` (docs/queue-tools.md): the lines
/// of the JSON log that belong to a queue id, without what is the same in all of them. Mail never
/// waits for it: what cannot be written is kept as long as there is room for it in memory, and
/// lost, counted and told of after that.
public final class TraceLog implements Subscriber {
    private static final Work WORK =
            Work.of("trace log", "writes the stories of messages, many lines at a time");

    /// The parameter that turns it off.
    private static final String NAME = "postrider_trace_size_limit";

    private static final String DIRECTORY = "trace";
    private static final int SHORTEST_ID = 6;

    private final LineBuffer out;
    private final JsonLine lines = new JsonLine();

    private TraceLog(Logging logging, LineSink out) {
        Logging patient = new Logging(logging.threads(), logging.clock(), logging.events(), 0);
        this.out = patient.buffer(WORK, NAME, out, false);
    }

    /// Subscribes the server's.
    ///
    /// @param data data_directory
    /// @param limit octets of all files together
    public static void server(Logging logging, Path data, long limit, long lifetimeMillis) {
        TraceFiles files =
                new TraceFiles(data.resolve(DIRECTORY), limit, lifetimeMillis, logging.clock());
        logging.events().subscribe(NAME, new TraceLog(logging, files));
    }

    /// Subscribes a command's, which adds to what the server wrote.
    public static void command(Logging logging, Path data) {
        logging.events()
                .subscribe(NAME, new TraceLog(logging, new TraceAddition(data.resolve(DIRECTORY))));
    }

    /// The lines that hold a text, the oldest first.
    ///
    /// @param data data_directory
    /// @param lines octets as chars, without LF
    /// @throws IOException where they cannot be read
    public static void find(Path data, String text, Consumer<String> lines) throws IOException {
        new TraceScan(text, lines).all(data.resolve(DIRECTORY));
    }

    @Override
    public void take(Occurrence occurrence) {
        if (ofMessage(occurrence.event())) {
            LineWriter line = lines.brief(occurrence);
            out.append(line.octets(), line.length());
        }
    }

    private static boolean ofMessage(Event event) {
        // Commands know no other, and a switch over types costs its first user some milliseconds.
        return event instanceof Event.Text e ? beginsWithId(e.text()) : typed(event);
    }

    private static boolean typed(Event event) {
        return switch (event) {
            case MailEvent.Access e -> !e.queueId().equals("NOQUEUE");
            case MailEvent _ -> true;
            case DeliveryEvent.NoConnection _, DeliveryEvent.NoTransport _ -> false;
            case DeliveryEvent _ -> true;
            case QueueEvent.Active _,
                    QueueEvent.Expired _,
                    QueueEvent.Removed _,
                    QueueEvent.NoticePutOff _ ->
                    true;
            case Event.Text e -> beginsWithId(e.text());
            case QueueEvent _, SessionEvent _, TlsEvent _, ConfigurationEvent _, Trouble _ -> false;
        };
    }

    /// `3F2A1B0C: placed on hold`
    private static boolean beginsWithId(String text) {
        int colon = text.indexOf(": ");
        if (colon < SHORTEST_ID || colon > 30) {
            return false;
        }
        boolean digit = false;
        for (int i = 0; i < colon; i++) {
            char c = text.charAt(i);
            digit |= c >= '0' && c <= '9';
            if (!(c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z')) {
                return false;
            }
        }
        return digit;
    }

    @Override
    public void close() {
        out.close();
    }
}
