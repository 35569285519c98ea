package org.postrider.metrics;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.postrider.config.ServiceSettings;
import org.postrider.queue.QueueReader;
import org.postrider.time.Clock;

/// Who asks whether the server lives or takes mail hears why not.
class MetricsServiceTest {
    private record State(@Nullable String whyBroken, @Nullable String whyUnready)
            implements MetricsService.Server {
        @Override
        public QueueReader.Counts counts() {
            return QueueReader.Counts.of(new int[QueueReader.QUEUES.size()], 0, Long.MAX_VALUE);
        }
    }

    private static String answer(State state, String path) {
        return new MetricsService(
                        new MailCounters(),
                        state,
                        Clock.system(),
                        ServiceSettings.none().with(Map.of()))
                .answer("GET " + path + " HTTP/1.1");
    }

    @Test
    void aServerThatTakesNoMailIsAliveAndNotReady() {
        State full = new State(null, "the queue cannot be written");
        assertTrue(answer(full, "/health").startsWith("HTTP/1.1 200 "));
        String ready = answer(full, "/ready");
        assertTrue(ready.startsWith("HTTP/1.1 503 "), ready);
        assertTrue(ready.endsWith("\r\n\r\nthe queue cannot be written\n"), ready);
        assertTrue(answer(full, "/metrics").contains("\npostrider_ready 0\n"));
        State broken = new State("a part has ended", null);
        for (String path : List.of("/health", "/ready")) {
            assertTrue(answer(broken, path).startsWith("HTTP/1.1 503 "), path);
        }
        assertTrue(answer(broken, "/metrics").contains("\npostrider_ready 0\n"));
        State well = new State(null, null);
        assertTrue(answer(well, "/ready").startsWith("HTTP/1.1 200 "));
        assertTrue(answer(well, "/metrics").contains("\npostrider_ready 1\n"));
    }
}
