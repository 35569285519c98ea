package org.postrider.queue.spool;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.postrider.memory.Budget;
import org.postrider.message.Content;
import org.postrider.queue.Envelope;
import org.postrider.queue.Mark;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.index.Meta;
import org.postrider.queue.record.MessageRecord;

/// A view of one message. The envelope stays; the content while the memory budget allows.
final class SpoolMessage implements QueuedMessage {
    private final Views views;
    private final QueueId id;
    private final Envelope envelope;
    final Meta meta;
    private volatile @Nullable Content content;
    private final Reasons reasons;

    /// What the envelope takes while the message is active, with what is kept of next hops'
    /// answers.
    final Budget.Share envelopeShare;

    private final Budget.Share contentShare;
    private final AtomicLong keeps = new AtomicLong();
    private final long keepLimit;

    /// @param content to be kept where there is memory for it, null for none
    SpoolMessage(
            Views views,
            Meta meta,
            Envelope envelope,
            @Nullable Content content,
            List<Mark.Reason> reasons,
            Budget.Share envelopeShare) {
        this.keepLimit = views.memory.keepLimit;
        this.envelopeShare = envelopeShare;
        this.contentShare = views.memory.fresh.share();
        this.views = views;
        this.id = views.id(meta);
        this.envelope = envelope;
        this.meta = meta;
        this.content = content != null && contentShare.take(meta.length) ? content : null;
        this.reasons = new Reasons(reasons);
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
        return c != null ? c : views.content(this);
    }

    /// It is worked on no more: its memory is given back.
    void release() {
        content = null;
        contentShare.close();
        envelopeShare.close();
    }

    /// False where there was no memory for it to become active.
    boolean charged() {
        return envelopeShare.octets() > 0;
    }

    @Override
    public boolean keeps(long octets) {
        if (keeps.addAndGet(octets) <= keepLimit && envelopeShare.take(octets)) {
            return true;
        }
        keeps.addAndGet(-octets);
        return false;
    }

    @Override
    public void letsGo(long octets) {
        keeps.addAndGet(-octets);
        envelopeShare.give(octets);
    }

    @Override
    public boolean done(int recipient) {
        return views.live().done(meta, recipient);
    }

    @Override
    public Mark.@Nullable Reason reason(int recipient) {
        return reasons.find(recipient);
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
        return views.live().removed(meta);
    }

    @Override
    public boolean asked() {
        return meta.has(Meta.ASKED);
    }

    @Override
    public boolean delayWarned() {
        return meta.has(MessageRecord.DELAY_WARNED);
    }
}
