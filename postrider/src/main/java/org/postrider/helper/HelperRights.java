package org.postrider.helper;

import java.io.IOException;
import java.io.OutputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.io.Connector;
import org.postrider.rights.Answer;
import org.postrider.rights.Appended;
import org.postrider.rights.Content;
import org.postrider.rights.MailboxRules.Locks;
import org.postrider.rights.Request;
import org.postrider.rights.Trouble;
import org.postrider.rights.Trouble.Kind;
import org.postrider.time.Clock;

/// The rights of every user but root and mail_owner, by asking the helper that root runs. Any
/// thread; blocking.
public final class HelperRights extends Asked implements AutoCloseable {
    /// Mailboxes and commands at a time, which users keep waiting as long as they like.
    private static final int AT_A_TIME = 100;

    /// What is over at once has turns of its own. The helper takes some more at a time.
    private static final int SHORT_AT_A_TIME = 20;

    /// Commands with a connection go on for as long as their clients like.
    private static final int SERVED_AT_A_TIME = 100;

    /// Lines that wait for the next request; each is a thread of the helper's.
    private static final int KEPT = 64;

    private static final Answer<Appended> LARGE =
            Answer.refused(new Trouble(Kind.ALONE, 0, "too large to go with others"));

    private static final long CONNECT_MILLIS = 5_000;
    private static final long PATIENCE_NANOS = 10_000_000_000L;
    private static final long PAUSE_NANOS = 50_000_000L;
    private static final long IN_VAIN_NANOS = 30_000_000_000L;
    private static final long SHORT_MILLIS = 60_000;
    private static final long LONG_MILLIS = 600_000;

    private final UnixDomainSocketAddress socket;
    private final Connector connector;
    private final Clock clock;
    private final Consumer<String> warnings;
    private final Semaphore served = new Semaphore(SERVED_AT_A_TIME, true);
    private final Semaphore turns = new Semaphore(AT_A_TIME, true);
    private final Semaphore shortTurns = new Semaphore(SHORT_AT_A_TIME, true);
    private final ConcurrentLinkedDeque<Line> idle = new ConcurrentLinkedDeque<>();
    private final AtomicInteger kept = new AtomicInteger();
    private final Gathering gathering = new Gathering(this::asked);
    private volatile boolean closed;
    private volatile long inVainNanos;

    /// @param socket where the helper listens
    /// @param warnings gets what a new helper has to say of mailboxes
    public HelperRights(Path socket, Connector connector, Clock clock, Consumer<String> warnings) {
        this.socket = UnixDomainSocketAddress.of(socket);
        this.connector = connector;
        this.clock = clock;
        this.warnings = warnings;
        inVainNanos = clock.nanos() - 2 * IN_VAIN_NANOS;
    }

    /// Where the helper of a mail system listens.
    public static Path socket(Path queueDirectory) {
        return queueDirectory.resolve("private/helper");
    }

    private static long lockingMillis(Request.Put put) {
        return switch (put) {
            case Request.Append a -> {
                Locks locks = a.rules().locks();
                yield locks.attempts()
                        * locks.delay().toMillis()
                        * Math.max(1, locks.kinds().size())
                        * 2;
            }
            case Request.Maildir _ -> 0;
        };
    }

    /// As long as an answer may take.
    private static long millis(Request request) {
        return switch (request) {
            case Request.PutUnless p -> LONG_MILLIS + lockingMillis(p.put());
            case Request.Batch _ -> LONG_MILLIS;
            case Request.Run r -> LONG_MILLIS + r.command().limits().time().toMillis();
            case Request.Serve s -> LONG_MILLIS + s.command().limits().time().toMillis();
            default -> SHORT_MILLIS;
        };
    }

    @Override
    public Answer<Appended> put(Request.Put put, List<String> files, Content content) {
        Answer<Appended> answer = put(List.of(new Putting(put, files, content))).getFirst();
        if (!(answer instanceof Answer.Refused<Appended> r) || r.trouble().kind() != Kind.ALONE) {
            return answer;
        }
        return super.put(put, files, content);
    }

