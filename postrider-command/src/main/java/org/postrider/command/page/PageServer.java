package org.postrider.command.page;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import org.postrider.command.page.TestMessage.BadField;
import org.postrider.io.Connector;
import org.postrider.threads.Supervisor;
import org.postrider.threads.Work;
import org.postrider.time.Clock;

/// Serves the page. Whoever has not its key is told nothing, and no other page's script has it: the
/// host that is asked for must be this machine by a number or as `localhost`.
final class PageServer implements AutoCloseable {
    private static final Work WORK =
            Work.of("page", "sends a test message").failing("the request ends");
    private static final int AT_A_TIME = 4;
    private static final int REQUEST = 256 << 10;

    private final HttpServer server;
    private final ExecutorService threads;
    private final Connector connector;
    private final Clock clock;
    private final String key;
    private final Form form;

    /// @param key the page's path
    /// @throws IOException where it cannot listen there
    PageServer(InetSocketAddress at, String key, Form form, Connector connector, Clock clock)
            throws IOException {
        // Read once, by the first server of this process: seconds for a whole request.
        System.setProperty("sun.net.httpserver.maxReqTime", "20");
        this.key = key;
        this.form = form;
        this.connector = connector;
        this.clock = clock;
        server = HttpServer.create(at, AT_A_TIME);
        threads = Supervisor.alone().family(WORK).pool(AT_A_TIME);
        server.setExecutor(threads);
        server.createContext("/", this::serve);
        server.start();
    }

    /// What is typed into a browser; it has the key.
    String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/" + key + "/";
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            if (!path.equals("/" + key + "/") || !local(exchange)) {
                answer(exchange, 404, "not found\n", "text/plain");
            } else if (exchange.getRequestMethod().equals("GET")) {
                answer(exchange, 200, form.empty(), "text/html");
            } else if (exchange.getRequestMethod().equals("POST")) {
                post(exchange);
            } else {
                answer(exchange, 405, "GET or POST\n", "text/plain");
            }
        }
    }

    private static boolean local(HttpExchange exchange) {
        String host = exchange.getRequestHeaders().getFirst("Host");
        return host != null && host.matches("(127\\.\\d+\\.\\d+\\.\\d+|\\[::1]|localhost)(:\\d+)?");
    }

    private void post(HttpExchange exchange) throws IOException {
        byte[] body;
        try (InputStream in = exchange.getRequestBody()) {
            body = in.readNBytes(REQUEST + 1);
        }
        if (body.length > REQUEST) {
            answer(exchange, 413, "more than " + REQUEST + " octets\n", "text/plain");
            return;
        }
        Map<String, String> fields = fields(new String(body, StandardCharsets.ISO_8859_1));
        try {
            TestDialogue dialogue = new TestDialogue(TestMessage.of(fields), connector, clock);
            boolean taken = dialogue.run();
            answer(exchange, 200, form.after(fields, taken, dialogue.said()), "text/html");
        } catch (BadField e) {
            TestDialogue.Said why =
                    new TestDialogue.Said(TestDialogue.Voice.FAULT, String.valueOf(e.getMessage()));
            answer(exchange, 400, form.after(fields, false, List.of(why)), "text/html");
        }
    }

    /// Of `application/x-www-form-urlencoded`.
    static Map<String, String> fields(String body) {
        Map<String, String> out = new LinkedHashMap<>();
        for (String each : body.split("&")) {
            int equals = each.indexOf('=');
            if (equals > 0) {
                out.put(decoded(each.substring(0, equals)), decoded(each.substring(equals + 1)));
            }
        }
        return out;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    private static void answer(HttpExchange exchange, int status, String text, String type)
            throws IOException {
        byte[] octets = text.getBytes(StandardCharsets.UTF_8);
        Map<String, String> headers =
                Map.of(
                        "Content-Type", type + "; charset=utf-8",
                        "Cache-Control", "no-store",
                        "Referrer-Policy", "no-referrer",
                        "X-Content-Type-Options", "nosniff",
                        "Content-Security-Policy",
                                "default-src 'none'; style-src 'unsafe-inline';"
                                        + " form-action 'self'; frame-ancestors 'none'");
        headers.forEach(exchange.getResponseHeaders()::set);
        exchange.sendResponseHeaders(status, octets.length);
        exchange.getResponseBody().write(octets);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
