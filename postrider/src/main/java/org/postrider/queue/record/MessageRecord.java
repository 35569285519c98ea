package org.postrider.queue.record;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.dsn.Status;
import org.postrider.message.Facts;
import org.postrider.queue.Envelope;
import org.postrider.queue.Mark;

/// The payload of a message record: envelope, state and content. The newest record of an id counts;
/// it holds the state that marks before it made.
public record MessageRecord(long id, State state, Envelope envelope, Stored content) {
    public static final int HELD = 1;
    public static final int FORCED_TO_EXPIRE = 2;
    public static final int DELAY_WARNED = 4;

    /// Its transaction has marks: the message stands for what they settle. Of a batch that may be
    /// torn it does not count, as they do not. Not kept when the record moves.
    public static final int WITH_MARKS = 128;

    /// Those that are kept.
    public static final int KEPT = HELD | FORCED_TO_EXPIRE | DELAY_WARNED;

    private static final int VERSION = 1;

    /// Of one whose recipients stand elsewhere: what does not know of them must not read it.
    private static final int FILED_VERSION = 2;

    private static final int FLAGS_AT = 9;

    /// What marks made of the message.
    ///
    /// @param done recipients that are settled
    public record State(int flags, long dueMillis, BitSet done, List<Mark.Reason> reasons) {}

    /// The content as it lies in the record.
    ///
    /// @param bodyFile the large body's file name, null where the body is inline
    public record Stored(
            Facts facts,
            byte[] header,
            long bodyLength,
            @Nullable String bodyFile,
            byte @Nullable [] body) {}

    public MessageRecord with(State other) {
        return new MessageRecord(id, other, envelope, content);
    }

    public MessageRecord with(Envelope other) {
        return new MessageRecord(id, state, other, content);
    }

    /// All but the inline body, which the writer appends itself to spare a copy.
    public void writeHead(Octets out) {
        boolean filed = envelope.recipients() instanceof RecipientBlocks;
        out.u8(filed ? FILED_VERSION : VERSION).i64(id).u8(state.flags()).i64(state.dueMillis());
        out.i64(content.facts().size()).i32(0);
        int at = out.length();
        EnvelopeCodec.write(envelope, out);
        out.patch(at - 4, out.length() - at);
        out.i32(0);
        at = out.length();
        writeState(out, state.done(), state.reasons());
        out.patch(at - 4, out.length() - at);
        writeFacts(out, content.facts());
        byte[] header = content.header();
        out.string(content.bodyFile()).i64(content.bodyLength());
        out.i32(header.length).bytes(header, 0, header.length);
    }

    private static void writeState(Octets out, BitSet done, List<Mark.Reason> reasons) {
        byte[] bits = done.toByteArray();
        out.i32(bits.length).bytes(bits, 0, bits.length);
        writeReasons(out, reasons);
    }

    /// What stands before reasons of very many recipients, in the place of their number.
    private static final int RUNS = -1;

    public static void writeReasons(Octets out, List<Mark.Reason> reasons) {
        if (reasons instanceof Mark.Reasons many) {
            out.i32(RUNS);
            writeEach(out, many.kinds());
            out.i32(many.runs());
            many.runs((first, count, kind) -> out.i32(first).i32(count).i32(kind));
        } else {
            writeEach(out, reasons);
        }
    }

    private static void writeEach(Octets out, List<Mark.Reason> reasons) {
        out.i32(reasons.size());
        for (Mark.Reason r : reasons) {
            out.i32(r.recipient())
                    .u8(r.status().kind())
                    .i32(r.status().subject())
                    .i32(r.status().detail())
                    .string(r.text())
                    .string(r.relay())
                    .string(r.remoteMta())
                    .string(r.diagnostic())
                    .string(r.action());
        }
    }

