package org.postrider.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.bounce.BounceNotices;
import org.postrider.cleanup.Desk;
import org.postrider.delivery.Agent;
import org.postrider.delivery.DeliveryRequest;
import org.postrider.delivery.Outcome;
import org.postrider.delivery.Transports;
import org.postrider.log.Event;
import org.postrider.log.LogTag;
import org.postrider.log.MailLog;
import org.postrider.log.SlotNumbers;
import org.postrider.maps.TableDirectory;
import org.postrider.message.Content;
import org.postrider.message.MemoryContent;
import org.postrider.queue.Attributes;
import org.postrider.queue.Dsn;
import org.postrider.queue.Envelope;
import org.postrider.queue.Mark;
import org.postrider.queue.NewMessage;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Recipient;
import org.postrider.rewrite.TrivialRewrite;
import org.postrider.rights.Account;
import org.postrider.rights.Accounts;
import org.postrider.time.Clock;

/// A local agent over real files, cleanup and notices; what it says is kept.
final class PostOffice implements Agent.Report, MailLog, Accounts {
    private static final LogTag TAG = new LogTag("postfix/local", 1);
    private static final String MADE = "Subject: made\n\nmade\n";
    private static final int FIRST_UID = 2000;

    final Path directory;
    final List<String> lines = new ArrayList<>();
    final List<String> said = new ArrayList<>();
    final List<NewMessage> made = new ArrayList<>();
    private final Map<String, Account> users = new HashMap<>();
    private final Map<String, Agent> others = new HashMap<>();
    final Hands hands;
    private final Desk desk;
    private final LocalAgent agent;
    private @Nullable Outcome last;

    /// Where parts of a delivery run.
    LocalAgent.Threads threads =
            (task, after) -> {
                task.run();
                after.run();
            };

    Turnstile turnstile() {
        return agent.turnstile();
    }

    /// Runs when an outcome is told.
    Runnable whenTold = () -> {};

    PostOffice(Path directory, String... settings) throws IOException {
        this.directory = directory;
        hands = new Hands(directory);
        Files.createDirectories(directory.resolve("spool"));
        for (String name : List.of("alice", "bob", "nobody")) {
            user(name);
        }
        users.put("root", Hands.account("root", 0, "/nonexistent"));
        // The machine's own aliases are nobody's here.
        List<String> all = new ArrayList<>(List.of("alias_maps ="));
        all.addAll(List.of(settings));
        all.add("mail_spool_directory = " + directory.resolve("spool"));
        all.add("strict_mailbox_ownership = no");
        desk = new Desk(directory, all.toArray(String[]::new));
        TableDirectory tables = new TableDirectory(Clock.system(), "hash");
        agent =
                new LocalAgent(
                        desk.settings,
                        "local",
                        new LocalAgent.House(
                                new TrivialRewrite(desk.settings, tables, w -> {}),
                                desk.cleanup,
                                new BounceNotices(
                                        desk.settings,
                                        desk.cleanup,
                                        desk.queue,
                                        this,
                                        new LogTag("postfix/bounce", 1),
                                        Clock.system()),
                                this::other,
                                tables),
                        new LocalAgent.Machine(
                                this,
                                hands,
                                "mx",
                                this,
                                Clock.system(),
                                (task, after) -> threads.start(task, after)));
    }

    /// One more user, with a home.
    void user(String name) throws IOException {
        Path home = Files.createDirectories(directory.resolve("home").resolve(name));
        users.put(name, Hands.account(name, FIRST_UID + users.size(), home.toString()));
    }

    private Transports.@Nullable Transport other(String name) {
        Agent known = others.get(name);
        return known == null
                ? null
                : new Transports.Transport(name, name, known, desk.settings, 1, new SlotNumbers(1));
    }

    PostOffice other(String name, Agent as) {
        others.put(name, as);
        return this;
    }

    /// Delivers a mail to one recipient.
    ///
    /// @return what is written to the log about it, and what is made
    List<String> mail(String to, String content) {
        return mail(new Recipient(new Address(to), null, 0, null), content);
    }

    /// One that somebody makes.
    static NewMessage message(String to) {
        return mail(to, MADE, Dsn.NONE);
    }

    /// Asks what would become of a mail to one recipient (`sendmail -bv`).
    List<String> verify(String to) {
        return again(mail(to, "Subject: probe\n\n", new Dsn(null, null, Dsn.Report.VERIFY)));
    }

