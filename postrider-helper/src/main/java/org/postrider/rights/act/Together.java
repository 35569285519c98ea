package org.postrider.rights.act;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.postrider.rights.Answer;
import org.postrider.rights.Appended;
import org.postrider.rights.Content;
import org.postrider.rights.MailboxRules;
import org.postrider.rights.Request;
import org.postrider.rights.Request.Batch;
import org.postrider.rights.Request.DeliveryKey;
import org.postrider.rights.Trouble;
import org.postrider.rights.Trouble.Kind;
import org.postrider.rights.act.Mailbox.Staged;
import org.postrider.rights.system.Act;
import org.postrider.rights.system.Actor;
import org.postrider.rights.system.UserFile;

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
    ///
    /// @param turn a mailbox's, given back by the first close
    private record Place(
            Staged staged,
            Request.Put put,
            Actor actor,
            List<Message> messages,
            Turns.@Nullable Taken turn) {
        int when() {
            return Together.when(put);
        }

        void close() {
            try {
                staged.close();
            } finally {
                if (turn != null) {
                    turn.close();
                }
            }
        }

        /// Once it is closed.
        Appended done(Message message) {
            if (turn == null) {
                return Appended.NEW;
            }
            long before = staged.before();
            for (Message m : messages.subList(0, messages.indexOf(message))) {
                before += m.octets();
            }
            return new Appended(before, "");
        }
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
                        case Request.Append a -> open.add(box(a, each));
                        case Request.Maildir m -> files(m, each, open, answers);
                    }
                } catch (Act e) {
                    refuse(each.messages(), e.trouble(), answers);
                }
            }
            finish(open, answers);
        } finally {
            close(open.iterator());
        }
        return new Appended.Each(answers.stream().map(java.util.Objects::requireNonNull).toList());
    }

    /// All of them, whatever becomes of one.
    private static void close(Iterator<Place> open) {
        if (open.hasNext()) {
            try {
                open.next().close();
            } finally {
                close(open);
            }
        }
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
    private void finish(List<Place> open, List<@Nullable Answer<Appended>> answers) {
        for (int when = LAST; when >= 0; when--) {
            int now = when;
            List<Place> alike = open.stream().filter(p -> p.when() == now).toList().reversed();
            each(alike, p -> p.staged().begin(), open, answers);
            each(alike, p -> p.staged().await(), open, answers);
            for (Place place : alike) {
                each(List.of(place), this::force, open, answers);
                if (place.turn() != null) {
                    place.close();
                }
            }
        }
        List<Place> files = open.stream().filter(p -> p.turn() == null).toList();
        try (Directories directories = new Directories(new LinkedHashMap<>())) {
            each(files, directories::move, open, answers);
            directories.force();
            for (Place place : open) {
                Trouble trouble = directories.trouble(place);
                place.staged().forced(trouble == null);
                place.close();
                for (Message m : place.messages()) {
                    answers.set(
                            m.at(),
                            trouble == null ? Answer.done(place.done(m)) : Answer.refused(trouble));
                }
            }
        }
    }

    private void force(Place place) throws Act {
        place.staged().force();
        if (place.turn() != null) {
            place.messages().forEach(m -> records.keep(m.key()));
        }
    }

    private interface Step {
        void of(Place place) throws Act;
    }

    /// One step for those that are still open; where it fails the others go on.
    private static void each(
            List<Place> places,
            Step step,
            List<Place> open,
            List<@Nullable Answer<Appended>> answers) {
        for (Place place : places) {
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

        void move(Place place) throws Act {
            place.actor().anew();
            place.actor().user();
            place.staged().move();
            all.computeIfAbsent(place.put().path(), path -> new Directory(Maildir.directory(path)));
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

        @Nullable Trouble trouble(Place place) {
            Directory directory = all.get(place.put().path());
            return directory == null ? null : directory.trouble;
        }

        @Override
        public void close() {
            all.values().forEach(each -> each.open.close());
        }
    }

    private void files(
            Request.Maildir m,
            Ready to,
            List<Place> open,
            List<@Nullable Answer<Appended>> answers) {
        to.actor().user();
        for (Message message : to.messages()) {
            if (records.done(message.key())) {
                answers.set(message.at(), Answer.done(Appended.NEW));
                continue;
            }
            try {
                Request.Maildir keyed =
                        new Request.Maildir(m.who(), m.path(), m.host(), message.key());
                Maildir maildir = new Maildir(keyed, to.actor(), serial, records);
                Staged staged = maildir.stage(message, message.octets());
                open.add(new Place(staged, m, to.actor(), List.of(message), null));
            } catch (Act e) {
                refuse(List.of(message), e.trouble(), answers);
            }
        }
    }

    private Place box(Request.Append a, Ready to) throws Act {
        int length = to.messages().stream().mapToInt(Message::octets).sum();
        if (length > OCTETS || a.rules().place() == MailboxRules.Place.FILE) {
            throw alone();
        }
        Content content =
                out -> {
                    for (Message m : to.messages()) {
                        if (!records.done(m.key())) {
                            m.writeTo(out);
                        }
                    }
                };
        Turns.Taken turn = turns.take(a.path());
        if (turn == null) {
            throw alone();
        }
        @Nullable Place place = null;
        @Nullable Staged open = null;
        try {
            open = new Mailbox(once(a), to.actor()).stage(content, length, records);
            place = new Place(open, a, to.actor(), to.messages(), turn);
            return place;
        } finally {
            if (place == null) {
                try (turn) {
                    if (open != null) {
                        open.close();
                    }
                }
            }
        }
    }

    /// Whose locks are tried once.
    private static Request.Append once(Request.Append a) {
        return new Request.Append(a.who(), a.path(), a.rules().patience(1, Duration.ZERO));
    }
}