    @Override
    public List<Answer<Appended>> put(List<Putting> all) {
        List<Gathering.Small> small = new ArrayList<>(all.size());
        List<Integer> places = new ArrayList<>(all.size());
        for (int i = 0; i < all.size(); i++) {
            Putting each = all.get(i);
            Content.Divided content = each.content().divided(Gathering.SMALL);
            if (content != null) {
                small.add(new Gathering.Small(each.put(), each.files(), content));
                places.add(i);
            }
        }
        List<Answer<Appended>> out = new ArrayList<>(Collections.nCopies(all.size(), LARGE));
        List<Answer<Appended>> answers = gathering.put(small);
        for (int i = 0; i < places.size(); i++) {
            out.set(places.get(i), answers.get(i));
        }
        return out;
    }

    /// A file that main.cf or master.cf names, whoever may read it.
    ///
    /// @throws IOException with the reason, if the helper refuses it too
    public byte[] file(Path file) throws IOException {
        String octets =
                new String(
                        file.toString().getBytes(StandardCharsets.UTF_8),
                        StandardCharsets.ISO_8859_1);
        return switch (configured(octets)) {
            case Answer.Done<byte[]> d -> d.value();
            case Answer.Refused<byte[]> r ->
                    throw new FileSystemException(
                            file.toString(),
                            null,
                            "Permission denied (root's helper: " + r.trouble().text() + ")");
        };
    }

    private Semaphore turns(Request request) {
        return switch (request) {
            case Request.Serve _ -> served;
            case Request r when r.fed() -> turns;
            default -> shortTurns;
        };
    }

    @Override
    Answer<?> asked(Request request, Content content) {
        Semaphore turn = turns(request);
        turn.acquireUninterruptibly();
        try {
            return exchange(request, content, millis(request));
        } finally {
            turn.release();
        }
    }

    private Answer<?> exchange(Request request, Content content, long millis) {
        Line line = idle.poll();
        if (line != null) {
            kept.decrementAndGet();
        }
        Once once = new Once(content);
        while (true) {
            boolean fresh = line == null;
            try {
                if (line == null) {
                    line = connect();
                    hear(line);
                }
                Answer<?> answer = line.ask(request, once, millis);
                IOException unread = line.unread();
                keep(line);
                return unread == null
                        ? answer
                        : refused(Kind.CONTENT, "error reading message: " + unread.getMessage());
            } catch (IOException e) {
                boolean again = line != null && !fresh && !line.sent() && !once.asked;
                if (line != null) {
                    line.close();
                    line = null;
                }
                if (!again) {
                    return refused(
                            Kind.UNAVAILABLE, "the root helper does not answer: " + words(e));
                }
            } catch (RuntimeException | Error e) {
                if (line != null) {
                    line.close();
                }
                throw e;
            }
        }
    }

    /// A connection that is new may be another helper's.
    private void hear(Line line) throws IOException {
        Answer<?> said = line.ask(new Request.Said(), Content.none(), SHORT_MILLIS);
        if (said instanceof Answer.Done<?> d && d.value() instanceof String text) {
            text.lines().forEach(warnings);
        }
    }

    private static String words(IOException e) {
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }

    private static Answer<?> refused(Kind kind, String text) {
        return Answer.refused(new Trouble(kind, 0, text));
    }

    /// A content is asked once: a request that is made again must not have begun with it.
    private static final class Once implements Content {
        private final Content content;
        private boolean asked;

        Once(Content content) {
            this.content = content;
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            asked = true;
            content.writeTo(out);
        }
    }

    /// One that has just ended is started again: worth waiting for.
    private Line connect() throws IOException {
        // Who has waited in vain says so for those that come soon after.
        boolean down = clock.nanos() - inVainNanos < IN_VAIN_NANOS;
        long until = clock.nanos() + (down ? PAUSE_NANOS : PATIENCE_NANOS);
        @Nullable IOException last = null;
        while (!closed && clock.nanos() - until < 0 && !Thread.currentThread().isInterrupted()) {
            try {
                return new Line(connector.connect(socket, null, CONNECT_MILLIS));
            } catch (IOException e) {
                last = e;
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
        if (!down) {
            inVainNanos = clock.nanos();
        }
        throw last == null ? new IOException("the mail system ends") : last;
    }

    private void keep(Line line) {
        if (closed || kept.incrementAndGet() > KEPT) {
            kept.decrementAndGet();
            line.close();
        } else {
            idle.push(line);
        }
    }

    @Override
    public void close() {
        closed = true;
        for (Line line = idle.poll(); line != null; line = idle.poll()) {
            line.close();
        }
    }
}
