package org.postrider.master;

import java.util.ArrayList;
import java.util.List;
import org.postrider.log.LogTag;
import org.postrider.log.MailLog;
import org.postrider.qmgr.QueueManager;
import org.postrider.queue.Mark;
import org.postrider.queue.Queue;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Transaction;

/// What the queue tools ask of a running server. The answer to an action is the count.
final class QueueVerbs {
    private static final List<String> QUEUES =
            List.of("incoming", "active", "deferred", "hold", "corrupt");

    private final Queue queue;
    private final QueueManager qmgr;
    private final MailLog log;
    private final LogTag tag;

    QueueVerbs(Queue queue, QueueManager qmgr, MailLog log, LogTag tag) {
        this.queue = queue;
        this.qmgr = qmgr;
        this.log = log;
        this.tag = new LogTag(tag.name().replace("/master", "/postsuper"), tag.pid());
    }

    /// Acts on one message.
    private interface Action {
        /// @return false where it does not apply
        boolean on(QueuedMessage message);
    }

    int handle(List<String> words, StringBuilder out) {
        return switch (words.getFirst()) {
            case "flush" -> {
                qmgr.flush();
                yield 0;
            }
            case "flush-id" -> flushId(words);
            case "flush-site" -> flushSite(words);
            case "ids" -> ids(words, out);
            case "delete" -> each(words, out, m -> mark(m, new Mark.Removed(m.id()), "removed"));
            case "hold" ->
                    each(
                            words,
                            out,
                            m -> !m.held() && mark(m, new Mark.Held(m.id()), "placed on hold"));
            case "release" ->
                    each(
                            words,
                            out,
                            m -> m.held() && mark(m, new Mark.Released(m.id()), "released from hold"));
            case "expire" ->
                    each(words, out, m -> mark(m, new Mark.ForcedToExpire(m.id()), "expired"));
            default -> {
                out.append("unknown request: ").append(words.getFirst()).append('\n');
                yield 64;
            }
        };
    }

    private int flushId(List<String> words) {
        for (String id : words.subList(1, words.size())) {
            QueuedMessage m = queue.find(new QueueId(id));
            if (m == null) {
                return 1;
            }
            queue.post(new Mark.DueNow(m.id()));
        }
        qmgr.wake();
        return 0;
    }

    private int flushSite(List<String> words) {
        if (words.size() > 1) {
            String site = words.get(1);
            queue.list(
                    l -> {
                        for (var r : l.message().envelope().recipients()) {
                            if (r.address().domain().equalsIgnoreCase(site)) {
                                queue.post(new Mark.DueNow(l.message().id()));
                                break;
                            }
                        }
                    });
            qmgr.wake();
        }
        return 0;
    }

    private int ids(List<String> words, StringBuilder out) {
        for (String name : words.size() > 1 ? words.subList(1, words.size()) : QUEUES) {
            for (QueueId id : queue.ids(name)) {
                out.append(id).append('\n');
            }
        }
        return 0;
    }

    private int each(List<String> words, StringBuilder out, Action action) {
        int count = 0;
        for (QueueId id : selected(words)) {
            QueuedMessage m = queue.find(id);
            if (m != null && action.on(m)) {
                count++;
            }
        }
        out.append(count).append('\n');
        return 0;
    }

    private List<QueueId> selected(List<String> words) {
        List<QueueId> out = new ArrayList<>();
        if (words.size() > 1 && words.get(1).equals("ALL")) {
            for (String name : words.size() > 2 ? words.subList(2, words.size()) : QUEUES) {
                out.addAll(queue.ids(name));
            }
            return out;
        }
        for (String id : words.subList(1, words.size())) {
            out.add(new QueueId(id));
        }
        return out;
    }

    private boolean mark(QueuedMessage m, Mark mark, String what) {
        queue.commit(Transaction.of(mark));
        if (mark instanceof Mark.Removed || mark instanceof Mark.Held) {
            qmgr.withdrawn(m.id());
        } else {
            qmgr.wake();
        }
        log.info(tag, m.id() + ": " + what);
        return true;
    }
}
