package org.postrider.helper;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.postrider.rights.Answer;
import org.postrider.rights.Appended;
import org.postrider.rights.Content;
import org.postrider.rights.Content.Divided;
import org.postrider.rights.Request;
import org.postrider.rights.Request.Batch;
import org.postrider.rights.Trouble;
import org.postrider.rights.Trouble.Kind;

/// Small messages that are to be put somewhere at the same time: while some requests are under way,
/// those that come wait, and go together in the next one. Those for one mailbox go one request
/// after another, so that it is locked and forced once for all that wait for it. Where nobody waits
/// a message goes at once. Any thread; blocking.
final class Gathering {
    /// Requests under way. A slow one does not count.
    private static final int LANES = 4;

    private static final long SLOW_MILLIS = 50;

    /// Mailboxes, and files of Maildirs, of one request; messages; octets of each kind.
    private static final int PLACES = 24;

    private static final int MESSAGES = 240;
    private static final int OCTETS = 192 << 10;
    private static final int PLACE_OCTETS = 60 << 10;

    /// Octets of a message that is worth it.
    static final int SMALL = 24 << 10;

    /// Sends a request and waits for its answer.
    interface Asking {
        Answer<?> ask(Request request, Content content);
    }

    private final Asking asking;
    private final ReentrantLock lock = new ReentrantLock();
    private final LinkedHashMap<String, ArrayDeque<Waiting>> waiting = new LinkedHashMap<>();
    private final Set<String> busy = new HashSet<>();
    private int lanes;

    Gathering(Asking asking) {
        this.asking = asking;
    }

    /// A message of few octets.
    ///
    /// @param files as for [org.postrider.rights.Rights#put]
    record Small(Request.Put put, List<String> files, Divided content) {
        boolean likes(Small other) {
            return put.unkeyed().equals(other.put.unkeyed()) && files.equals(other.files);
        }
    }

    /// Who waits for the answers to some messages, and meanwhile leads requests, one at a time.
    private static final class Caller {
        /// A permit for each time that there is something to know: all answers, or a request.
        final Semaphore told = new Semaphore(0);

        /// Messages without an answer; within the lock.
        int left;

        /// Leads a request, or is about to; within the lock.
        boolean leads;

        /// What it is to lead; within the lock.
        @Nullable List<Waiting> load;

        Caller(int left) {
            this.left = left;
        }
    }

    /// One message, and what became of it, which its caller sees once all of its messages have an
    /// answer.
    private static final class Waiting {
        final Small message;
        final Caller caller;
        @Nullable Answer<Appended> answer;

        Waiting(Small message, Caller caller) {
            this.message = message;
            this.caller = caller;
        }

        String path() {
            return message.put().path();
        }
    }

    /// As [org.postrider.rights.Rights#put(List)].
    List<Answer<Appended>> put(List<Small> all) {
        Caller caller = new Caller(all.size());
        List<Waiting> mine = all.stream().map(each -> new Waiting(each, caller)).toList();
        List<Waiting> lead = null;
        lock.lock();
        try {
            for (Waiting each : mine) {
                waiting.computeIfAbsent(each.path(), _ -> new ArrayDeque<>(2)).add(each);
            }
            if (lanes < LANES && caller.left > 0) {
                lead = begin(null, caller);
            }
        } finally {
            lock.unlock();
        }
        Throwable fault = null;
        while (lead != null || left(caller)) {
            if (lead == null) {
                lead = told(caller, mine);
                continue;
            }
            try {
                lead(lead, caller);
            } catch (RuntimeException | Error e) {
                fault = e;
            }
            lead = null;
        }
        if (fault instanceof RuntimeException bug) {
            throw bug;
        } else if (fault instanceof Error bug) {
            throw bug;
        }
        return mine.stream().map(each -> requireNonNull(each.answer)).toList();
    }

    private boolean left(Caller caller) {
        lock.lock();
        try {
            return caller.left > 0;
        } finally {
            lock.unlock();
        }
    }

    /// For tests: messages that wait for others' requests.
    int waiting() {
        lock.lock();
        try {
            return waiting.values().stream().mapToInt(ArrayDeque::size).sum();
        } finally {
            lock.unlock();
        }
    }