    public static List<Mark.Reason> readReasons(OctetReader in) {
        int n = in.i32();
        if (n != RUNS) {
            return readEach(in, in.counted(n));
        }
        List<Mark.Reason> kinds = readEach(in, in.count());
        int runs = in.count();
        int[] first = new int[runs];
        int[] count = new int[runs];
        int[] kind = new int[runs];
        for (int i = 0; i < runs; i++) {
            first[i] = in.i32();
            count[i] = in.i32();
            kind[i] = in.i32();
        }
        try {
            return new Mark.Reasons(kinds, first, count, kind);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new OctetReader.BadRecordException("bad reasons");
        }
    }

    private static List<Mark.Reason> readEach(OctetReader in, int n) {
        List<Mark.Reason> out = new ArrayList<>(n);
        for (int i = 0; i < n; i++) {
            int recipient = in.i32();
            int kind = in.u8();
            if (kind != 2 && kind != 4 && kind != 5) {
                throw new OctetReader.BadRecordException("bad status class " + kind);
            }
            out.add(
                    new Mark.Reason(
                            recipient,
                            new Status(kind, in.i32(), in.i32()),
                            in.string(),
                            in.string(),
                            in.stringOrNull(),
                            in.stringOrNull(),
                            in.string()));
        }
        return out;
    }

    private static void writeFacts(Octets out, Facts f) {
        out.i64(f.wireSize())
                .i64(f.size())
                .i32(f.longestLine())
                .u8(
                        (f.leadingDot() ? 1 : 0)
                                | (f.eightBit() ? 2 : 0)
                                | (f.eightBitHeader() ? 4 : 0)
                                | (f.bareCrOrLf() ? 8 : 0)
                                | (f.mime().saysEightBit() ? 0 : 16))
                .i32(f.received());
    }

    private static Facts readFacts(OctetReader in) {
        long wire = in.i64();
        long size = in.i64();
        int longest = in.i32();
        int bits = in.u8();
        return new Facts(
                wire,
                size,
                longest,
                (bits & 1) != 0,
                (bits & 2) != 0,
                (bits & 4) != 0,
                (bits & 8) != 0,
                in.i32(),
                (bits & 16) != 0 ? Facts.Mime.PLAIN : Facts.Mime.UNKNOWN);
    }

    /// Whether the message counts without the marks of its transaction.
    public static boolean countsAlone(byte[] payload) {
        return payload.length > FLAGS_AT && (payload[FLAGS_AT] & WITH_MARKS) == 0;
    }

    private static boolean known(int version) {
        return version == VERSION || version == FILED_VERSION;
    }

    /// The id in the payload of what may be a damaged record; null where it does not look like one.
    public static @Nullable Long idIn(byte[] octets, int from) {
        if (octets.length < from + 9 || !known(octets[from])) {
            return null;
        }
        long id = new OctetReader(octets, from + 1, 8).i64();
        return id > 0 && id >>> 60 == 0 ? id : null;
    }

    /// @param withContent false leaves header and body empty (listing)
    public static MessageRecord read(OctetReader in, boolean withContent) {
        int version = in.u8();
        if (!known(version)) {
            throw new OctetReader.BadRecordException("message record version " + version);
        }
        long id = in.i64();
        int flags = in.u8();
        long due = in.i64();
        in.i64();
        Envelope envelope = EnvelopeCodec.read(in.part(in.i32()));
        OctetReader state = in.part(in.i32());
        BitSet done = BitSet.valueOf(state.bytes(state.count()));
        List<Mark.Reason> reasons = readReasons(state);
        Facts facts = readFacts(in);
        String bodyFile = in.stringOrNull();
        long bodyLength = in.i64();
        byte[] header = new byte[0];
        byte[] body = null;
        if (withContent) {
            header = in.bytes(in.count());
            body = bodyFile == null ? in.bytes((int) bodyLength) : null;
        }
        return new MessageRecord(
                id,
                new State(flags, due, done, reasons),
                envelope,
                new Stored(facts, header, bodyLength, bodyFile, body));
    }
}
