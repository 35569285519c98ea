package org.postrider.report;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The counts of the present UTC day, in bounded memory. Any thread.
///
/// @param <R> a result
final class Ledger<R> {
    private static final int MARK = 160;
    private static final int MARK_OF_A_PLACE = 60;

    /// Of a domain for which nothing is counted.
    private final Tally<R> nothing;

    /// What is known of a domain's wish.
    enum State {
        UNASKED,
        ASKING,
        /// The DNS did not say, or there is no room for it: asked once more when the day is over.
        LATER,
        WANTED,
        /// Nothing is counted for it.
        NOT
    }

    /// One domain's day.
    static final class Entry<R> {
        State state;
        Tally<R> tally;
        List<String> places = List.of();

        Entry(State state, Tally<R> tally) {
            this.state = state;
            this.tally = tally;
        }
    }

    private final Kind<R> kind;
    private final Map<String, Entry<R>> entries = new LinkedHashMap<>();
    private final Deque<String> unasked = new ArrayDeque<>();
    private long day;
    private long most;
    private long octets;
    private long dueOctets;
    private long lost;
    private int unwanted;
    private boolean changed;

    Ledger(Kind<R> kind, long mostOctets) {
        this.kind = kind;
        nothing = kind.tally();
        most = mostOctets;
    }

    synchronized void most(long mostOctets) {
        most = mostOctets;
    }

    /// @return true where a domain is to be asked
    synchronized boolean took(String domain, R result) {
        Entry<R> entry = entries.get(domain);
        boolean fresh = entry == null;
        if (entry == null) {
            long least = MARK + domain.length() + kind.least(result);
            if (room() < least && unwanted > 0) {
                forgetUnwanted();
            }
            if (room() < least) {
                lost++;
                return false;
            }
            entry = new Entry<>(State.UNASKED, kind.tally());
            put(domain, entry);
        }
        if (entry.state != State.NOT) {
            octets += entry.tally.add(result, room());
            changed = true;
        }
        return fresh;
    }

    private long room() {
        return Math.max(0, most - octets - dueOctets);
    }

    private void put(String domain, Entry<R> entry) {
        entries.put(domain, entry);
        if (entry.state == State.UNASKED) {
            unasked.add(domain);
        }
        octets += MARK + domain.length() + entry.tally.octets() + octets(entry.places);
    }

    /// What places take, which strangers name.
    static long octets(List<String> places) {
        return places.stream().mapToLong(each -> MARK_OF_A_PLACE + each.length()).sum();
    }

    /// They will be asked again, if there is mail for them.
    private void forgetUnwanted() {
        entries.entrySet()
                .removeIf(each -> {
                    boolean not = each.getValue().state == State.NOT;
                    if (not) {
                        octets -= MARK + each.getKey().length();
                    }
                    return not;
                });
        unwanted = 0;
    }

    /// As it was saved.
    synchronized void restore(String domain, Entry<R> entry) {
        put(domain, entry);
    }

    synchronized long day() {
        return day;
    }

    synchronized void day(long number) {
        day = number;
    }

    /// What those reports take that wait to be sent.
    synchronized void due(long taken) {
        dueOctets = taken;
        changed = true;
    }

    /// The next domain to ask, null for none.
    synchronized @Nullable String ask() {
        String next = unasked.poll();
        Entry<R> entry = next == null ? null : entries.get(next);
        if (entry != null) {
            entry.state = State.ASKING;
        }
        return next;
    }

    synchronized void answered(String domain, long asked, Wanted wanted) {
        Entry<R> entry = entries.get(domain);
        if (entry == null || asked != day) {
            return;
        }
        switch (wanted) {
            case Wanted.Places(List<String> uris) -> {
                long more = octets(uris);
                if (more > room()) {
                    entry.state = State.LATER;
                } else {
                    octets += more;
                    entry.state = State.WANTED;
                    entry.places = uris;
                }
            }
            case Wanted.Unknown _ -> entry.state = State.LATER;
            case Wanted.Not _ -> {
                entry.state = State.NOT;
                unwanted++;
                octets -= entry.tally.octets();
                entry.tally = nothing;
            }
        }
        changed = true;
    }

    /// What a day left.
    ///
    /// @param lost results that were not counted
    record Ended<R>(long day, Map<String, Entry<R>> entries, long lost) {}

    /// @return null where the day goes on; a clock that is set back makes it longer
    synchronized @Nullable Ended<R> roll(long now) {
        if (day == 0) {
            day = now;
        }
        if (now <= day) {
            return null;
        }
        entries.values().removeIf(e -> e.state == State.NOT);
        Ended<R> ended = new Ended<>(day, new LinkedHashMap<>(entries), lost);
        entries.clear();
        unasked.clear();
        octets = 0;
        lost = 0;
        unwanted = 0;
        day = now;
        changed = true;
        return ended;
    }

    /// True once for all that changed before.
    synchronized boolean takeChanged() {
        boolean was = changed;
        changed = false;
        return was;
    }

    synchronized void change() {
        changed = true;
    }

    synchronized long octets() {
        return octets + dueOctets;
    }

    /// For the file: of those that want none nothing is kept.
    synchronized List<Map.Entry<String, Entry<R>>> wanted() {
        List<Map.Entry<String, Entry<R>>> out = new ArrayList<>();
        for (Map.Entry<String, Entry<R>> each : entries.entrySet()) {
            if (each.getValue().state != State.NOT) {
                out.add(each);
            }
        }
        return out;
    }

    /// Holds everything still while it is written.
    synchronized <X extends Exception> void still(Act<X> act) throws X {
        act.act();
    }

    /// Something done meanwhile.
    interface Act<X extends Exception> {
        void act() throws X;
    }
}
