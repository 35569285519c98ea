package org.postrider.metrics;

import java.util.List;

/// Writes Prometheus's text format 0.0.4. One thread.
final class Exposition {
    private final StringBuilder out = new StringBuilder(16 << 10);

    /// What the samples that follow are.
    ///
    /// @param type `counter`, `gauge`, `histogram`
    void family(String name, String type, String help) {
        out.append("# HELP ").append(name).append(' ').append(escaped(help, false)).append('\n');
        out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    /// @param labels names, in the order of values
    void sample(String name, List<String> labels, List<String> values, double value) {
        out.append(name);
        if (!labels.isEmpty()) {
            char before = '{';
            for (int i = 0; i < labels.size(); i++) {
                out.append(before)
                        .append(labels.get(i))
                        .append("=\"")
                        .append(escaped(values.get(i), true))
                        .append('"');
                before = ',';
            }
            out.append('}');
        }
        out.append(' ').append(number(value)).append('\n');
    }

    void sample(String name, List<String> labels, List<String> values, long value) {
        sample(name, labels, values, (double) value);
    }

    void gauge(String name, String help, long value) {
        gauge(name, help, (double) value);
    }

    /// A family of one sample.
    void gauge(String name, String help, double value) {
        family(name, "gauge", help);
        sample(name, List.of(), List.of(), value);
    }

    /// A family of one sample that only grows.
    void counter(String name, String help, double value) {
        family(name, "counter", help);
        sample(name, List.of(), List.of(), value);
    }

    static String number(double value) {
        return value == Double.POSITIVE_INFINITY
                ? "+Inf"
                : value == Math.rint(value) && Math.abs(value) < 1e15
                        ? Long.toString((long) value)
                        : Double.toString(value);
    }

    private static String escaped(String text, boolean quoted) {
        String out = text.replace("\\", "\\\\").replace("\n", "\\n");
        return quoted ? out.replace("\"", "\\\"") : out;
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
