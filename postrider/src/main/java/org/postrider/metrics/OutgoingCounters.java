package org.postrider.metrics;

import java.util.List;
import org.postrider.log.DeliveryEvent;
import org.postrider.log.TlsEvent;

/// Counts mail on its way out, and TLS both ways. Any thread.
final class OutgoingCounters {
    private static final double NANOS = 1e9;
    private static final String[] STAGES = {"before_queue", "queue", "connection", "transmission"};

    private final Counter tls =
            Speaker.counter(
                    "postrider_tls_handshakes_total",
                    "TLS sessions with clients (server) and servers (client).",
                    "end",
                    "trust",
                    "protocol");

    private final Counter tlsFailures =
            Speaker.counter("postrider_tls_failures_total", "TLS handshakes that failed.", "end");

    private final Counter deliveries =
            Speaker.counter(
                    "postrider_deliveries_total",
                    "Recipients tried, by outcome and the first digit of the status code.",
                    "status",
                    "class");

    private final Histogram delays =
            new Histogram(
                    "postrider_delivery_delay_seconds",
                    "From arrival to the outcome, for each recipient.",
                    Speaker.PROCESS_NAME,
                    "status");

    private final Histogram stages =
            new Histogram(
                    "postrider_delivery_stage_seconds",
                    "The four parts of the delay, as delays= in the mail log.",
                    "stage");

    private final Counter unreachable =
            Speaker.counter(
                    "postrider_connection_failures_total", "Servers that could not be reached.");

    private final Counter refused =
            Speaker.counter(
                    "postrider_server_refusals_total", "Servers that refused a mail for now.");

    private final Counter notices =
            new Counter("postrider_notices_total", "Notices that were queued.", "kind");

    private final Counter noTransport =
            new Counter(
                    "postrider_missing_transports_total",
                    "Mail that is routed to a service that master.cf does not have.");

    void delivery(DeliveryEvent event, Speaker by) {
        String name = by.syslogName();
        String process = by.processName();
        switch (event) {
            case DeliveryEvent.Delivery e -> {
                deliveries.add(name, process, e.status(), Speaker.digit(e.dsn()));
                delays.observe(e.delayNanos() / NANOS, process, e.status());
                for (int i = 0; i < Math.min(STAGES.length, e.delaysNanos().length); i++) {
                    stages.observe(e.delaysNanos()[i] / NANOS, STAGES[i]);
                }
            }
            case DeliveryEvent.NoConnection _ -> unreachable.add(name, process);
            case DeliveryEvent.ServerRefused _ -> refused.add(name, process);
            case DeliveryEvent.NoTransport _ -> noTransport.add();
            case DeliveryEvent.Notification e -> notices.add(e.kind());
        }
    }

    void tls(TlsEvent event, Speaker by) {
        switch (event) {
            case TlsEvent.Established e ->
                    tls.add(
                            by.syslogName(),
                            by.processName(),
                            end(e.end()),
                            e.trust(),
                            e.agreed().protocol());
            case TlsEvent.Failed e ->
                    tlsFailures.add(by.syslogName(), by.processName(), end(e.end()));
            case TlsEvent.Unverified _ ->
                    tlsFailures.add(by.syslogName(), by.processName(), "server");
            case TlsEvent.LibraryProblem _ -> {
                // said beside a failure
            }
        }
    }

    private static String end(TlsEvent.End end) {
        return end == TlsEvent.End.SERVER ? "server" : "client";
    }

    void write(Exposition out) {
        List.of(deliveries, unreachable, refused, noTransport, notices, tls, tlsFailures)
                .forEach(each -> each.write(out));
        delays.write(out);
        stages.write(out);
    }
}
