package org.postrider.cleanup;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.Ledger;
import org.postrider.address.Address;
import org.postrider.config.Catalogue;
import org.postrider.config.MainCf;
import org.postrider.config.ServiceSettings;
import org.postrider.log.Event;
import org.postrider.log.LogTag;
import org.postrider.log.MailLog;
import org.postrider.maps.TableDirectory;
import org.postrider.memory.Budget;
import org.postrider.message.Content;
import org.postrider.message.ContentReceiver;
import org.postrider.message.ContentWriter;
import org.postrider.message.Facts;
import org.postrider.message.MemoryContent;
import org.postrider.milter.MilterSockets;
import org.postrider.queue.Attributes;
import org.postrider.queue.Envelope;
import org.postrider.queue.Listing;
import org.postrider.queue.Mark;
import org.postrider.queue.Named;
import org.postrider.queue.NewMessage;
import org.postrider.queue.Queue;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Recipient;
import org.postrider.queue.Transaction;
import org.postrider.rewrite.TrivialRewrite;
import org.postrider.time.Clock;

/// A cleanup service over a queue that remembers what it was given, for tests.
public final class Desk {
    private static final String BASE =
            """
            compatibility_level = 3.6
            myhostname = mx.own.example
            mydomain = own.example
            myorigin = own.example
            mydestination = own.example
            inet_interfaces = 127.0.0.1
            inet_protocols = ipv4
            """;

    public final ServiceSettings settings;
    public final Cleanup cleanup;
    public final Memory queue = new Memory();
    public final Lines log = new Lines();

    public Desk(Path directory, String... more) {
        Path file = directory.resolve("main.cf");
        try {
            Files.writeString(file, BASE + String.join("\n", more) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        settings = ServiceSettings.of(MainCf.read(file), Catalogue.load(), Map.of());
        TableDirectory tables = new TableDirectory(Clock.system(), "hash");
        cleanup =
                new Cleanup(
                        settings,
                        tables,
                        new TrivialRewrite(settings, tables, warning -> {}),
                        new Cleanup.Goal(queue, () -> false, MilterSockets.nowhere()),
                        log,
                        new LogTag("postfix/cleanup", 1));
    }

    static byte[] octets(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    static String text(byte[] octets) {
        return new String(octets, StandardCharsets.ISO_8859_1);
    }

    /// As a local user of that name.
    CleanupService.Result submitNamed(
            String name, String sender, List<String> recipients, String header) {
        return submit(
                Named.of("sender_fullname", name),
                sender,
                recipients,
                header,
                "\n",
                CleanupService.Option.LOCAL_REWRITE);
    }

    CleanupService.Result submit(
            String sender,
            List<String> recipients,
            String header,
            String body,
            CleanupService.Option... options) {
        return submit(
                Named.of("log_message_origin", "local"), sender, recipients, header, body, options);
    }

    CleanupService.Result submit(
            Attributes attributes,
            String sender,
            List<String> recipients,
            String header,
            String body,
            CleanupService.Option... options) {
        EnumSet<CleanupService.Option> set = EnumSet.noneOf(CleanupService.Option.class);
        set.addAll(List.of(options));
        return cleanup.submit(
                new CleanupService.Submission(
                        queue.newId(),
                        new Envelope(
                                new Address(sender),
                                recipients.stream().map(r -> Recipient.of(new Address(r))).toList(),
                                1_795_221_434_000L,
                                attributes),
                        MemoryContent.of(
                                octets(header.replace("\n", "\r\n")),
                                octets(body.replace("\n", "\r\n"))),
                        set));
    }

    /// A stranger's mail, received as it came.
    CleanupService.Result receive(String mail, CleanupService.Option... options) {
        EnumSet<CleanupService.Option> set = EnumSet.noneOf(CleanupService.Option.class);
        set.addAll(List.of(options));
        try (ContentWriter writer = queue.content()) {
            ContentReceiver receiver = new ContentReceiver(writer, false, false, 0);
            byte[] octets = octets(mail.replace("\n", "\r\n"));
            receiver.lines(octets, 0, octets.length);
            return cleanup.submit(
                    new CleanupService.Submission(
                            queue.newId(),
                            new Envelope(
                                    new Address("a@s.example"),
                                    List.of(Recipient.of(new Address("u@own.example"))),
                                    1_795_221_434_000L,
                                    Named.of("log_message_origin", "local")),
                            writer.finish(receiver.finish()),
                            set));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String header() {
        return text(queue.messages.getLast().content().header()).replace("\r\n", "\n");
    }

    String body() {
        return text(java.util.Objects.requireNonNull(
                        queue.messages.getLast().content().inlineBody()))
                .replace("\r\n", "\n");
    }

    List<String> recipients() {
        return queue.messages.getLast().envelope().recipients().stream()
                .map(r -> r.address().text())
                .toList();
    }

    /// What was logged.
    public static final class Lines implements MailLog {
        public final List<String> lines = new ArrayList<>();

        @Override
        public synchronized void event(LogTag tag, Event event) {
            lines.add(event.line());
            Ledger.line("cleanup.Desk", event.line());
        }

        public boolean has(String part) {
            return lines.stream().anyMatch(l -> l.contains(part));
        }
    }

    /// Takes messages and keeps them.
    public static final class Memory implements Queue {
        public final List<NewMessage> messages = new ArrayList<>();

        /// For what is being written.
        public Budget memory = new Budget("envelopes", Long.MAX_VALUE / 4, Long.MAX_VALUE / 4, 0);

        private int ids;

        @Override
        public Budget.Share writing() {
            return memory.share();
        }

        @Override
        public Lease lease() {
            return new Lease("", 1);
        }

        @Override
        public int adopt(Lease gone) {
            return 0;
        }

        @Override
        public QueueId newId() {
            return new QueueId("ID" + ++ids);
        }

        @Override
        public ContentWriter content() {
            return new Writer();
        }

        @Override
        public void commit(Transaction transaction) {
            messages.addAll(transaction.messages());
        }

        @Override
        public void post(Mark mark) {}

        @Override
        public void listener(Listener listener) {}

        @Override
        public List<QueuedMessage> due(long nowMillis, int max) {
            return List.of();
        }

        @Override
        public void giveBack(QueueId id) {}

        @Override
        public long nextDueMillis() {
            return Long.MAX_VALUE;
        }

        @Override
        public void flushAll() {}

        @Override
        public @Nullable QueuedMessage find(QueueId id) {
            return null;
        }

        @Override
        public @Nullable State state(QueueId id) {
            return null;
        }

        @Override
        public void list(Consumer<Listing> to) {}

        @Override
        public List<QueueId> ids(String... queueNames) {
            return List.of();
        }

        @Override
        public boolean remove(QueueId id) {
            return false;
        }

        @Override
        public int size() {
            return messages.size();
        }

        @Override
        public long freeBytes() {
            return Long.MAX_VALUE;
        }

        @Override
        public void close() {}
    }

    private static final class Writer implements ContentWriter {
        private final ByteArrayOutputStream header = new ByteArrayOutputStream();
        private final ByteArrayOutputStream body = new ByteArrayOutputStream();

        @Override
        public void header(byte[] from, int offset, int length) {
            header.write(from, offset, length);
        }

        @Override
        public byte[] header() {
            return header.toByteArray();
        }

        @Override
        public void body(byte[] from, int offset, int length) {
            body.write(from, offset, length);
        }

        @Override
        public Content finish(Facts facts) {
            return new MemoryContent(header.toByteArray(), body.toByteArray(), facts);
        }

        @Override
        public void close() {}
    }
}
