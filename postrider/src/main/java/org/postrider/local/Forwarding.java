package org.postrider.local;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.address.Quoting;
import org.postrider.cleanup.CleanupService;
import org.postrider.cleanup.CleanupService.Prepared;
import org.postrider.maps.Fold;
import org.postrider.message.Content;
import org.postrider.message.ContentWriter;
import org.postrider.message.Facts;
import org.postrider.message.MailDate;
import org.postrider.queue.Attributes;
import org.postrider.queue.Dsn;
import org.postrider.queue.Envelope;
import org.postrider.queue.NewMessage;
import org.postrider.queue.Origin;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Recipient;
import org.postrider.queue.Routing;
import org.postrider.time.Clock;

/// Makes the mail that takes the place of a recipient: to other addresses, through cleanup, or to
/// himself again, for what is left of whom he stands for. Immutable.
///
/// @param receivedBy `myhostname (mail_name)`
/// @param marks it gets a Delivered-To header
record Forwarding(CleanupService cleanup, Clock clock, String receivedBy, boolean marks) {
    private static final int CHUNK = 16 << 10;
    private static final Set<CleanupService.Option> OPTIONS =
            Set.copyOf(EnumSet.of(CleanupService.Option.INTERNAL, CleanupService.Option.MAP));

    /// To whom and from whom.
    ///
    /// @param list the sender is a list's owner: what the mail's sender wished for is not passed on
    record Group(Address delivered, Address sender, boolean list) {}

    /// Ready to be committed; closed after that.
    ///
    /// @param prepared null for one that cleanup has no part in
    record Ready(QueueId id, @Nullable NewMessage message, Prepared prepared, ContentWriter writer)
            implements AutoCloseable {
        @Override
        public void close() {
            try (writer) {
                prepared.close();
            }
        }
    }

    /// Mail for other addresses.
    ///
    /// @throws IOException where the content cannot be read
    Ready forward(QueuedMessage message, Group group, List<Recipient> to) throws IOException {
        QueueId id = cleanup.newId();
        long now = clock.wallMillis();
        StringBuilder head = new StringBuilder("Received: by ").append(receivedBy);
        head.append("\r\n\tid ").append(id).append("; ").append(MailDate.of(now)).append("\r\n");
        if (marks) {
            String delivered = Fold.lower(Quoting.rfc5322(group.delivered()));
            head.append("Delivered-To: ").append(Quoting.visible(delivered)).append("\r\n");
        }
        Envelope before = message.envelope();
        Envelope envelope =
                new Envelope(group.sender(), to, now, attributes(before.attributes(), group));
        byte[] octets = head.toString().getBytes(StandardCharsets.ISO_8859_1);
        ContentWriter writer = cleanup.content();
        Ready made = null;
        try {
            Prepared prepared =
                    cleanup.prepare(
                            new CleanupService.Submission(
                                    id,
                                    envelope,
                                    copy(message.content(), octets, writer),
                                    OPTIONS));
            NewMessage ready = prepared instanceof Prepared.Ready r ? r.message() : null;
            made = new Ready(id, ready, prepared, writer);
            return made;
        } finally {
            if (made == null) {
                writer.close();
            }
        }
    }

    private static Attributes attributes(Attributes before, Group group) {
        Origin o = before.origin();
        Routing r = before.routing();
        return new Attributes(
                new Origin(o.context(), o.trace(), null, null, null),
                before.login(),
                group.list() ? Dsn.NONE : before.dsn().withReport(null),
                new Routing(null, null, null, r.smtputf8(), r.tls(), null),
                null,
                List.of());
    }

    /// The same mail for the same recipient, of whom some have had it.
    Ready again(QueuedMessage message, Recipient to, String settled) throws IOException {
        QueueId id = cleanup.newId();
        Envelope before = message.envelope();
        Attributes attributes =
                before.attributes()
                        .withRouting(before.routing().withSettled(settled))
                        .withDsn(before.dsn().withReport(null));
        ContentWriter writer = cleanup.content();
        Ready made = null;
        try {
            NewMessage ready =
                    new NewMessage(
                            id,
                            before.withRecipients(List.of(to)).withAttributes(attributes),
                            copy(message.content(), new byte[0], writer),
                            false);
            made = new Ready(id, ready, new Prepared.Ready(ready, () -> {}), writer);
            return made;
        } finally {
            if (made == null) {
                writer.close();
            }
        }
    }

    /// The content under more header lines. One in memory is shared; a large body's file belongs to
    /// one message only.
    private static Content copy(Content from, byte[] before, ContentWriter to) throws IOException {
        byte[] header = from.header();
        ByteArrayOutputStream all = new ByteArrayOutputStream(before.length + header.length);
        all.write(before);
        all.write(header);
        byte[] now = all.toByteArray();
        Facts facts = before.length == 0 ? from.facts() : facts(from, now);
        if (from.inlineBody() != null) {
            return before.length == 0 ? from : from.withHeader(now, facts);
        }
        try (InputStream body = from.body()) {
            to.header(now, 0, now.length);
            byte[] chunk = new byte[CHUNK];
            for (int n = body.read(chunk); n >= 0; n = body.read(chunk)) {
                to.body(chunk, 0, n);
            }
            return to.finish(facts);
        }
    }

    /// One Received field more.
    private static Facts facts(Content from, byte[] header) {
        Facts f = from.facts().withHeader(from.header(), header);
        return new Facts(
                f.wireSize(),
                f.size(),
                f.longestLine(),
                f.leadingDot(),
                f.eightBit(),
                f.eightBitHeader(),
                f.bareCrOrLf(),
                f.received() + 1,
                f.mime());
    }
}
