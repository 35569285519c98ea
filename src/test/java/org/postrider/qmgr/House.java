package org.postrider.qmgr;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.postrider.Ledger;
import org.postrider.Until;
import org.postrider.address.Address;
import org.postrider.anvil.Rates;
import org.postrider.bounce.BounceNotices;
import org.postrider.cleanup.Cleanup;
import org.postrider.config.Catalogue;
import org.postrider.config.MainCf;
import org.postrider.config.ServiceSettings;
import org.postrider.config.Settings;
import org.postrider.delivery.Agent;
import org.postrider.delivery.Transports.Transport;
import org.postrider.disk.RealDisk;
import org.postrider.dns.Resolver;
import org.postrider.log.Event;
import org.postrider.log.LogTag;
import org.postrider.log.MailLog;
import org.postrider.log.SlotNumbers;
import org.postrider.maps.TableDirectory;
import org.postrider.maps.TableException;
import org.postrider.message.MemoryContent;
import org.postrider.milter.MilterSockets;
import org.postrider.queue.Envelope;
import org.postrider.queue.JournalQueue;
import org.postrider.queue.Mark;
import org.postrider.queue.Named;
import org.postrider.queue.NewMessage;
import org.postrider.queue.Queue;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Recipient;
import org.postrider.queue.Transaction;
import org.postrider.rewrite.AddressClass;
import org.postrider.rewrite.Resolved;
import org.postrider.rewrite.RewriteService;
import org.postrider.rewrite.TrivialRewrite;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// A queue manager with the real spool, cleanup and notices, and agents of the test's own.
final class House implements AutoCloseable {

    final Queue queue;
    final Settings settings;
    private final Map<String, Transport> transports = new HashMap<>();
    private final List<String> lines = new CopyOnWriteArrayList<>();
    final MailLog log = new Lines();
    QueueManager manager;
    final Rates rates = new Rates(Clock.system(), 1000, text -> {});

    /// A DNS in which nothing is found.
    Resolver dns = new NoNames();

    private House(Queue queue, Settings settings) {
        this.queue = queue;
        this.settings = settings;
        manager = manager();
    }

    static House open(Path directory, String mainCf) {
        Settings settings = settings(directory, mainCf);
        Queue spool =
                JournalQueue.open(
                        new RealDisk(),
                        directory.resolve("queue"),
                        JournalQueue.Options.of(settings),
                        Clock.system(),
                        _ -> {});
        return new House(spool, settings);
    }

    /// With a queue of the test's own.
    static House open(Path directory, String mainCf, Queue queue) {
        return new House(queue, settings(directory, mainCf));
    }