    private static NewMessage mail(String to, String content, Dsn dsn) {
        return new NewMessage(
                new QueueId("ORIGINAL"),
                new Envelope(
                        new Address("sender@there.example"),
                        List.of(new Recipient(new Address(to), null, 0, null)),
                        1_795_219_552_000L,
                        Attributes.NONE.withDsn(dsn)),
                content(content),
                false);
    }

    List<String> mail(Recipient to, String content) {
        return again(
                new NewMessage(
                        new QueueId("ORIGINAL"),
                        new Envelope(
                                new Address("sender@there.example"),
                                List.of(to),
                                1_795_219_552_000L,
                                Attributes.NONE),
                        content(content),
                        false));
    }

    private static Content content(String text) {
        int end = text.indexOf("\n\n");
        return MemoryContent.of(
                octets(text.substring(0, end + 1)), octets(text.substring(end + 1)));
    }

    private static byte[] octets(String text) {
        return text.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1);
    }

    /// Delivers one that was made.
    List<String> again(NewMessage m) {
        lines.clear();
        said.clear();
        made.clear();
        agent.deliver(request(m), this);
        List<String> out = new ArrayList<>(lines);
        out.addAll(said);
        return out;
    }

    /// For all its recipients.
    static DeliveryRequest request(NewMessage m) {
        List<Integer> all = IntStream.range(0, m.envelope().recipients().size()).boxed().toList();
        return new DeliveryRequest(new Message(m), "local", "own.example", all, false, TAG);
    }

    Outcome last() {
        return java.util.Objects.requireNonNull(last);
    }

    private record Message(NewMessage m) implements QueuedMessage {
        @Override
        public QueueId id() {
            return m.id();
        }

        @Override
        public Envelope envelope() {
            return m.envelope();
        }

        @Override
        public Content content() {
            return m.content();
        }

        @Override
        public boolean done(int recipient) {
            return false;
        }

        @Override
        public Mark.@Nullable Reason reason(int recipient) {
            return null;
        }

        @Override
        public long size() {
            return 0;
        }

        @Override
        public boolean held() {
            return false;
        }

        @Override
        public boolean forcedToExpire() {
            return false;
        }

        @Override
        public boolean delayWarned() {
            return false;
        }
    }

    @Override
    public void outcome(int recipient, Outcome outcome) {
        last = outcome;
        said.add(line(null, outcome));
        if (outcome instanceof Outcome.Sent s) {
            made.addAll(s.makes());
        }
    }

    @Override
    public boolean outcome(int recipient, Outcome outcome, List<Agent.Member> members) {
        last = outcome;
        whenTold.run();
        for (Agent.Member m : members) {
            said.add(line(m.address(), m.outcome()));
        }
        if (outcome instanceof Outcome.Sent s) {
            made.addAll(s.makes());
        }
        return true;
    }

    private static String line(@Nullable Address to, Outcome o) {
        String status =
                switch (o) {
                    case Outcome.Sent _ -> "sent";
                    case Outcome.Deferred _ -> "deferred";
                    case Outcome.Bounced _ -> "bounced";
                };
        return (to == null ? "" : "<" + to + "> ")
                + o.detail().status()
                + " "
                + status
                + " ("
                + o.detail().text().replaceAll("forwarded as .*", "forwarded")
                + ")";
    }

    /// Whom made mail is from and for: `sender > one, two`.
    List<String> envelopes() {
        return made.stream()
                .map(m -> m.envelope().sender() + " > " + String.join(", ", to(m.envelope())))
                .toList();
    }

    private static List<String> to(Envelope envelope) {
        return envelope.recipients().stream().map(r -> r.address().text()).toList();
    }

    /// A file in the directory, octets as chars; empty where there is none.
    String file(String name) throws IOException {
        Path path = directory.resolve(name);
        return Files.exists(path) ? Files.readString(path, StandardCharsets.ISO_8859_1) : "";
    }

    /// The only new file of a Maildir.
    String maildir(String name) throws IOException {
        try (var all = Files.list(directory.resolve(name).resolve("new"))) {
            List<Path> files = all.toList();
            if (files.size() != 1) {
                throw new AssertionError(files.toString());
            }
            return Files.readString(files.getFirst(), StandardCharsets.ISO_8859_1);
        }
    }

    @Override
    public void event(LogTag tag, Event event) {
        lines.add(event.line());
    }

    @Override
    public @Nullable Account named(String name) {
        return users.get(name);
    }

    @Override
    public @Nullable Account numbered(int uid) {
        return uid == 0
                ? Hands.account("root", 0, "/root")
                : users.values().stream().filter(a -> a.uid() == uid).findAny().orElse(null);
    }

    @Override
    public @Nullable Integer group(String name) {
        return null;
    }
}
