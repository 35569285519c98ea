package org.postrider.rights;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.postrider.rights.Command.Limits;
import org.postrider.rights.Command.Line;
import org.postrider.rights.Command.Place;
import org.postrider.rights.Ended.How;
import org.postrider.rights.Fields.In;
import org.postrider.rights.Fields.Out;
import org.postrider.rights.MailboxRules.Lock;
import org.postrider.rights.MailboxRules.Locks;
import org.postrider.rights.Request.DeliveryKey;

/// What passes between the server and its root helper, over a stream of octets. All numbers are
/// big-endian.
///
/// ```
/// request  = version length fields [content]    at most 1 MiB of fields
/// content  = *(length octets) (0 | -1)          parts of at most 64 KiB; -1: the rest is missing
/// answer   = length fields [content]            a file that was read, but for its octets, then those
/// ```
///
/// One connection carries one request after another. Whatever is not so is an [IOException], and
/// the end of the connection. Each call reads or writes one thing and keeps nothing.
public final class Wire {
    /// Changes with everything below.
    public static final int VERSION = 0x50520017;

    /// Octets of a content's largest part.
    public static final int PART = 64 << 10;

    private static final int END = 0;
    private static final int BROKEN = -1;
    private static final int LONGEST_REQUEST = 1 << 20;
    private static final int LONGEST_ANSWER = 1 << 20;

    private Wire() {}

    /// Writes a request without its content.
    public static void request(DataOutputStream to, Request request) throws IOException {
        Out out = new Out();
        switch (request) {
            case Request.Read r -> out.number(1).identity(r.who()).text(r.path()).rules(r.rules());
            case Request.ReadOwned r -> out.number(2).text(r.path()).rules(r.rules());
            case Request.Look l -> out.number(3).identity(l.who()).text(l.path()).flag(l.follow());
            case Request.PutUnless p -> unless(out.number(10), p.put(), p.files());
            case Request.Batch b -> batch(out.number(11), b);
            case Request.Run r -> command(out.number(6).identity(r.who()), r.command());
            case Request.Configured c -> out.number(7).text(c.path());
            case Request.Said s -> out.number(9);
            case Request.Serve s ->
                    command(out.number(8).identity(s.who()).large(s.number()), s.command());
        }
        if (out.size() > LONGEST_REQUEST) {
            throw new IOException("too long a request");
        }
        to.writeInt(VERSION);
        out.to(to);
    }

    /// Reads a request without its content.
    public static Request request(DataInputStream from) throws IOException {
        return request(from, from.readInt());
    }

    /// Reads one whose version was read already.
    public static Request request(DataInputStream from, int version) throws IOException {
        if (version != VERSION) {
            throw new IOException("another version's request");
        }
        In in = new In(from, LONGEST_REQUEST);
        int kind = in.number();
        return in.all(
                switch (kind) {
                    case 1 -> new Request.Read(in.identity(), in.text(), in.rules());
                    case 2 -> new Request.ReadOwned(in.text(), in.rules());
                    case 3 -> new Request.Look(in.identity(), in.text(), in.flag());
                    case 6 -> new Request.Run(in.identity(), command(in));
                    case 7 -> new Request.Configured(in.text());
                    case 8 -> serve(in);
                    case 9 -> new Request.Said();
                    case 10 -> unless(in);
                    case 11 -> batch(in);
                    default -> throw new IOException("no such request");
                });
    }

    private static Request.Serve serve(In in) throws IOException {
        Identity who = in.identity();
        long number = in.large();
        return new Request.Serve(who, command(in), number);
    }

    private static void append(Out out, Request.Append a) throws IOException {
        MailboxRules rules = a.rules();
        out.identity(a.who()).text(a.path()).text(rules.place().name());
        out.number(rules.locks().kinds().size());
        for (Lock kind : rules.locks().kinds()) {
            out.text(kind.name());
        }
        out.number(rules.locks().attempts())
                .time(rules.locks().delay())
                .time(rules.locks().stale())
                .large(rules.sizeLimit())
                .flag(rules.strictOwner());
        key(out, a.key());
    }

    private static void maildir(Out out, Request.Maildir m) throws IOException {
        key(out.identity(m.who()).text(m.path()).text(m.host()), m.key());
    }

    private static void key(Out out, DeliveryKey key) throws IOException {
        out.large(key.first()).large(key.second());
    }

