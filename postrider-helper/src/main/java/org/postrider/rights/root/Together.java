package org.postrider.rights.root;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.postrider.rights.Answer;
import org.postrider.rights.Appended;
import org.postrider.rights.Content;
import org.postrider.rights.MailboxRules;
import org.postrider.rights.MailboxRules.Locks;
import org.postrider.rights.Request;
import org.postrider.rights.Request.Batch;
import org.postrider.rights.Request.DeliveryKey;
import org.postrider.rights.Trouble;
import org.postrider.rights.Trouble.Kind;
import org.postrider.rights.act.Act;
import org.postrider.rights.act.Actor;
import org.postrider.rights.act.Mailbox;
import org.postrider.rights.act.Maildir;
import org.postrider.rights.act.Records;
import org.postrider.rights.act.Turns;
import org.postrider.rights.act.UserFile;

/// A batch of messages: first all is looked up, then all mailboxes are locked and written to, those
/// of one mailbox by one write, then all go to the disk, and when they are there all are forced: a
/// file system with a journal makes one transaction of what has come to the disk, and one of each
/// file that has not. Nothing else is waited for while locks are held: what is not as usual is left
/// as it was, for its own request to find out why. A user's home may be on a file system of his own
/// making, which answers when he likes: no lock on a mailbox of the spool is held while one looks
/// or writes there. Threads of the system.
///
/// @param serial as [Maildir] has it
public record Together(Records records, Turns turns, AtomicLong serial) {
    /// Mailboxes, and files of Maildirs: each has a record.
    private static final int MOST = 32;

    /// Octets for one mailbox: what a record has room for.
    private static final int OCTETS = 64 << 10;

    /// The spool's turn.
    private static final int LAST = 2;

    /// Who a message is put as, by root's rights.
    public interface Opening {
        /// Refused where it is nobody's to be.
        ///
        /// @param looks whether files of the user's are looked for as well
        Actor of(Request.Put put, boolean looks) throws Act;
    }

    /// Messages for one place, and with whose rights they go there.
    private record Ready(Request.Put put, Actor actor, List<Message> messages) {
        int when() {
            return Together.when(put);
        }
    }

    /// Where users can keep others waiting comes first; the spool's mailboxes are last.
    private static int when(Request.Put put) {
        return switch (put) {
            case Request.Maildir _ -> 0;
            case Request.Append a -> a.rules().place() == MailboxRules.Place.SPOOL ? LAST : 1;
        };
    }

    /// Messages that go to one place under one condition.
    private record Group(Request.Put put, List<String> files) {}

    /// Each message: its own octets, and its part of those of all.
    @SuppressWarnings("ArrayRecordComponent")
    private record Message(int at, DeliveryKey key, byte[] head, byte[] bodies, int from, int body)
            implements Content {
        int octets() {
            return head.length + body;
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            out.write(head);
            out.write(bodies, from, body);
        }
    }

    /// Where messages are under way.
    private interface Place {
        List<Message> messages();

        /// As [Together#when].
        int when();

        /// On its way to the disk.
        void begin() throws Act;

        /// It has come there.
        void await() throws Act;

        /// It is durable, but for the names of Maildirs' files.
        void force() throws Act;

        void close();

        /// Once it is closed.
        Appended done(int message);
    }

    /// All of them.
    ///
    /// @param bodies one behind the other
    public Appended.Each put(Batch batch, byte[] bodies, Opening opening) {
        List<@Nullable Answer<Appended>> answers =
                new ArrayList<>(Collections.nCopies(batch.all().size(), null));
        List<Ready> ready = ready(groups(batch, bodies), opening, answers);
        List<Place> open = new ArrayList<>();
        try {
            for (Ready each : ready) {
                each.actor().anew();
                try {
                    switch (each.put()) {
                        case Request.Append a -> open.add(box(a, each.actor(), each.messages()));
                        case Request.Maildir m ->
                                files(m, each.actor(), each.messages(), open, answers);
                    }
                } catch (Act e) {
                    refuse(each.messages(), e.trouble(), answers);
                }
            }
            finish(open, answers);
        } finally {
            open.forEach(Place::close);
        }
        return new Appended.Each(answers.stream().map(java.util.Objects::requireNonNull).toList());
    }

