package org.postrider.metrics;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// A metric that only grows, a number for each set of label values. Any thread.
final class Counter {
    /// Series of a metric; those beyond it are one more, `other`.
    static final int MOST_SERIES = 256;

    private final String name;
    private final String help;
    private final List<String> labels;
    private final Map<List<String>, LongAdder> series = new ConcurrentHashMap<>();

    /// @param name ends in `_total`
    Counter(String name, String help, String... labels) {
        this.name = name;
        this.help = help;
        this.labels = List.of(labels);
        if (labels.length == 0) {
            series.put(List.of(), new LongAdder());
        }
    }

    /// One more.
    ///
    /// @param values of the labels
    void add(String... values) {
        add(1, values);
    }

    void add(long more, String... values) {
        adder(series, List.of(values)).add(more);
    }

    private static LongAdder adder(Map<List<String>, LongAdder> series, List<String> values) {
        LongAdder known = series.get(values);
        if (known != null) {
            return known;
        }
        List<String> key =
                series.size() < MOST_SERIES ? values : Collections.nCopies(values.size(), "other");
        return series.computeIfAbsent(key, _ -> new LongAdder());
    }

    void write(Exposition out) {
        out.family(name, "counter", help);
        series.forEach((values, sum) -> out.sample(name, labels, values, sum.sum()));
    }
}
