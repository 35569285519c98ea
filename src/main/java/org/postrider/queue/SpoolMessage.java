package org.postrider.queue;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.message.Content;

/// A view of one message. The envelope stays; the content while the memory budget allows.
final class SpoolMessage implements QueuedMessage {
    private final Spool spool;
    private final QueueId id;
    private final Envelope envelope;
    final Meta meta;
    private volatile @Nullable Content content;
    private volatile List<Mark.Reason> reasons;

    /// Octets of the budget that the content takes.
    int retained;

    SpoolMessage(
            Spool spool,
            QueueId id,
            Envelope envelope,
            Meta meta,
            @Nullable Content content,
            List<Mark.Reason> reasons) {
        this.spool = spool;
        this.id = id;
        this.envelope = envelope;
        this.meta = meta;
        this.content = content;
        this.reasons = reasons;
    }

    @Override
    public QueueId id() {
        return id;
    }

    @Override
    public Envelope envelope() {
        return envelope;
    }

    @Override
    public Content content() {
        Content c = content;
        return c != null ? c : spool.readContent(this);
    }

    void forgetContent() {
        content = null;
    }

    void reasons(List<Mark.Reason> now) {
        reasons = now;
    }

    @Override
    public boolean done(int recipient) {
        return spool.done(meta, recipient);
    }

    @Override
    public Mark.@Nullable Reason reason(int recipient) {
        for (Mark.Reason r : reasons) {
            if (r.recipient() == recipient) {
                return r;
            }
        }
        return null;
    }

    @Override
    public long size() {
        return meta.size;
    }

    @Override
    public boolean held() {
        return meta.has(MessageRecord.HELD);
    }

    @Override
    public boolean forcedToExpire() {
        return meta.has(MessageRecord.FORCED_TO_EXPIRE);
    }

    @Override
    public boolean removed() {
        return spool.removed(meta);
    }

    @Override
    public boolean delayWarned() {
        return meta.has(MessageRecord.DELAY_WARNED);
    }
}