    /// Those that may be written to, in the order in which they are: what is asked with root's
    /// rights is asked of all first, and then each user's files are looked for as the user.
    private static List<Ready> ready(
            Map<Group, List<Message>> groups,
            Opening opening,
            List<@Nullable Answer<Appended>> answers) {
        Map<Group, Actor> actors = new LinkedHashMap<>();
        int entries = 0;
        for (Map.Entry<Group, List<Message>> each : groups.entrySet()) {
            Group group = each.getKey();
            entries += group.put() instanceof Request.Maildir ? each.getValue().size() : 1;
            try {
                if (entries > MOST) {
                    throw alone();
                }
                actors.put(group, opening.of(group.put(), !group.files().isEmpty()));
            } catch (Act e) {
                refuse(each.getValue(), e.trouble(), answers);
            }
        }
        List<Ready> out = new ArrayList<>();
        actors.forEach((group, actor) -> {
            List<Message> messages = groups.getOrDefault(group, List.of());
            try {
                if (!group.files().isEmpty()) {
                    actor.anew();
                    actor.user();
                    UserFile.absent(group.files());
                }
                out.add(new Ready(group.put(), actor, messages));
            } catch (Act e) {
                refuse(messages, e.trouble(), answers);
            }
        });
        out.sort(Comparator.comparingInt(Ready::when));
        return out;
    }

    private static Act alone() {
        return new Act(Kind.ALONE, 0, "not among others");
    }

    private static Map<Group, List<Message>> groups(Batch batch, byte[] bodies) {
        int[] begins = new int[batch.bodies().size() + 1];
        for (int i = 0; i < batch.bodies().size(); i++) {
            begins[i + 1] = begins[i] + batch.bodies().get(i);
        }
        Map<Group, List<Message>> out = new LinkedHashMap<>();
        for (int i = 0; i < batch.all().size(); i++) {
            Batch.One one = batch.all().get(i);
            byte[] head = one.head().getBytes(StandardCharsets.ISO_8859_1);
            int length = batch.bodies().get(one.body());
            Message message =
                    new Message(i, one.put().key(), head, bodies, begins[one.body()], length);
            out.computeIfAbsent(new Group(one.put().unkeyed(), one.files()), _ -> new ArrayList<>())
                    .add(message);
        }
        return out;
    }

    private static void refuse(
            List<Message> messages, Trouble why, List<@Nullable Answer<Appended>> answers) {
        boolean told = why.kind() == Kind.PRESENT || why.text().startsWith("part of a message");
        Answer<Appended> answer = Answer.refused(told ? why : alone().trouble());
        messages.forEach(m -> answers.set(m.at(), answer));
    }

    /// Those that are written to. Who has a lock on a mailbox of the spool is the first to be
    /// forced, and let go.
    private static void finish(List<Place> open, List<@Nullable Answer<Appended>> answers) {
        for (int when = LAST; when >= 0; when--) {
            int now = when;
            List<Place> alike = open.stream().filter(p -> p.when() == now).toList().reversed();
            each(alike, Place::begin, open, answers);
            each(alike, Place::await, open, answers);
            for (Place place : alike) {
                each(List.of(place), Place::force, open, answers);
                if (place instanceof Box) {
                    place.close();
                }
            }
        }
        Directories directories = new Directories(new LinkedHashMap<>());
        List<File> files =
                open.stream().filter(File.class::isInstance).map(File.class::cast).toList();
        try {
            each(files, directories::move, open, answers);
            directories.force();
            for (Place place : open) {
                Trouble trouble = place instanceof File file ? directories.trouble(file) : null;
                place.close();
                for (Message m : place.messages()) {
                    answers.set(
                            m.at(),
                            trouble == null
                                    ? Answer.done(place.done(m.at()))
                                    : Answer.refused(trouble));
                }
            }
        } finally {
            directories.close();
        }
    }

    private interface Step<P> {
        void of(P place) throws Act;
    }

    /// One step for those that are still open; where it fails the others go on.
    private static <P extends Place> void each(
            List<P> places,
            Step<P> step,
            List<Place> open,
            List<@Nullable Answer<Appended>> answers) {
        for (P place : places) {
            try {
                if (open.contains(place)) {
                    step.of(place);
                }
            } catch (Act e) {
                place.close();
                open.remove(place);
                refuse(place.messages(), e.trouble(), answers);
            }
        }
    }

    /// The directories `new` of Maildirs that files were moved to: each is opened once, and all are
    /// forced when all files are there.
    private record Directories(Map<String, Directory> all) implements AutoCloseable {
        private static final class Directory {
            final Maildir.New open;
            @Nullable Trouble trouble;

            Directory(Maildir.New open) {
                this.open = open;
            }
        }

        void move(File file) throws Act {
            file.move();
            all.computeIfAbsent(file.directory(), _ -> new Directory(file.open()));
        }

        void force() {
            for (Directory each : all.values()) {
                try {
                    each.open.force();
                } catch (Act e) {
                    each.trouble = e.trouble();
                }
            }
        }

