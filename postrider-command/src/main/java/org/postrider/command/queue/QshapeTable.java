package org.postrider.command.queue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.postrider.command.OctetOut;
import org.postrider.maps.Fold;
import org.postrider.showq.QueueVisitor;

/// Counts a listing by domain and age, and prints it as qshape(1) lays it out.
final class QshapeTable implements QueueVisitor {
    private static final int LEAST_DOMAIN_WIDTH = 18;
    private static final String TOTAL = "TOTAL";

    /// @param counts the total, then each age bucket
    private record Row(String name, long[] counts) {}

    private final List<String> queues;
    private final boolean senders;
    private final boolean parents;
    private final int leastSubdomains;
    private final int buckets;
    private final int minutes;
    private final boolean linear;
    private final long nowSeconds;
    private final Map<String, Row> rows = new HashMap<>();
    private final Map<String, Integer> subdomains = new HashMap<>();
    private boolean counting;
    private int bucket;

    QshapeTable(
            List<String> queues,
            boolean senders,
            boolean parents,
            int leastSubdomains,
            int buckets,
            int minutes,
            boolean linear,
            long nowSeconds) {
        this.queues = queues;
        this.senders = senders;
        this.parents = parents;
        this.leastSubdomains = leastSubdomains;
        this.buckets = buckets;
        this.minutes = minutes;
        this.linear = linear;
        this.nowSeconds = nowSeconds;
        row(TOTAL);
    }

    private Row row(String name) {
        return rows.computeIfAbsent(name, n -> new Row(n, new long[buckets + 1]));
    }

    @Override
    public void message(
            String queueName,
            String id,
            long arrivalSeconds,
            long size,
            boolean forcedToExpire,
            String sender) {
        counting = queues.contains(queueName);
        bucket = bucket(nowSeconds - arrivalSeconds);
        if (counting && senders) {
            count(sender);
        }
    }

    @Override
    public void recipient(String address, String reason) {
        if (counting && !senders) {
            count(address);
        }
    }

    private int bucket(long ageSeconds) {
        double age = ageSeconds / (60.0 * minutes);
        if (age < 1) {
            return 1;
        }
        int b = linear ? (int) (age + 1) : 2 + (int) (Math.log(age) / Math.log(2));
        return Math.min(b, buckets);
    }

    private void count(String address) {
        add(TOTAL);
        String name = domain(address);
        boolean fresh = false;
        while (true) {
            boolean first = add(name);
            if (fresh) {
                subdomains.merge(name, 1, Integer::sum);
            }
            fresh = first;
            String parent = parents ? parent(name) : "";
            if (parent.isEmpty()) {
                return;
            }
            name = parent;
        }
    }

    /// @return true where this is the first of its name
    private boolean add(String name) {
        Row r = row(name);
        r.counts()[bucket]++;
        return ++r.counts()[0] == 1;
    }

    private static String domain(String address) {
        if (address.isEmpty() || address.equals("MAILER-DAEMON")) {
            return "MAILER-DAEMON";
        }
        String name = Fold.lower(address.substring(address.lastIndexOf('@') + 1));
        while (name.contains("..")) {
            name = name.replace("..", ".");
        }
        int from = name.startsWith(".") && name.length() > 1 ? 1 : 0;
        int to = name.endsWith(".") && name.length() > from + 1 ? name.length() - 1 : name.length();
        return name.substring(from, to);
    }

    /// `.example.com` for `mx.example.com`; empty above the top but one.
    private static String parent(String name) {
        int dot = name.indexOf('.', 1);
        return dot < 0 || name.indexOf('.', dot + 1) < 0 ? "" : name.substring(dot);
    }

    void print(OctetOut out, int width) throws IOException {
        long[] totals = row(TOTAL).counts();
        String[] heads = new String[buckets + 1];
        int[] widths = new int[buckets + 1];
        int domainWidth = width;
        long edge = 0;
        for (int i = 0; i <= buckets; i++) {
            heads[i] = i == 0 ? "T" : i == buckets ? edge + "+" : Long.toString(edge);
            int longest = Math.max(Long.toString(totals[i]).length(), heads[i].length());
            widths[i] = longest > 2 ? longest + 1 : 3;
            domainWidth -= widths[i];
            if (i + 1 < buckets) {
                edge += edge > 0 && !linear ? edge : minutes;
            }
        }
        domainWidth = Math.max(domainWidth, LEAST_DOMAIN_WIDTH);
        name(out, "", domainWidth);
        for (int i = 0; i <= buckets; i++) {
            out.right(heads[i], widths[i]);
        }
        out.octet('\n');
        for (Row r : sorted()) {
            name(out, r.name(), domainWidth);
            for (int i = 0; i <= buckets; i++) {
                out.right(Long.toString(r.counts()[i]), widths[i]);
            }
            out.octet('\n');
        }
    }

    private static void name(OctetOut out, String name, int width) throws IOException {
        int length = name.length();
        if (length <= width) {
            out.right(name, width);
        } else if (name.startsWith(".")) {
            out.text(".+").text(name.substring(length - width + 2));
        } else {
            out.text("+").text(name.substring(length - width + 1));
        }
    }

    private List<Row> sorted() {
        List<Row> out = new ArrayList<>();
        for (Row r : rows.values()) {
            boolean few =
                    r.name().startsWith(".")
                            && subdomains.getOrDefault(r.name(), 0) < leastSubdomains;
            if (!few) {
                out.add(r);
            }
        }
        out.sort((a, b) -> {
            int byCount = Long.compare(b.counts()[0], a.counts()[0]);
            int byLength =
                    byCount != 0 ? byCount : Integer.compare(a.name().length(), b.name().length());
            return byLength != 0 ? byLength : a.name().compareTo(b.name());
        });
        return out;
    }
}
