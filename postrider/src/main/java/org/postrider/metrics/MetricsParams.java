package org.postrider.metrics;

import java.time.Duration;
import org.postrider.config.Param;

/// What the administrator can set about counting for Prometheus.
public final class MetricsParams {
    public static final Param<Duration> TIME_LIMIT =
            Param.time(
                    "postrider_metrics_time_limit",
                    "5s",
                    1,
                    300,
                    "How long a client of metrics(8) may take for its request and for reading the"
                            + " answer.");

    private MetricsParams() {}
}
