package org.postrider.dmarcrpt;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postrider.dmarcrpt.DmarcOutcome.Evaluated;
import org.postrider.dmarcrpt.DmarcOutcome.Published;
import org.postrider.dmarcrpt.DmarcOutcome.Row;
import org.postrider.dmarcrpt.DmarcOutcome.Signature;
import org.postrider.dmarcrpt.DmarcOutcome.Spf;
import org.postrider.report.Tally;

/// The mails of one domain in one day, by all that a report tells of them. What goes beyond its
/// limits is counted as left out. Its owner's lock guards it.
final class DmarcTally implements Tally<DmarcOutcome> {
    private static final int MOST_ROWS = 1000;
    private static final int ENTRY = 300;
    private static final int ROW = 500;
    private static final int SIGNATURE = 150;

    private final Map<Row, Long> rows = new LinkedHashMap<>();
    private @Nullable Published published;
    private long leftOut;
    private long octets = ENTRY;

    @Override
    public long add(DmarcOutcome outcome, long room) {
        // The last that was seen: RFC 9990 has one report tell of one.
        published = outcome.published();
        Row row = outcome.row();
        long size = size(row);
        boolean fits = rows.isEmpty() || rows.size() < MOST_ROWS && size <= room;
        if (!fits && !rows.containsKey(row)) {
            leftOut++;
            return 0;
        }
        long before = octets;
        count(row, 1);
        return octets - before;
    }

    private void count(Row row, long more) {
        if (rows.merge(row, more, Long::sum) == more) {
            octets += size(row);
        }
    }

    /// Octets that a domain takes with its first mail.
    static long least(DmarcOutcome first) {
        return ENTRY + size(first.row());
    }

    private static long size(Row row) {
        long out = ROW + row.source().length() + row.from().length() + row.sender().length();
        for (Signature each : row.signatures()) {
            out += SIGNATURE + each.domain().length() + each.selector().length();
        }
        return out + row.spf().domain().length();
    }

    @Override
    public long octets() {
        return octets;
    }

    Map<Row, Long> rows() {
        return rows;
    }

    /// Mails that are in no row.
    long leftOut() {
        return leftOut;
    }

    /// Null before the first mail.
    @Nullable Published published() {
        return published;
    }

    // ---- as it is kept

    @Override
    public void write(DataOutputStream out) throws IOException {
        Published of = published;
        out.writeBoolean(of != null);
        if (of != null) {
            texts(out, of.discovery(), of.policies().p(), of.policies().sp(), of.policies().np());
            texts(out, of.fo(), of.alignment().dkim(), of.alignment().spf());
            out.writeBoolean(of.testing());
        }
        out.writeLong(leftOut);
        out.writeInt(rows.size());
        for (Map.Entry<Row, Long> each : rows.entrySet()) {
            Row row = each.getKey();
            Evaluated done = row.evaluated();
            texts(out, row.source(), done.disposition(), done.override(), done.comment());
            out.writeBoolean(done.dkim());
            out.writeBoolean(done.spf());
            texts(out, row.from(), row.sender(), row.spf().domain(), row.spf().result());
            out.writeInt(row.signatures().size());
            for (Signature one : row.signatures()) {
                texts(out, one.domain(), one.selector(), one.result());
            }
            out.writeLong(each.getValue());
        }
    }

    private static void texts(DataOutputStream out, String... texts) throws IOException {
        for (String each : texts) {
            out.writeUTF(each);
        }
    }

    /// As it was written.
    static DmarcTally read(DataInputStream in) throws IOException {
        DmarcTally out = new DmarcTally();
        if (in.readBoolean()) {
            String discovery = in.readUTF();
            Published.Policies policies =
                    new Published.Policies(in.readUTF(), in.readUTF(), in.readUTF());
            String fo = in.readUTF();
            Published.Alignment alignment = new Published.Alignment(in.readUTF(), in.readUTF());
            out.published = new Published(discovery, policies, fo, alignment, in.readBoolean());
        }
        out.leftOut = in.readLong();
        for (int n = in.readInt(); n > 0; n--) {
            String source = in.readUTF();
            String disposition = in.readUTF();
            String override = in.readUTF();
            String comment = in.readUTF();
            Evaluated done =
                    new Evaluated(
                            disposition, in.readBoolean(), in.readBoolean(), override, comment);
            String from = in.readUTF();
            String sender = in.readUTF();
            Spf spf = new Spf(in.readUTF(), in.readUTF());
            List<Signature> signatures = new ArrayList<>();
            for (int m = in.readInt(); m > 0; m--) {
                signatures.add(new Signature(in.readUTF(), in.readUTF(), in.readUTF()));
            }
            out.count(new Row(source, done, from, sender, signatures, spf), in.readLong());
        }
        return out;
    }
}
