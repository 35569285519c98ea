package org.postrider.master.makers;

import java.util.List;
import org.postrider.io.Connection;
import org.postrider.log.LogTag;
import org.postrider.master.Door;
import org.postrider.master.Generation;
import org.postrider.master.Made;
import org.postrider.master.Maker;
import org.postrider.master.Service;
import org.postrider.master.Shared;
import org.postrider.metrics.MetricsService;

/// Makes services that say how much of what happened. With the first of them counting begins.
public final class MetricsMaker implements Maker {
    @Override
    public Made make(Service service, Generation generation) {
        Shared shared = generation.shared();
        return new Made.Listens(
                new Sessions(
                        new MetricsService(
                                shared.running().counted(),
                                shared.running().state(),
                                shared.machine().clock(),
                                service.settings())));
    }

    private record Sessions(MetricsService service) implements Door {
        @Override
        public void session(Connection connection, LogTag as, boolean stressed) {
            service.session(connection);
        }
    }

    /// Whoever reaches it reads how much mail passes, and nobody is asked for a login.
    @Override
    public List<String> problems(Service service) {
        return service.line().type().equals("inet") && !onLoopback(service.name())
                ? List.of(
                        "service "
                                + service.name()
                                + ": metrics for everyone who reaches this port; write"
                                + " 127.0.0.1:port to keep it on this machine")
                : List.of();
    }

    private static boolean onLoopback(String name) {
        return name.startsWith("127.")
                || name.startsWith("[::1]:")
                || name.startsWith("localhost:");
    }
}
