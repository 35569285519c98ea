package org.postrider.showq;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.address.Quoting;
import org.postrider.pickup.Maildrop;
import org.postrider.queue.Listing;
import org.postrider.queue.Mark;
import org.postrider.queue.QueueReader;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Recipient;

/// Shows a queue to a [QueueVisitor] in constant memory. Settled recipients are left out; those
/// with a reason come first, as Postfix lists its defer log before the rest of the envelope. What
/// lies in corrupt comes last, which Postfix's mailq does not list.
public final class QueueWalk {
    private QueueWalk() {}

    /// @param queue null when there is none yet
    /// @param wanted null for all
    /// @param warnings told of what of maildrop cannot be read; the rest is shown
    /// @throws IOException the visitor's
    public static void walk(
            @Nullable QueueReader queue,
            Maildrop maildrop,
            @Nullable Wanted wanted,
            QueueVisitor visitor,
            Consumer<String> warnings)
            throws IOException {
        if (wanted == null) {
            maildrop.each(new Submissions(visitor), warnings);
        } else {
            submissions(
                    maildrop,
                    wanted,
                    found -> {
                        Submissions shown = new Submissions(visitor);
                        shown.message(
                                found.id(),
                                found.arrivalSeconds(),
                                found.size(),
                                found.sender().text());
                        for (String each : found.all()) {
                            shown.recipient(each);
                        }
                    },
                    warnings);
        }
        if (queue != null) {
            walk(queue, wanted, visitor);
        }
    }

    /// Takes what is found.
    interface Found {
        void take(Entries.Submission one) throws IOException;
    }

    /// What of maildrop is wanted.
    static void submissions(Maildrop maildrop, Wanted wanted, Found to, Consumer<String> warnings)
            throws IOException {
        Sieve sieve = new Sieve(wanted, to, warnings);
        maildrop.each(sieve, warnings);
        sieve.end();
    }

    private record Submissions(QueueVisitor visitor) implements Maildrop.Reader {
        @Override
        public void message(String name, long arrivalSeconds, long size, String sender)
                throws IOException {
            visitor.message("maildrop", name, arrivalSeconds, size, false, external(sender));
        }

        @Override
        public void recipient(String address) throws IOException {
            visitor.recipient(Quoting.rfc5321(new Address(address)), "");
        }
    }

    /// Keeps one submission until all of it is known.
    private static final class Sieve implements Maildrop.Reader {
        private final Wanted wanted;
        private final Found to;
        private final Consumer<String> warnings;
        private Entries.@Nullable Submission now;

        Sieve(Wanted wanted, Found to, Consumer<String> warnings) {
            this.wanted = wanted;
            this.to = to;
            this.warnings = warnings;
        }

        @Override
        public void message(String name, long arrivalSeconds, long size, String sender)
                throws IOException {
            end();
            now = new Entries.Submission(name, arrivalSeconds, size, sender);
        }

        @Override
        public void recipient(String address) {
            Entries.Submission one = now;
            if (one == null) {
                return;
            }
            if (one.all().size() == Entries.Submission.MOST) {
                warnings.accept(
                        "maildrop/" + one.id() + ": too many recipients for a filter: left out");
                now = null;
                return;
            }
            one.all().add(address);
        }

        void end() throws IOException {
            Entries.Submission one = now;
            now = null;
            if (one != null && wanted.matches(one)) {
                to.take(one);
            }
        }
    }

    private static String external(String sender) {
        return sender.isEmpty() ? "MAILER-DAEMON" : Quoting.rfc5321(new Address(sender));
    }

    private static void walk(QueueReader queue, @Nullable Wanted wanted, QueueVisitor visitor)
            throws IOException {
        try {
            queue.list(listing -> {
                try {
                    if (wanted == null || wanted.matches(Entries.of(listing))) {
                        show(listing, visitor);
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static void show(Listing listing, QueueVisitor visitor) throws IOException {
        QueuedMessage m = listing.message();
        visitor.message(
                listing.queueName(),
                m.id().text(),
                m.envelope().arrivalMillis() / 1000,
                m.size(),
                m.forcedToExpire(),
                external(m.envelope().sender().text()));
        recipients(m, visitor, true);
        recipients(m, visitor, false);
    }

    private static void recipients(QueuedMessage m, QueueVisitor visitor, boolean withReason)
            throws IOException {
        List<Recipient> all = m.envelope().recipients();
        for (int i = 0; i < all.size(); i++) {
            if (m.done(i) || all.get(i).expanded()) {
                continue;
            }
            Mark.Reason reason = m.reason(i);
            if ((reason != null) == withReason) {
                // A command's output may begin and end with blanks, which Postfix's defer log
                // drops.
                visitor.recipient(
                        Quoting.rfc5321(all.get(i).address()),
                        reason == null ? "" : reason.text().strip());
            }
        }
    }
}
