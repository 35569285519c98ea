package org.postrider.metrics;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.postrider.disk.Reading;

/// What every Prometheus client says of its process, under the names that all of them use.
final class ProcessNumbers {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final double MILLIS = 1000;

    private ProcessNumbers() {}

    static void write(Exposition out) {
        ProcessHandle.Info self = ProcessHandle.current().info();
        out.counter(
                "process_cpu_seconds_total",
                "CPU time of this process, user and system.",
                self.totalCpuDuration().orElse(Duration.ZERO).toMillis() / MILLIS);
        out.gauge(
                "process_start_time_seconds",
                "When this process began, since 1970.",
                self.startInstant().orElse(Instant.EPOCH).toEpochMilli() / MILLIS);
        long resident = resident();
        if (resident >= 0) {
            out.gauge("process_resident_memory_bytes", "Memory that is resident.", resident);
        }
        Runtime runtime = Runtime.getRuntime();
        heap(out, "jvm_memory_used_bytes", "used", runtime.totalMemory() - runtime.freeMemory());
        heap(out, "jvm_memory_committed_bytes", "committed", runtime.totalMemory());
        heap(out, "jvm_memory_max_bytes", "allowed", runtime.maxMemory());
    }

    private static void heap(Exposition out, String name, String what, long octets) {
        out.family(name, "gauge", "Memory of the heap that is " + what + ".");
        out.sample(name, List.of("area"), List.of("heap"), octets);
    }

    /// @return -1 where the system does not say
    private static long resident() {
        try {
            for (String line : Reading.lines(STATUS, Reading.SHORT)) {
                if (line.startsWith("VmRSS:")) {
                    return Long.parseLong(line.replaceAll("\\D", "")) << 10;
                }
            }
        } catch (IOException | NumberFormatException e) {
            // another system
        }
        return -1;
    }
}
