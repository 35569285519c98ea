package org.postrider.queue;

/// Marks as octets, and what each does to a [Meta].
final class MarkCodec {
    static final int DONE = 1;
    static final int DEFERRED = 2;
    static final int DELAY_WARNED = 3;
    static final int HELD = 4;
    static final int RELEASED = 5;
    static final int FORCED_TO_EXPIRE = 6;
    static final int DUE_NOW = 7;
    static final int REMOVED = 8;

    /// @param number recipient of DONE, time of DEFERRED, RELEASED and DUE_NOW
    record Read(long id, int kind, long number) {}

    private MarkCodec() {}

    /// @param nowMillis the time of marks that make something due
    static void write(Mark mark, long id, long nowMillis, Octets out) {
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

    static Read read(OctetReader in) {
        int kind = in.u8();
        if (kind < DONE || kind > REMOVED) {
            throw new OctetReader.BadRecordException("mark kind " + kind);
        }
        return new Read(in.i64(), kind, in.i64());
    }

    /// The reasons behind a DEFERRED mark's head.
    static java.util.List<Mark.Reason> reasons(byte[] payload) {
        OctetReader in = new OctetReader(payload, 0, payload.length);
        read(in);
        return MessageRecord.readReasons(in);
    }

    static Read of(Mark mark, long id, long nowMillis) {
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

    /// @return true where the message is gone
    static boolean apply(Read mark, Meta meta) {
        switch (mark.kind()) {
            case DONE -> {
                if (mark.number() >= 0 && mark.number() < meta.recipients) {
                    meta.settle((int) mark.number());
                }
            }
            case DEFERRED -> {
                meta.dueMillis = mark.number();
                meta.set(Meta.ACTIVE, false);
                meta.set(Meta.ASKED, false);
            }
            case DELAY_WARNED -> meta.set(MessageRecord.DELAY_WARNED, true);
            case HELD -> {
                meta.set(MessageRecord.HELD, true);
                meta.set(Meta.ACTIVE, false);
            }
            case RELEASED -> {
                meta.set(MessageRecord.HELD, false);
                meta.dueMillis = mark.number();
            }
            case FORCED_TO_EXPIRE -> meta.set(MessageRecord.FORCED_TO_EXPIRE, true);
            case DUE_NOW -> {
                meta.dueMillis = Math.min(meta.dueMillis, mark.number());
                meta.set(Meta.ASKED, true);
            }
            case REMOVED -> {
                meta.set(Meta.REMOVED, true);
                return true;
            }
            default -> throw new IllegalStateException("mark kind " + mark.kind());
        }
        return false;
    }
}
