package org.postrider.queue.record;

import org.postrider.queue.Mark;

/// Marks as octets.
public final class MarkCodec {
    public static final int DONE = 1;
    public static final int DEFERRED = 2;
    public static final int DELAY_WARNED = 3;
    public static final int HELD = 4;
    public static final int RELEASED = 5;
    public static final int FORCED_TO_EXPIRE = 6;
    public static final int DUE_NOW = 7;
    public static final int REMOVED = 8;

    /// @param number recipient of DONE, time of DEFERRED, RELEASED and DUE_NOW
    public record Read(long id, int kind, long number) {}

    private MarkCodec() {}

    /// @param nowMillis the time of marks that make something due
    public static void write(Mark mark, long id, long nowMillis, Octets out) {
        switch (mark) {
            case Mark.Done m -> out.u8(DONE).i64(id).i64(m.recipient());
            case Mark.Deferred m -> {
                out.u8(DEFERRED).i64(id).i64(m.nextAttemptMillis());
                MessageRecord.writeReasons(out, m.reasons());
            }
            case Mark.DelayWarned _ -> out.u8(DELAY_WARNED).i64(id).i64(0);
            case Mark.Held _ -> out.u8(HELD).i64(id).i64(0);
            case Mark.Released _ -> out.u8(RELEASED).i64(id).i64(nowMillis);
            case Mark.ForcedToExpire _ -> out.u8(FORCED_TO_EXPIRE).i64(id).i64(0);
            case Mark.DueNow _ -> out.u8(DUE_NOW).i64(id).i64(nowMillis);
            case Mark.Removed _ -> out.u8(REMOVED).i64(id).i64(0);
        }
    }

    public static Read read(OctetReader in) {
        int kind = in.u8();
        if (kind < DONE || kind > REMOVED) {
            throw new OctetReader.BadRecordException("mark kind " + kind);
        }
        return new Read(in.i64(), kind, in.i64());
    }

    /// The reasons behind a DEFERRED mark's head.
    public static java.util.List<Mark.Reason> reasons(byte[] payload) {
        OctetReader in = new OctetReader(payload, 0, payload.length);
        read(in);
        return MessageRecord.readReasons(in);
    }

    public static Read of(Mark mark, long id, long nowMillis) {
        return switch (mark) {
            case Mark.Done m -> new Read(id, DONE, m.recipient());
            case Mark.Deferred m -> new Read(id, DEFERRED, m.nextAttemptMillis());
            case Mark.DelayWarned _ -> new Read(id, DELAY_WARNED, 0);
            case Mark.Held _ -> new Read(id, HELD, 0);
            case Mark.Released _ -> new Read(id, RELEASED, nowMillis);
            case Mark.ForcedToExpire _ -> new Read(id, FORCED_TO_EXPIRE, 0);
            case Mark.DueNow _ -> new Read(id, DUE_NOW, nowMillis);
            case Mark.Removed _ -> new Read(id, REMOVED, 0);
        };
    }
}