        @Nullable Trouble trouble(File file) {
            Directory directory = all.get(file.directory());
            return directory == null ? null : directory.trouble;
        }

        @Override
        public void close() {
            all.values().forEach(each -> each.open.close());
        }
    }

    private void files(
            Request.Maildir m,
            Actor actor,
            List<Message> messages,
            List<Place> open,
            List<@Nullable Answer<Appended>> answers) {
        actor.user();
        for (Message message : messages) {
            if (records.done(message.key())) {
                answers.set(message.at(), Answer.done(Appended.NEW));
                continue;
            }
            try {
                Request.Maildir keyed =
                        new Request.Maildir(m.who(), m.path(), m.host(), message.key());
                open.add(new File(new Maildir(keyed, serial, records), actor, message));
            } catch (Act e) {
                refuse(List.of(message), e.trouble(), answers);
            }
        }
    }

    private Place box(Request.Append a, Actor actor, List<Message> messages) throws Act {
        int length = messages.stream().mapToInt(Message::octets).sum();
        if (length > OCTETS || a.rules().place() == MailboxRules.Place.FILE) {
            throw alone();
        }
        Content content =
                out -> {
                    for (Message m : messages) {
                        if (!records.done(m.key())) {
                            m.writeTo(out);
                        }
                    }
                };
        Turns.Taken turn = turns.take(a.path());
        if (turn == null) {
            throw alone();
        }
        boolean staged = false;
        try {
            Mailbox.Staged open = new Mailbox(once(a), actor).stage(content, length, records);
            staged = true;
            return new Box(open, turn, messages, records, when(a));
        } finally {
            if (!staged) {
                turn.close();
            }
        }
    }

    /// Whose locks are tried once.
    private static Request.Append once(Request.Append a) {
        Locks locks = a.rules().locks();
        Locks once = new Locks(locks.kinds(), 1, locks.delay(), locks.stale());
        MailboxRules rules =
                new MailboxRules(
                        a.rules().place(), once, a.rules().sizeLimit(), a.rules().strictOwner());
        return new Request.Append(a.who(), a.path(), rules);
    }

    /// An mbox file.
    private static final class Box implements Place {
        private final Mailbox.Staged open;
        private final Turns.Taken turn;
        private final List<Message> messages;
        private final Records records;
        private final int when;
        private boolean closed;

        Box(
                Mailbox.Staged open,
                Turns.Taken turn,
                List<Message> messages,
                Records records,
                int when) {
            this.records = records;
            this.open = open;
            this.turn = turn;
            this.messages = messages;
            this.when = when;
        }

        @Override
        public int when() {
            return when;
        }

        @Override
        public void begin() throws Act {
            open.begin();
        }

        @Override
        public void await() throws Act {
            open.await();
        }

        @Override
        public List<Message> messages() {
            return messages;
        }

        @Override
        public void force() throws Act {
            open.force();
            messages.forEach(m -> records.keep(m.key()));
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                try {
                    open.close();
                } finally {
                    turn.close();
                }
            }
        }

        @Override
        public Appended done(int message) {
            long before = open.before();
            for (Message m : messages) {
                if (m.at() == message) {
                    break;
                }
                before += m.octets();
            }
            return new Appended(before, "");
        }
    }

    /// A file of a Maildir.
    private static final class File implements Place {
        private final Maildir maildir;
        private final Actor actor;
        private final Maildir.Staged staged;
        private final Message message;
        private boolean closed;

        /// The thread has the user's rights.
        File(Maildir maildir, Actor actor, Message message) throws Act {
            this.maildir = maildir;
            this.actor = actor;
            this.message = message;
            staged = maildir.stage(message, message.octets());
        }

        @Override
        public List<Message> messages() {
            return List.of(message);
        }

        @Override
        public int when() {
            return 0;
        }

        @Override
        public void begin() throws Act {
            staged.begin();
        }

        @Override
        public void await() throws Act {
            staged.await();
        }

        @Override
        public void force() throws Act {
            staged.force();
        }

        /// The thread has the user's rights from here on.
        void move() throws Act {
            actor.anew();
            actor.user();
            staged.move();
        }

        /// Behind `move`.
        Maildir.New open() {
            return maildir.open();
        }

        String directory() {
            return maildir.asked().path();
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                if (staged.undoes()) {
                    actor.anew();
                    actor.user();
                }
                staged.close();
            }
        }

        @Override
        public Appended done(int at) {
            maildir.records().keep(message.key());
            return Appended.NEW;
        }
    }
}
