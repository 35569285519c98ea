package org.postrider.showq;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.queue.Listing;
import org.postrider.queue.Login;
import org.postrider.queue.Mark;
import org.postrider.queue.Origin;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Recipient;

/// What lies in the queue and in maildrop, as filters see it.
final class Entries {
    private Entries() {}

    static QueueEntry of(Listing listing) {
        return new Queued(
                listing.queueName(), listing.message(), listing.message().envelope().recipients());
    }

    private record Queued(String queueName, QueuedMessage message, List<Recipient> all)
            implements QueueEntry {
        @Override
        public String id() {
            return message.id().text();
        }

        @Override
        public long arrivalMillis() {
            return message.envelope().arrivalMillis();
        }

        @Override
        public long size() {
            return message.size();
        }

        @Override
        public Address sender() {
            return message.envelope().sender();
        }

        @Override
        public Origin.@Nullable Client client() {
            Origin origin = message.envelope().origin();
            return origin.logged() == null ? origin.client() : origin.logged();
        }

        @Override
        public @Nullable Login login() {
            return message.envelope().attributes().login();
        }

        @Override
        public int recipients() {
            return all.size();
        }

        @Override
        public boolean owed(int recipient) {
            return !message.done(recipient);
        }

        @Override
        public Address recipient(int recipient) {
            return all.get(recipient).address();
        }

        @Override
        public Mark.@Nullable Reason reason(int recipient) {
            return message.reason(recipient);
        }
    }

    /// A submission that pickup has not taken.
    record Submission(String id, long arrivalSeconds, long size, Address sender, List<String> all)
            implements QueueEntry {
        /// Recipients of one that is looked at.
        static final int MOST = 100_000;

        Submission(String id, long arrivalSeconds, long size, String sender) {
            this(id, arrivalSeconds, size, new Address(sender), new ArrayList<>());
        }

        @Override
        public String queueName() {
            return "maildrop";
        }

        @Override
        public long arrivalMillis() {
            return arrivalSeconds * 1000;
        }

        @Override
        public Origin.@Nullable Client client() {
            return null;
        }

        @Override
        public @Nullable Login login() {
            return null;
        }

        @Override
        public int recipients() {
            return all.size();
        }

        @Override
        public boolean owed(int recipient) {
            return true;
        }

        @Override
        public Address recipient(int recipient) {
            return new Address(all.get(recipient));
        }

        @Override
        public Mark.@Nullable Reason reason(int recipient) {
            return null;
        }
    }
}