    /// Waits.
    ///
    /// @return what it is to lead; null for nothing
    private @Nullable List<Waiting> told(Caller caller, List<Waiting> mine) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    boolean told = caller.told.tryAcquire(SLOW_MILLIS, TimeUnit.MILLISECONDS);
                    List<Waiting> lead = told ? given(caller) : impatient(caller, mine);
                    if (told || lead != null) {
                        return lead;
                    }
                } catch (InterruptedException e) {
                    // What is under way goes to its end.
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private @Nullable List<Waiting> given(Caller caller) {
        lock.lock();
        try {
            List<Waiting> load = caller.load;
            caller.load = null;
            return load;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable List<Waiting> impatient(Caller caller, List<Waiting> mine) {
        lock.lock();
        try {
            for (Waiting each : mine) {
                ArrayDeque<Waiting> same = waiting.get(each.path());
                if (!caller.leads && same != null && same.peek() == each) {
                    List<Waiting> load = begin(each.path(), caller);
                    if (load != null) {
                        return load;
                    }
                }
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    /// Within the lock. Of who leads one already none is begun for others: they would wait for it.
    ///
    /// @param first the place that it is begun for; null for any
    /// @param leader who leads it; null for who waits for the first of its messages
    /// @return messages whose places are busy from now on; null for none
    private @Nullable List<Waiting> begin(@Nullable String first, @Nullable Caller leader) {
        Load load = new Load();
        Caller leads = leader;
        if (first != null) {
            // Not together with others that may be as slow.
            if (!busy.contains(first)) {
                load.take(first);
            }
        } else {
            Iterator<String> each = new ArrayList<>(waiting.keySet()).iterator();
            while (each.hasNext() && !load.full()) {
                String path = each.next();
                leads = leads == null ? idle(path) : leads;
                if (leads != null && !busy.contains(path)) {
                    load.take(path);
                }
            }
        }
        if (leads == null || load.all.isEmpty()) {
            return null;
        }
        leads.leads = true;
        if (leads != leader) {
            leads.load = load.all;
        }
        lanes++;
        return load.all;
    }

    private @Nullable Caller idle(String path) {
        ArrayDeque<Waiting> there = waiting.get(path);
        Waiting one = there == null || busy.contains(path) ? null : there.peek();
        return one == null || one.caller.leads ? null : one.caller;
    }

    /// What one request takes.
    private final class Load {
        final List<Waiting> all = new ArrayList<>();
        private final Set<Object> forms = new HashSet<>();
        private int places;
        private int octets;

        boolean full() {
            return places >= PLACES || all.size() >= MESSAGES || octets >= OCTETS;
        }

        /// As many of a place's as there is room for, one at least.
        void take(String path) {
            ArrayDeque<Waiting> there = waiting.get(path);
            Waiting one = there == null ? null : there.peek();
            if (there == null || one == null) {
                return;
            }
            Small like = one.message;
            busy.add(path);
            boolean mbox = like.put() instanceof Request.Append;
            places += mbox ? 1 : 0;
            int here = 0;
            while (one != null && one.message.likes(like) && (here == 0 || !full())) {
                Divided content = one.message.content();
                here += content.octets();
                if (mbox && here > PLACE_OCTETS && here > content.octets()) {
                    break;
                }
                there.poll();
                all.add(one);
                places += mbox ? 0 : 1;
                octets += forms.add(content.form()) ? content.octets() : content.head().length();
                one = there.peek();
            }
            if (there.isEmpty()) {
                waiting.remove(path);
            }
        }
    }

    private void lead(List<Waiting> all, Caller caller) {
        List<Answer<Appended>> answers =
                all(new Trouble(Kind.UNAVAILABLE, 0, "a fault elsewhere"), all.size());
        try {
            answers = answers(all);
        } finally {
            List<Caller> told = new ArrayList<>();
            lock.lock();
            try {
                for (int i = 0; i < all.size(); i++) {
                    Waiting each = all.get(i);
                    busy.remove(each.path());
                    each.answer = answers.get(i);
                    each.caller.left--;
                    if (each.caller.left == 0 && each.caller != caller) {
                        told.add(each.caller);
                    }
                }
                lanes--;
                caller.leads = false;
                boolean more = true;
                while (more && lanes < LANES) {
                    List<Waiting> next = begin(null, null);
                    more = next != null;
                    if (next != null) {
                        told.add(next.getFirst().caller);
                    }
                }
            } finally {
                lock.unlock();
            }
            told.forEach(each -> each.told.release());
        }
    }

    private List<Answer<Appended>> answers(List<Waiting> all) {
        Map<Object, Integer> places = new HashMap<>();
        List<byte[]> bodies = new ArrayList<>();
        List<Batch.One> ones = new ArrayList<>(all.size());
        try {
            for (Waiting each : all) {
                Integer body = places.get(each.message.content().form());
                if (body == null) {
                    body = bodies.size();
                    bodies.add(each.message.content().body().octets());
                    places.put(each.message.content().form(), body);
                }
                Small one = each.message;
                ones.add(new Batch.One(one.put(), one.files(), one.content().head(), body));
            }
        } catch (IOException e) {
            return all(new Trouble(Kind.ALONE, 0, String.valueOf(e.getMessage())), all.size());
        }
        Batch batch = new Batch(ones, bodies.stream().map(body -> body.length).toList());
        if (batch.octets() > Batch.OCTETS) {
            return all(new Trouble(Kind.ALONE, 0, "too large for one request"), all.size());
        }
        Answer<?> answer =
                asking.ask(
                        batch,
                        out -> {
                            for (byte[] body : bodies) {
                                out.write(body);
                            }
                        });
        return switch (answer) {
            case Answer.Done<?> d when d.value() instanceof Appended.Each a -> a.all();
            case Answer.Done<?> _ -> throw new IllegalStateException("another answer");
            case Answer.Refused<?> r -> all(r.trouble(), all.size());
        };
    }

    private static List<Answer<Appended>> all(Trouble why, int many) {
        List<Answer<Appended>> out = new ArrayList<>(many);
        for (int i = 0; i < many; i++) {
            out.add(Answer.refused(why));
        }
        return out;
    }
}
