package org.postrider.showq;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.queue.Envelope;
import org.postrider.queue.Mark;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueueReader;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Recipient;

/// Why one queued message waits, a fact a line: a word, and behind a TAB each what it is about.
///
/// - `queue` its queue: active, deferred or hold
/// - `due` milliseconds since 1970; 0 while it is being delivered
/// - `arrived` milliseconds since 1970, `size` octets, `sender` address
/// - `expires` it is returned at the next look (postsuper -e)
/// - `filter` the content filter that it goes to, `redirect` the address that it goes to instead
/// - `recipient` address, the original one, why it is owed still (empty before the first attempt),
///   and the server that was asked
/// - `done` how many recipients are settled, `more` how many owed ones are not shown
public final class Waiting {
    /// Recipients that are shown.
    private static final int MOST = 1_000;

    private Waiting() {}

    /// @return false where there is no such message
    public static boolean tell(QueueReader queue, QueueId id, Consumer<String> lines) {
        QueuedMessage message = queue.find(id);
        if (message == null) {
            return false;
        }
        Envelope envelope = message.envelope();
        long due = message.held() ? 0 : queue.dueMillis(id);
        String name = message.held() ? "hold" : due == 0 ? "active" : "deferred";
        lines.accept("queue\t" + name);
        lines.accept("due\t" + due);
        lines.accept("arrived\t" + envelope.arrivalMillis());
        lines.accept("size\t" + message.size());
        lines.accept("sender\t" + word(envelope.sender().text()));
        if (message.forcedToExpire()) {
            lines.accept("expires\tyes");
        }
        String filter = envelope.routing().contentFilter();
        if (filter != null) {
            lines.accept("filter\t" + word(filter));
        }
        String redirect = envelope.routing().redirectTo();
        if (redirect != null) {
            lines.accept("redirect\t" + word(redirect));
        }
        recipients(message, envelope.recipients(), lines);
        return true;
    }

    private static void recipients(
            QueuedMessage message, List<Recipient> all, Consumer<String> lines) {
        int done = 0;
        int shown = 0;
        int more = 0;
        for (int i = 0; i < all.size(); i++) {
            if (message.done(i) || all.get(i).expanded()) {
                done++;
            } else if (shown < MOST) {
                shown++;
                lines.accept(recipient(all.get(i), message.reason(i)));
            } else {
                more++;
            }
        }
        lines.accept("done\t" + done);
        lines.accept("more\t" + more);
    }

    private static String recipient(Recipient r, Mark.@Nullable Reason reason) {
        Address original = r.original() == null ? r.address() : r.original();
        return "recipient\t"
                + word(r.address().text())
                + "\t"
                + word(original.text())
                + "\t"
                + (reason == null ? "" : reason.status() + " " + word(reason.text()))
                + "\t"
                + (reason == null ? "" : word(reason.relay()));
    }

    /// What strangers wrote stays within its line and its field.
    private static String word(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            out.append(c < ' ' || c == 127 ? '?' : c);
        }
        return out.toString();
    }
}