    private static DeliveryKey key(In in) throws IOException {
        return new DeliveryKey(in.large(), in.large());
    }

    private static Request.Maildir maildir(In in) throws IOException {
        return new Request.Maildir(in.identity(), in.text(), in.text(), key(in));
    }

    private static void unless(Out out, Request.Put put, List<String> files) throws IOException {
        out.texts(files);
        switch (put) {
            case Request.Append a -> append(out.number(4), a);
            case Request.Maildir m -> maildir(out.number(5), m);
        }
    }

    private static void batch(Out out, Request.Batch b) throws IOException {
        out.number(b.bodies().size());
        for (int octets : b.bodies()) {
            out.number(octets);
        }
        out.number(b.all().size());
        for (Request.Batch.One one : b.all()) {
            unless(out, one.put(), one.files());
            out.text(one.head()).number(one.body());
        }
    }

    private static Request.Batch batch(In in) throws IOException {
        List<Integer> bodies = new ArrayList<>();
        long octets = 0;
        for (int left = in.count(Integer.BYTES); left > 0; left--) {
            int length = in.number();
            octets += length;
            if (length < 0 || octets > Request.Batch.OCTETS) {
                throw new IOException("too large");
            }
            bodies.add(length);
        }
        int many = in.count(Integer.BYTES);
        if (many > Request.Batch.MOST) {
            throw new IOException("too many");
        }
        List<Request.Batch.One> all = new ArrayList<>(many);
        long heads = 0;
        for (int left = many; left > 0; left--) {
            Request.PutUnless put = unless(in);
            String head = in.text();
            int body = in.number();
            heads += head.length();
            if (body < 0 || body >= bodies.size() || heads > Request.Batch.OCTETS) {
                throw new IOException("no such body");
            }
            all.add(new Request.Batch.One(put.put(), put.files(), head, body));
        }
        return new Request.Batch(all, bodies);
    }

    private static Request.PutUnless unless(In in) throws IOException {
        List<String> files = in.texts();
        return switch (in.number()) {
            case 4 -> new Request.PutUnless(append(in), files);
            case 5 -> new Request.PutUnless(maildir(in), files);
            default -> throw new IOException("no such request");
        };
    }

    private static Request.Append append(In in) throws IOException {
        Identity who = in.identity();
        String path = in.text();
        MailboxRules.Place place = in.one(MailboxRules.Place.values());
        List<Lock> kinds = new ArrayList<>();
        for (int left = in.count(Integer.BYTES); left > 0; left--) {
            kinds.add(in.one(Lock.values()));
        }
        Locks locks = new Locks(kinds, in.number(), in.time(), in.time());
        MailboxRules rules = new MailboxRules(place, locks, in.large(), in.flag());
        return new Request.Append(who, path, rules, key(in));
    }

    private static void command(Out out, Command command) throws IOException {
        switch (command.line()) {
            case Line.Words w -> out.number(1).texts(w.argv());
            case Line.Text t -> out.number(2).text(t.text()).text(t.shell());
        }
        out.number(command.environment().size());
        for (Map.Entry<String, String> e : command.environment().entrySet()) {
            out.text(e.getKey()).text(e.getValue());
        }
        out.maybe(command.place().root()).maybe(command.place().directory());
        out.time(command.limits().time())
                .number(command.limits().output())
                .large(command.limits().fileSize());
    }

    private static Command command(In in) throws IOException {
        int kind = in.number();
        Line line =
                switch (kind) {
                    case 1 -> new Line.Words(in.texts());
                    case 2 -> new Line.Text(in.text(), in.text());
                    default -> throw new IOException("no such command");
                };
        Map<String, String> environment = new HashMap<>();
        for (int left = in.count(2 * Integer.BYTES); left > 0; left--) {
            environment.put(in.text(), in.text());
        }
        Place place = new Place(in.maybe(), in.maybe());
        return new Command(
                line, environment, place, new Limits(in.time(), in.number(), in.large()));
    }

    /// Writes the answer to a request. The octets of a file that was read follow its own.
    public static void answer(DataOutputStream to, Answer<?> answer) throws IOException {
        Out out = new Out();
        answer(out, answer);
        out.to(to);
    }

    private static void answer(Out out, Answer<?> answer) throws IOException {
        switch (answer) {
            case Answer.Refused<?>(Trouble t) ->
                    out.flag(false)
                            .text(t.kind().name())
                            .number(t.errno())
                            .text(t.text())
                            .text(t.warning());
            case Answer.Done<?> d -> value(out.flag(true), d.value());
        }
    }

