package org.postrider.metrics;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.config.Settings;
import org.postrider.io.Connection;
import org.postrider.queue.QueueReader;
import org.postrider.time.Clock;

/// metrics(8): answers one HTTP request of a connection. `/metrics` is for Prometheus, `/health`
/// whether the server lives, `/ready` whether it takes mail. Immutable; any thread.
public final class MetricsService {
    /// Octets of a request, its header fields included.
    private static final int REQUEST = 8192;

    private static final List<String> QUEUE = List.of("queue");

    private final MailCounters counters;
    private final Server server;
    private final Clock clock;
    private final String version;
    private final long patienceMillis;

    /// What is asked of the server.
    public interface Server {
        /// What lies in the queue, counted now.
        QueueReader.Counts counts();

        /// Why the server is not to be trusted any more; null where all is well.
        @Nullable String whyBroken();

        /// Why no mail is taken now; null where it is.
        @Nullable String whyUnready();
    }

    public MetricsService(MailCounters counters, Server server, Clock clock, Settings settings) {
        this.counters = counters;
        this.server = server;
        this.clock = clock;
        version = String.valueOf(settings.text("mail_version"));
        patienceMillis = settings.get(MetricsParams.TIME_LIMIT).toMillis();
    }

    /// Blocking, for postrider_metrics_time_limit at most.
    public void session(Connection client) {
        try {
            client.deadline(patienceMillis);
            String request = request(client);
            if (!request.isEmpty()) {
                byte[] answer = answer(request).getBytes(StandardCharsets.UTF_8);
                client.write(answer, 0, answer.length);
                client.endOutput();
            }
        } catch (IOException e) {
            // Whoever asked has gone, or is too slow.
        }
    }

    /// The request line, once all header fields are read; empty where the client went before.
    private static String request(Connection client) throws IOException {
        byte[] octets = new byte[REQUEST];
        int have = 0;
        while (have < octets.length) {
            int got = client.read(octets, have, octets.length - have);
            if (got < 0) {
                return "";
            }
            have += got;
            String text = new String(octets, 0, have, StandardCharsets.ISO_8859_1);
            if (text.contains("\r\n\r\n") || text.contains("\n\n")) {
                return text.substring(0, text.indexOf('\n')).strip();
            }
        }
        return "TOO LARGE";
    }

    String answer(String request) {
        String[] words = request.split(" ", -1);
        if (request.equals("TOO LARGE")) {
            return reply("431 Request Header Fields Too Large", "too large\n", true);
        }
        if (words.length != 3 || !words[2].startsWith("HTTP/1.")) {
            return reply("400 Bad Request", "no request of HTTP/1.1\n", true);
        }
        boolean body = words[0].equals("GET");
        if (!body && !words[0].equals("HEAD")) {
            return reply("405 Method Not Allowed", "only GET and HEAD\n", true);
        }
        int query = words[1].indexOf('?');
        return switch (query < 0 ? words[1] : words[1].substring(0, query)) {
            case "/metrics" -> reply("200 OK", metrics(), body);
            case "/health" -> state(server.whyBroken(), body);
            case "/ready" -> {
                String broken = server.whyBroken();
                yield state(broken != null ? broken : server.whyUnready(), body);
            }
            default -> reply("404 Not Found", "/metrics, /health or /ready\n", body);
        };
    }

    private static String state(@Nullable String why, boolean body) {
        return why == null
                ? reply("200 OK", "ok\n", body)
                : reply("503 Service Unavailable", why + "\n", body);
    }

    private static String reply(String status, String text, boolean body) {
        return "HTTP/1.1 "
                + status
                + "\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: "
                + text.getBytes(StandardCharsets.UTF_8).length
                + "\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n"
                + (body ? text : "");
    }

    private String metrics() {
        Exposition out = new Exposition();
        out.family("postrider_build_info", "gauge", "Which program this is.");
        out.sample("postrider_build_info", List.of("version"), List.of(version), 1);
        out.gauge(
                "postrider_ready",
                "1 where mail is taken, as /ready says.",
                server.whyBroken() == null && server.whyUnready() == null ? 1 : 0);
        queue(server.counts(), out);
        counters.write(out);
        ProcessNumbers.write(out);
        return out.toString();
    }

    private void queue(QueueReader.Counts counts, Exposition out) {
        String name = "postrider_queue_messages";
        out.family(name, "gauge", "Messages by queue, as mailq and qshape count them.");
        for (String queue : QueueReader.QUEUES) {
            out.sample(name, QUEUE, List.of(queue), counts.messages().getOrDefault(queue, 0));
        }
        out.gauge("postrider_queue_bytes", "Sizes of these messages.", counts.octets());
        out.gauge(
                "postrider_queue_oldest_seconds",
                "Age of the oldest message that is not on hold; 0 for none.",
                Math.max(0, clock.wallMillis() - counts.arrivedMillis()) / 1000.0);
    }
}