    private static Settings settings(Path directory, String mainCf) {
        Path file = directory.resolve("main.cf");
        try {
            Files.writeString(file, mainCf);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ServiceSettings.of(
                MainCf.read(file),
                Catalogue.load(),
                Map.of("myhostname", "mx.twin.example", "mydomain", "twin.example"));
    }

    House agent(String service, Agent agent) {
        return agent(service, service, agent);
    }

    House agent(String service, String program, Agent agent) {
        transports.put(
                service,
                new Transport(
                        service,
                        program,
                        agent,
                        settings,
                        20,
                        new SlotNumbers(transports.size() + 1)));
        return this;
    }

    Cleanup cleanup() {
        return new Cleanup(
                settings,
                new TableDirectory(Clock.system(), "hash"),
                rewrite(),
                new Cleanup.Goal(queue, () -> false, MilterSockets.nowhere()),
                log,
                new LogTag("postfix/cleanup", 1));
    }

    private TrivialRewrite rewrite() {
        return new TrivialRewrite(
                settings, new TableDirectory(Clock.system(), "hash"), warning -> {});
    }

    private QueueManager manager() {
        TrivialRewrite rewrite = rewrite();
        Cleanup cleanup = cleanup();
        return new QueueManager(
                queue,
                log,
                new LogTag("postfix/qmgr", 1),
                Clock.system(),
                new QueueManager.Services(
                        transports::get,
                        new Routes(rewrite),
                        new BounceNotices(
                                settings,
                                cleanup,
                                queue,
                                log,
                                new LogTag("postfix/bounce", 1),
                                Clock.system()),
                        null,
                        new QueueManager.Paces(
                                new TableDirectory(Clock.system(), "hash"), () -> rates, dns),
                        settings),
                Supervisor.alone());
    }

    House start() {
        manager = manager();
        queue.listener(manager);
        manager.start();
        return this;
    }

    static Address address(String text) {
        return new Address(text);
    }

    QueueId accept(String sender, String... recipients) {
        return accept(
                sender,
                Map.of(),
                Arrays.stream(recipients)
                        .map(r -> Recipient.of(new Address(r)))
                        .toArray(Recipient[]::new));
    }

    QueueId accept(String sender, Map<String, String> attributes, Recipient... recipients) {
        QueueId id = queue.newId();
        queue.commit(
                Transaction.of(
                        new NewMessage(
                                id,
                                new Envelope(
                                        new Address(sender),
                                        List.of(recipients),
                                        System.currentTimeMillis(),
                                        Named.of(attributes)),
                                MemoryContent.of(
                                        "From: a@b.example\r\nX: y\r\n"
                                                .getBytes(StandardCharsets.ISO_8859_1),
                                        "\r\nhello\r\nworld\r\n"
                                                .getBytes(StandardCharsets.ISO_8859_1)),
                                false)));
        return id;
    }

    /// Held by the administrator after its commit and before the queue manager hears of it.
    QueueId holdOnArrival(String sender, String... recipients) {
        queue.listener(
                new Queue.Listener() {
                    @Override
                    public boolean arrived(QueuedMessage message) {
                        queue.listener(manager);
                        queue.commit(Transaction.of(new Mark.Held(message.id())));
                        return manager.arrived(message);
                    }

                    @Override
                    public void wake() {
                        manager.wake();
                    }

                    @Override
                    public void withdrawn(QueueId id) {
                        manager.withdrawn(id);
                    }
                });
        return accept(sender, recipients);
    }

    /// The lowest number that no delivery of a service has.
    long freeSlot(String service) {
        SlotNumbers slots = java.util.Objects.requireNonNull(transports.get(service)).slots();
        long lowest = slots.take();
        slots.give(lowest);
        return lowest;
    }

    List<String> lines() {
        return new ArrayList<>(lines);
    }

    int count(String part) {
        int n = 0;
        for (String line : lines) {
            n += line.contains(part) ? 1 : 0;
        }
        return n;
    }

    void await(BooleanSupplier condition) {
        Until.seen(() -> "it happens; log:\n" + String.join("\n", lines), condition::getAsBoolean);
    }

    /// Nothing queued and nothing of it still being settled.
    void awaitEmpty() {
        await(() -> queue.size() == 0 && manager.activeMessages() == 0);
    }

    @Override
    public void close() {
        manager.close();
        queue.close();
    }

    /// Everything to smtp, `relayed.example` to relay, `table-trouble.example` nowhere.
    private record Routes(TrivialRewrite real) implements RewriteService {
        @Override
        public Address rewrite(Address address, boolean localContext) {
            return real.rewrite(address, localContext);
        }

        @Override
        public Resolved resolve(Address sender, Address recipient) {
            return switch (recipient.domain()) {
                case "table-trouble.example" -> throw new TableException("table is broken");
                case "error.example" -> throw new LinkageError("expected by the test");
                case "relayed.example" ->
                        new Resolved("relay", "relayed.example", recipient, AddressClass.RELAY);
                default ->
                        new Resolved("smtp", recipient.domain(), recipient, AddressClass.DEFAULT);
            };
        }

        @Override
        public RewriteService ofProbes() {
            return real.ofProbes();
        }

        @Override
        public AddressClass addressClass(String domain) {
            return AddressClass.DEFAULT;
        }

        @Override
        public boolean isLocal(String domain) {
            return false;
        }

        @Override
        public boolean barelyNamed(String domain) {
            return false;
        }
    }

    /// No name exists.
    static class NoNames implements Resolver {
        @Override
        public Answer<Mx> mx(String domain) {
            return new Answer.NoName<>("none");
        }

        @Override
        public Answer<InetAddress> addresses(String host, boolean ipv4, boolean ipv6) {
            return new Answer.NoName<>("none");
        }

        @Override
        public Answer<String> names(InetAddress address) {
            return new Answer.NoName<>("none");
        }

        @Override
        public Answer<Srv> srv(String service) {
            return new Answer.NoName<>("none");
        }
    }

    /// Lines without times.
    private final class Lines implements MailLog {
        @Override
        public void event(LogTag tag, Event event) {
            String text =
                    event.line()
                            .replaceFirst(", delay=[^,]*, delays=[^,]*", "")
                            .replaceFirst(", conn_use=[^,]*", "");
            lines.add(tag.name() + " " + text);
            Ledger.line("qmgr.House", text);
        }
    }
}
