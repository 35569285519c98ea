package org.postrider.helper;

import java.io.IOException;
import java.io.OutputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
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
import org.postrider.threads.Loop;
import org.postrider.threads.Supervisor;
import org.postrider.threads.Work;
import org.postrider.time.Clock;

/// The rights of every user but root and mail_owner, by asking the helper that root runs, which
/// leaves when nothing has been asked for max_idle, and comes when it is called (decision 0093).
/// Any thread; blocking.
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
    private static final Work WORK =
            Work.of("helper", "ends connections to root's helper that nobody took up again")
                    .waiting();

    private static final long PATIENCE_NANOS = 30_000_000_000L;
    private static final long PAUSE_NANOS = 50_000_000L;
    private static final long IN_VAIN_NANOS = 30_000_000_000L;
    private static final long CALL_NANOS = 1_000_000_000L;

    /// Nobody is there who waits for more: a pipe takes 64 times as many.
    private static final int CALLS = 1_000;

    private static final long SHORT_MILLIS = 60_000;
    private static final long LONG_MILLIS = 600_000;

    private final UnixDomainSocketAddress socket;
    private final Connector connector;
    private final Clock clock;
    private final Consumer<String> warnings;
    private final @Nullable Call call;
    private volatile long idleNanos;
    private final Semaphore served = new Semaphore(SERVED_AT_A_TIME, true);
    private final Semaphore turns = new Semaphore(AT_A_TIME, true);
    private final Semaphore shortTurns = new Semaphore(SHORT_AT_A_TIME, true);
    private final ConcurrentLinkedDeque<Line> idle = new ConcurrentLinkedDeque<>();
    private final AtomicInteger kept = new AtomicInteger();
    private final Gathering gathering = new Gathering(this::asked);
    private final AtomicLong calledNanos;
    private final AtomicInteger unanswered = new AtomicInteger();
    private final Loop loop;
    private volatile boolean closed;
    private volatile long inVainNanos;
    private volatile boolean asleep;
    private boolean met;

    /// Has a helper that left started again.
    public interface Call extends AutoCloseable {
        /// Says that one is needed, to whoever starts it.
        ///
        /// @throws IOException if nobody can be called
        void helper() throws IOException;

        @Override
        void close();
    }

    /// The way to the helper of a mail system.
    ///
    /// @param queueDirectory below which it listens
    /// @param call closed with the rights; null if a helper that left cannot be called: none is to
    public record Way(Path queueDirectory, @Nullable Call call) {}

    /// Connects at once, so that what a new helper found undone is in the log from the start.
    ///
    /// @param idle how long a connection is kept that nobody uses, `max_idle`
    /// @param warnings gets what a new helper has to say of mailboxes
    public HelperRights(
            Way way,
            Connector connector,
            Supervisor threads,
            Clock clock,
            Duration idle,
            Consumer<String> warnings) {
        call = way.call();
        socket = UnixDomainSocketAddress.of(way.queueDirectory().resolve("private/helper"));
        idleNanos = idle.toNanos();
        this.connector = connector;
        this.clock = clock;
        this.warnings = warnings;
        calledNanos = new AtomicLong(clock.nanos() - CALL_NANOS);
        inVainNanos = clock.nanos() - 2 * IN_VAIN_NANOS;
        loop = threads.loop(WORK, this::step);
        loop.start();
    }

    /// A reload.
    public void reload(Duration idle) {
        idleNanos = idle.toNanos();
        loop.wake();
    }

    private long step() {
        if (!met) {
            met = true;
            meet();
        }
        while (true) {
            asleep = false;
            long left = endIdle();
            asleep = left == Loop.UNTIL_WOKEN;
            // One that came before this was said wakes nobody.
            if (!asleep || idle.isEmpty() || call == null) {
                return left;
            }
        }
    }

    /// @return how long the next of them may stay; the last one is who was not used for longest
    private long endIdle() {
        while (call != null) {
            Line last = idle.pollLast();
            if (last == null) {
                break;
            }
            long left = last.kept() + idleNanos - clock.nanos();
            if (left > 0 && !closed) {
                idle.offerLast(last);
                if (closed) {
                    endAll();
                }
                return left;
            }
            kept.decrementAndGet();
            last.close();
        }
        return Loop.UNTIL_WOKEN;
    }

    private void meet() {
        try {
            keep(connect());
        } catch (IOException e) {
            if (!closed) {
                warnings.accept("the root helper does not answer: " + words(e));
            }
        }
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

    /// One that has just ended is started again: worth waiting for. One that left is called.
    private Line connect() throws IOException {
        // Who has waited in vain says so for those that come soon after.
        boolean down = clock.nanos() - inVainNanos < IN_VAIN_NANOS;
        long until = clock.nanos() + (down ? PAUSE_NANOS : PATIENCE_NANOS);
        @Nullable IOException last = null;
        while (!closed && clock.nanos() - until < 0 && !Thread.currentThread().isInterrupted()) {
            try {
                Line line = heard(new Line(connector.connect(socket, null, CONNECT_MILLIS)));
                unanswered.set(0);
                return line;
            } catch (IOException e) {
                last = e;
                call();
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
        if (!down) {
            inVainNanos = clock.nanos();
        }
        throw last == null ? new IOException("the mail system ends") : last;
    }

    /// Once a second: a call that comes while it still ends is not heard.
    private void call() {
        long now = clock.nanos();
        long last = calledNanos.get();
        if (call == null
                || now - last < CALL_NANOS
                || !calledNanos.compareAndSet(last, now)
                || unanswered.incrementAndGet() > CALLS) {
            return;
        }
        try {
            call.helper();
        } catch (IOException e) {
            warnings.accept("the root helper cannot be called: " + words(e));
        }
    }

    /// A connection that is new may be another helper's, which says what it found undone. One that
    /// leaves just now ends it without a word, and nothing has been asked of it.
    private Line heard(Line line) throws IOException {
        boolean good = false;
        try {
            Answer<?> said = line.ask(new Request.Said(), Content.none(), SHORT_MILLIS);
            if (said instanceof Answer.Done<?> d && d.value() instanceof String text) {
                text.lines().forEach(warnings);
            }
            good = true;
            return line;
        } finally {
            if (!good) {
                line.close();
            }
        }
    }

    private void keep(Line line) {
        if (closed || kept.incrementAndGet() > KEPT) {
            kept.decrementAndGet();
            line.close();
        } else {
            line.keep(clock.nanos());
            idle.push(line);
            if (closed) {
                endAll();
            } else if (asleep) {
                asleep = false;
                loop.wake();
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        loop.close();
        endAll();
        if (call != null) {
            call.close();
        }
    }

    private void endAll() {
        for (Line line = idle.poll(); line != null; line = idle.poll()) {
            line.close();
        }
    }
}
