package org.postrider;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.delivery.Agent;
import org.postrider.delivery.DeliveryRequest;
import org.postrider.delivery.Outcome;
import org.postrider.dsn.Status;
import org.postrider.message.Content;

/// A program's agent in the place of one of the server's.
record AgentBridge(DeliveryAgent agent) implements Agent {
    private static final Status SENT = new Status(2, 0, 0);
    private static final Status LATER = new Status(4, 3, 0);

    @Override
    public @Nullable Unavailable deliver(DeliveryRequest request, Report report) {
        Answers answers = new Answers(request, report);
        try {
            agent.deliver(new Request(request, answers.recipients));
            answers.rest("the agent said nothing of this recipient");
        } catch (IOException e) {
            answers.rest(String.valueOf(e.getMessage()));
        } finally {
            answers.end();
        }
        return null;
    }

    /// What is said of the recipients of one request, by whatever threads: one at a time, each once
    /// and nothing behind the request's end, since whoever takes it is one thread's.
    private static final class Answers {
        private final List<To> recipients = new ArrayList<>();
        private final Report report;
        private boolean ended;

        Answers(DeliveryRequest request, Report report) {
            this.report = report;
            for (int recipient : request.recipients()) {
                recipients.add(new To(request, recipient, this));
            }
        }

        /// @throws IllegalStateException behind the end
        synchronized void say(To of, Outcome outcome) {
            if (ended) {
                throw new IllegalStateException(
                        "the delivery has ended; nothing can be said of " + of.address());
            }
            if (!of.said) {
                report.outcome(of.recipient, outcome);
                // Not before: what could not be taken has not been said.
                of.said = true;
            }
        }

        /// Those of whom nothing is said are tried again.
        synchronized void rest(String why) {
            for (To each : recipients) {
                say(each, new Outcome.Deferred(each.detail(LATER, why)));
            }
            ended = true;
        }

        /// Waits for what is being said.
        synchronized void end() {
            ended = true;
        }
    }

    private record Request(DeliveryRequest request, List<To> to) implements Delivery {
        @Override
        public String queueId() {
            return request.message().id().text();
        }

        @Override
        public String sender() {
            return Text.of(request.message().envelope().sender().text());
        }

        @Override
        public String nexthop() {
            return Text.of(request.nexthop());
        }

        @Override
        public List<Delivery.Recipient> recipients() {
            return List.copyOf(to);
        }

        @Override
        public long size() {
            return request.message().size();
        }

        @Override
        public InputStream message() throws IOException {
            Content content = request.message().content();
            return new SequenceInputStream(
                    new ByteArrayInputStream(content.header()), content.body());
        }
    }

    private static final class To implements Delivery.Recipient {
        private final DeliveryRequest request;
        private final int recipient;
        private final Answers answers;

        /// Under the lock of the answers.
        private boolean said;

        To(DeliveryRequest request, int recipient, Answers answers) {
            this.request = request;
            this.recipient = recipient;
            this.answers = answers;
        }

        private org.postrider.queue.Recipient queued() {
            return request.message().envelope().recipients().get(recipient);
        }

        @Override
        public String address() {
            return Text.of(queued().address().text());
        }

        @Override
        public String originalAddress() {
            Address original = queued().original();
            return original == null ? address() : Text.of(original.text());
        }

        @Override
        public void sent(String text) {
            say(new Outcome.Sent(detail(SENT, text), false));
        }

        @Override
        public void deferred(String status, String text) {
            say(new Outcome.Deferred(detail(status(status, 4), text)));
        }

        @Override
        public void bounced(String status, String text) {
            say(new Outcome.Bounced(detail(status(status, 5), text)));
        }

        private Outcome.Detail detail(Status status, String text) {
            // One line, whatever the program says.
            return Outcome.Detail.local(
                    status, request.transport(), Text.octets(text).replaceAll("\\p{Cntrl}", " "));
        }

        private void say(Outcome outcome) {
            answers.say(this, outcome);
        }
    }

    private static Status status(String text, int kind) {
        String[] parts = text.split("\\.", -1);
        try {
            if (parts.length == 3 && Integer.parseInt(parts[0]) == kind) {
                return new Status(kind, Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException("no status code of class " + kind + ": " + text);
    }
}
