package org.postrider.tlsrpt;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.postrider.report.Tally;
import org.postrider.tlsrpt.TlsResult.Kind;
import org.postrider.tlsrpt.TlsResult.Policy;
import org.postrider.tlsrpt.TlsResult.Reason;
import org.postrider.tlsrpt.TlsResult.Session;

/// The sessions of one domain in one day, by policy and kind of failure. What goes beyond its
/// limits is summed, so that the sums of a report are always right. Its owner's lock guards it.
final class TlsTally implements Tally<TlsResult> {
    private static final int MOST_POLICIES = 8;
    private static final int MOST_DETAILS = 50;
    private static final int ENTRY = 400;
    private static final int TEXT = 48;

    private final Map<Policy, Counts> policies = new LinkedHashMap<>();
    private long octets = ENTRY;

    /// Failures that are alike in all that is told of them.
    record Detail(Reason reason, Session session, String code) {
        /// Of a kind, and nothing else is told.
        static Detail summed(Reason reason) {
            return new Detail(reason, Session.NONE, "");
        }
    }

    /// Of one policy.
    static final class Counts {
        long kept;
        long failed;
        private final Map<Detail, Long> details = new LinkedHashMap<>();

        /// Those beyond the limits by [Reason]; their room is charged with the policy.
        private final long[] summed = new long[Reason.values().length];

        /// How often what failed, the summed ones last.
        Map<Detail, Long> details() {
            Map<Detail, Long> out = new LinkedHashMap<>(details);
            for (Reason each : Reason.values()) {
                if (summed[each.ordinal()] > 0) {
                    out.merge(Detail.summed(each), summed[each.ordinal()], Long::sum);
                }
            }
            return out;
        }
    }

    @Override
    public long add(TlsResult result, long room) {
        long before = octets;
        Counts counts = counts(result.policy(), room);
        TlsResult.Failure failure = result.failure();
        if (failure == null) {
            counts.kept++;
        } else {
            counts.failed++;
            Detail exact = new Detail(failure.kind(), result.session(), failure.reason());
            long size = size(exact);
            boolean fits = counts.details.size() < MOST_DETAILS && octets - before + size <= room;
            if (fits || counts.details.containsKey(exact)) {
                add(counts, exact, 1);
            } else {
                counts.summed[failure.kind().ordinal()]++;
            }
        }
        return octets - before;
    }

    private Counts counts(Policy policy, long room) {
        Counts known = policies.get(policy);
        if (known != null) {
            return known;
        }
        boolean fits = policies.size() < MOST_POLICIES && size(policy) <= room;
        if (!fits && !policies.isEmpty()) {
            // A domain that changes its policy all day is told of some of them.
            return policies.values().stream().reduce((_, last) -> last).orElseThrow();
        }
        return restored(policy);
    }

    /// Octets that a domain takes for its first session.
    static long least(TlsResult first) {
        return ENTRY + size(first.policy());
    }

    /// As it was saved, or for the first time.
    Counts restored(Policy policy) {
        octets += size(policy);
        Counts made = new Counts();
        policies.put(policy, made);
        return made;
    }

    void add(Counts to, Detail detail, long more) {
        if (detail.equals(Detail.summed(detail.reason()))) {
            to.summed[detail.reason().ordinal()] += more;
            return;
        }
        if (!to.details.containsKey(detail)) {
            octets += size(detail);
        }
        to.details.merge(detail, more, Long::sum);
    }

    Map<Policy, Counts> policies() {
        return policies;
    }

    @Override
    public long octets() {
        return octets;
    }

    private static long size(Policy policy) {
        return ENTRY + policy.domain().length() + size(policy.strings()) + size(policy.mxHosts());
    }

    private static long size(List<String> texts) {
        long sum = 0;
        for (String each : texts) {
            sum += TEXT + each.length();
        }
        return sum;
    }

    private static long size(Detail detail) {
        Session s = detail.session();
        return ENTRY
                + size(
                        List.of(
                                s.sendingIp(),
                                s.mxHostname(),
                                s.mxHelo(),
                                s.receivingIp(),
                                detail.code()));
    }

    @Override
    public void write(DataOutputStream out) throws IOException {
        out.writeInt(policies.size());
        for (Map.Entry<Policy, Counts> each : policies.entrySet()) {
            Policy policy = each.getKey();
            Counts counts = each.getValue();
            out.writeByte(policy.kind().ordinal());
            out.writeUTF(policy.domain());
            texts(out, policy.strings());
            texts(out, policy.mxHosts());
            out.writeLong(counts.kept);
            out.writeLong(counts.failed);
            Map<Detail, Long> details = counts.details();
            out.writeInt(details.size());
            for (Map.Entry<Detail, Long> one : details.entrySet()) {
                Session s = one.getKey().session();
                out.writeByte(one.getKey().reason().ordinal());
                out.writeUTF(s.sendingIp());
                out.writeUTF(s.mxHostname());
                out.writeUTF(s.mxHelo());
                out.writeUTF(s.receivingIp());
                out.writeUTF(one.getKey().code());
                out.writeLong(one.getValue());
            }
        }
    }

    /// As it was written.
    static TlsTally read(DataInputStream in) throws IOException {
        TlsTally made = new TlsTally();
        for (int n = in.readInt(); n > 0; n--) {
            Kind kind = of(Kind.values(), in.readByte());
            Policy policy =
                    new Policy(
                            kind, in.readUTF(), texts(in, in.readInt()), texts(in, in.readInt()));
            Counts counts = made.restored(policy);
            counts.kept = in.readLong();
            counts.failed = in.readLong();
            for (int m = in.readInt(); m > 0; m--) {
                Reason reason = of(Reason.values(), in.readByte());
                Session s = new Session(in.readUTF(), in.readUTF(), in.readUTF(), in.readUTF());
                made.add(counts, new Detail(reason, s, in.readUTF()), in.readLong());
            }
        }
        return made;
    }

    private static List<String> texts(DataInputStream in, int n) throws IOException {
        List<String> out = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            out.add(in.readUTF());
        }
        return List.copyOf(out);
    }

    private static void texts(DataOutputStream out, List<String> texts) throws IOException {
        out.writeInt(texts.size());
        for (String each : texts) {
            out.writeUTF(each);
        }
    }

    private static <T> T of(T[] values, int number) {
        if (number < 0 || number >= values.length) {
            throw new IllegalArgumentException("is of another version");
        }
        return values[number];
    }
}