    private static void value(Out out, Object value) throws IOException {
        switch (value) {
            case FileText t -> out.facts(t.facts());
            case Rights.Owned o -> {
                Account a = o.owner();
                out.text(a.name()).number(a.uid()).number(a.gid());
                out.text(a.gecos()).text(a.home()).text(a.shell());
                out.facts(o.text().facts());
            }
            case FileFacts f -> out.facts(f);
            case Appended a -> out.large(a.before()).text(a.warning());
            case String path -> out.text(path);
            case Appended.Each each -> {
                out.number(each.all().size());
                for (Answer<Appended> one : each.all()) {
                    answer(out, one);
                }
            }
            case Ended e -> ended(out, e);
            case byte[] _ -> {
                // octets follow
            }
            default -> throw new IllegalArgumentException(value.getClass().getName());
        }
    }

    private static void ended(Out out, Ended ended) throws IOException {
        switch (ended.how()) {
            case How.Exit x -> out.number(1).number(x.status());
            case How.Signal s -> out.number(2).number(s.number());
            case How.TimedOut t -> out.number(3).number(0);
        }
        out.text(ended.output()).flag(ended.wrote());
    }

    /// Reads the answer to `request`; what a `Configured` has done is empty, and its content
    /// follows.
    public static Answer<?> answer(DataInputStream from, Request request) throws IOException {
        In in = new In(from, LONGEST_ANSWER);
        if (!in.flag()) {
            return in.all(Answer.refused(trouble(in)));
        }
        Object value =
                switch (request) {
                    case Request.Read r -> new FileText("", in.facts());
                    case Request.ReadOwned r -> owned(in);
                    case Request.Look l -> in.facts();
                    case Request.PutUnless p -> new Appended(in.large(), in.text());
                    case Request.Batch b -> answers(in, b.all().size());
                    case Request.Run r -> ended(in);
                    case Request.Serve v -> ended(in);
                    case Request.Configured c -> new byte[0];
                    case Request.Said s -> in.text();
                };
        return in.all(Answer.done(value));
    }

    private static Trouble trouble(In in) throws IOException {
        return new Trouble(in.one(Trouble.Kind.values()), in.number(), in.text(), in.text());
    }

    private static Appended.Each answers(In in, int many) throws IOException {
        if (in.count(1) != many) {
            throw new IOException("an answer is missing");
        }
        List<Answer<Appended>> all = new ArrayList<>(many);
        for (int left = many; left > 0; left--) {
            all.add(
                    in.flag()
                            ? Answer.done(new Appended(in.large(), in.text()))
                            : Answer.refused(trouble(in)));
        }
        return new Appended.Each(all);
    }

    private static Rights.Owned owned(In in) throws IOException {
        Account owner =
                new Account(in.text(), in.number(), in.number(), in.text(), in.text(), in.text());
        return new Rights.Owned(owner, new FileText("", in.facts()));
    }

    private static Ended ended(In in) throws IOException {
        int kind = in.number();
        int number = in.number();
        How how =
                switch (kind) {
                    case 1 -> new How.Exit(number);
                    case 2 -> new How.Signal(number);
                    case 3 -> new How.TimedOut();
                    default -> throw new IOException("no such end");
                };
        return new Ended(how, in.text(), in.flag());
    }

    /// Writes a part of a content.
    public static void part(DataOutputStream to, byte[] octets, int from, int length)
            throws IOException {
        for (int at = 0; at < length; at += PART) {
            int part = Math.min(PART, length - at);
            to.writeInt(part);
            to.write(octets, from + at, part);
        }
    }

    /// Writes the end of a content.
    ///
    /// @param whole nothing of it is missing
    public static void end(DataOutputStream to, boolean whole) throws IOException {
        to.writeInt(whole ? END : BROKEN);
    }

    /// Reads a content to its end.
    ///
    /// @return false if it breaks off
    public static boolean content(DataInputStream from, OutputStream to) throws IOException {
        byte[] buffer = new byte[0];
        int length = from.readInt();
        while (length > 0) {
            if (length > PART) {
                throw new IOException("too long a part");
            }
            if (buffer.length < length) {
                buffer = new byte[length];
            }
            from.readFully(buffer, 0, length);
            to.write(buffer, 0, length);
            length = from.readInt();
        }
        return length == END;
    }
}
