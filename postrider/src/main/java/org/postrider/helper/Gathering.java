package org.postrider.helper;

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

    /// One message; what becomes of it, or that it leads.
    private static final class Waiting {
        final Request.Put put;
        final List<String> files;
        final Divided content;

        /// A permit for each time that there is something to know: an answer, or that it leads.
        private final Semaphore told = new Semaphore(0);

        private volatile @Nullable List<Waiting> leads;

        volatile @Nullable Answer<Appended> answer;

        Waiting(Request.Put put, List<String> files, Divided content) {
            this.put = put;
            this.files = files;
            this.content = content;
        }

        boolean likes(Waiting other) {
            return put.unkeyed().equals(other.put.unkeyed()) && files.equals(other.files);
        }

        /// @param all null for an answer
        void tell(@Nullable List<Waiting> all) {
            leads = all;
            told.release();
        }
    }

    /// As [org.postrider.rights.Rights#put].
    Answer<Appended> put(Request.Put put, List<String> files, Divided content) {
        Waiting mine = new Waiting(put, files, content);
        List<Waiting> lead = null;
        lock.lock();
        try {
            waiting.computeIfAbsent(put.path(), _ -> new ArrayDeque<>(2)).add(mine);
            if (lanes < LANES) {
                lead = begin(null);
            }
        } finally {
            lock.unlock();
        }
        while (true) {
            if (lead != null) {
                lead(lead);
            }
            Answer<Appended> answer = mine.answer;
            if (answer != null) {
                return answer;
            }
            lead = told(mine);
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

    /// @return what it is to lead; null for nothing
    private @Nullable List<Waiting> told(Waiting mine) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    boolean told = mine.told.tryAcquire(SLOW_MILLIS, TimeUnit.MILLISECONDS);
                    List<Waiting> lead = told ? mine.leads : impatient(mine);
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

    private @Nullable List<Waiting> impatient(Waiting mine) {
        lock.lock();
        try {
            ArrayDeque<Waiting> same = waiting.get(mine.put.path());
            return same != null && same.peek() == mine ? begin(mine.put.path()) : null;
        } finally {
            lock.unlock();
        }
    }

    /// Within the lock.
    ///
    /// @param first the place that it is begun for; null for any
    /// @return messages whose places are busy from now on; null for none
    private @Nullable List<Waiting> begin(@Nullable String first) {
        Load load = new Load();
        if (first != null) {
            // Not together with others that may be as slow.
            if (!busy.contains(first)) {
                load.take(first);
            }
        } else {
            Iterator<String> each = new ArrayList<>(waiting.keySet()).iterator();
            while (each.hasNext() && !load.full()) {
                String path = each.next();
                if (!busy.contains(path)) {
                    load.take(path);
                }
            }
        }
        if (load.all.isEmpty()) {
            return null;
        }
        lanes++;
        return load.all;
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
            Waiting like = one;
            busy.add(path);
            boolean mbox = like.put instanceof Request.Append;
            places += mbox ? 1 : 0;
            int here = 0;
            while (one != null && one.likes(like) && (here == 0 || !full())) {
                here += one.content.octets();
                if (mbox && here > PLACE_OCTETS && here > one.content.octets()) {
                    break;
                }
                there.poll();
                all.add(one);
                places += mbox ? 0 : 1;
                octets +=
                        forms.add(one.content.form())
                                ? one.content.octets()
                                : one.content.head().length();
                one = there.peek();
            }
            if (there.isEmpty()) {
                waiting.remove(path);
            }
        }
    }

    private void lead(List<Waiting> all) {
        try {
            List<Answer<Appended>> answers = answers(all);
            for (int i = 0; i < all.size(); i++) {
                all.get(i).answer = answers.get(i);
            }
        } finally {
            List<List<Waiting>> next = new ArrayList<>();
            lock.lock();
            try {
                all.forEach(each -> busy.remove(each.put.path()));
                lanes--;
                List<Waiting> more = lanes < LANES ? begin(null) : null;
                while (more != null) {
                    next.add(more);
                    more = lanes < LANES ? begin(null) : null;
                }
            } finally {
                lock.unlock();
            }
            next.forEach(each -> each.getFirst().tell(each));
            for (Waiting each : all) {
                if (each.answer == null) {
                    each.answer =
                            Answer.refused(new Trouble(Kind.UNAVAILABLE, 0, "a fault elsewhere"));
                }
                each.tell(null);
            }
        }
    }

    private List<Answer<Appended>> answers(List<Waiting> all) {
        Map<Object, Integer> places = new HashMap<>();
        List<byte[]> bodies = new ArrayList<>();
        List<Batch.One> ones = new ArrayList<>(all.size());
        try {
            for (Waiting each : all) {
                Integer body = places.get(each.content.form());
                if (body == null) {
                    body = bodies.size();
                    bodies.add(each.content.body().octets());
                    places.put(each.content.form(), body);
                }
                ones.add(new Batch.One(each.put, each.files, each.content.head(), body));
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
