package org.postrider.metrics;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.postrider.config.ServiceSettings;
import org.postrider.io.SocketConnection;
import org.postrider.io.Watchdog;
import org.postrider.queue.QueueReader;
import org.postrider.threads.Supervisor;
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

    /// Nobody keeps a session of it by asking slowly.
    @Test
    void whoDoesNotEndHisRequestIsCutOff() throws Exception {
        MetricsService metrics =
                new MetricsService(
                        new MailCounters(),
                        new State(null, null),
                        Clock.system(),
                        ServiceSettings.none().with(Map.of("postrider_metrics_time_limit", "1s")));
        try (Supervisor threads = Supervisor.alone();
                Watchdog watchdog = new Watchdog(Clock.system(), threads);
                ServerSocketChannel listening = ServerSocketChannel.open();
                ExecutorService sessions = Executors.newVirtualThreadPerTaskExecutor()) {
            listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            try (SocketChannel client = SocketChannel.open(listening.getLocalAddress());
                    SocketConnection there = new SocketConnection(listening.accept(), watchdog)) {
                Future<?> session = sessions.submit(() -> metrics.session(there));
                client.write(ByteBuffer.wrap("GET /metrics HTTP/1.1\r\n".getBytes(US_ASCII)));
                session.get(120, TimeUnit.SECONDS);
            }
        }
    }
}
