package org.postrider.metrics;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/// How often how much, in seconds, for each set of label values. Any thread.
final class Histogram {
    /// Upper bounds of mail's times, from a loopback's to a queue's.
    private static final double[] BOUNDS = {
        0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200, 86400
    };

    private record Buckets(LongAdder[] counts, DoubleAdder sum) {
        static Buckets made() {
            LongAdder[] counts = new LongAdder[BOUNDS.length + 1];
            for (int i = 0; i < counts.length; i++) {
                counts[i] = new LongAdder();
            }
            return new Buckets(counts, new DoubleAdder());
        }
    }

    private final String name;
    private final String help;
    private final List<String> labels;
    private final Map<List<String>, Buckets> series = new ConcurrentHashMap<>();

    /// @param name ends in `_seconds`
    Histogram(String name, String help, String... labels) {
        this.name = name;
        this.help = help;
        this.labels = List.of(labels);
    }

    void observe(double seconds, String... values) {
        List<String> key = List.of(values);
        Buckets known = series.get(key);
        if (known == null) {
            key =
                    series.size() < Counter.MOST_SERIES
                            ? key
                            : Collections.nCopies(values.length, "other");
            known = series.computeIfAbsent(key, _ -> Buckets.made());
        }
        int bucket = 0;
        while (bucket < BOUNDS.length && seconds > BOUNDS[bucket]) {
            bucket++;
        }
        known.counts()[bucket].increment();
        known.sum().add(seconds);
    }

    void write(Exposition out) {
        out.family(name, "histogram", help);
        List<String> bounded = new ArrayList<>(labels);
        bounded.add("le");
        series.forEach((values, buckets) -> {
            List<String> with = new ArrayList<>(values);
            with.add("");
            long sum = 0;
            for (int i = 0; i <= BOUNDS.length; i++) {
                sum += buckets.counts()[i].sum();
                double bound = i < BOUNDS.length ? BOUNDS[i] : Double.POSITIVE_INFINITY;
                with.set(values.size(), Exposition.number(bound));
                out.sample(name + "_bucket", bounded, with, sum);
            }
            out.sample(name + "_sum", labels, values, buckets.sum().sum());
            out.sample(name + "_count", labels, values, sum);
        });
    }
}
