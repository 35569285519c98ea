package org.postrider.queue;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;
import org.postrider.dsn.Status;

/// A durable change to a queued message. Recipients are named by their index in the envelope.
public sealed interface Mark {
    QueueId id();

    /// The recipient is settled: delivered, discarded, or the bounce for it is in the same
    /// transaction (or none is owed).
    record Done(QueueId id, int recipient) implements Mark {}

    /// The pass is over; those not done wait.
    ///
    /// @param reasons per recipient still owed, why (shown by postqueue, used by the bounce)
    record Deferred(QueueId id, long nextAttemptMillis, List<Reason> reasons) implements Mark {}

    /// The delay warning has been sent (its message is in the same transaction).
    record DelayWarned(QueueId id) implements Mark {}

    /// Into the hold queue.
    record Held(QueueId id) implements Mark {}

    /// Out of the hold queue, due now.
    record Released(QueueId id) implements Mark {}

    /// `postsuper -e`: expires at the next look.
    record ForcedToExpire(QueueId id) implements Mark {}

    /// Due now (flush).
    record DueNow(QueueId id) implements Mark {}

    /// Gone: every recipient is settled, or deleted by the administrator.
    record Removed(QueueId id) implements Mark {}

    /// Why a recipient is not yet delivered.
    ///
    /// @param relay `host[ip]:port` or `none`
    /// @param remoteMta host name for the DSN's Remote-MTA, null where no server answered
    /// @param diagnostic the remote reply for Diagnostic-Code, null where local
    record Reason(
            int recipient,
            Status status,
            String text,
            String relay,
            @Nullable String remoteMta,
            @Nullable String diagnostic,
            String action) {
        /// The action of a delivery to a server that is the last on the way: its notice says
        /// `delivered`, not `relayed`.
        public static final String FINAL = "delivered";

        /// What takes the place of an answer that there is no memory for.
        public static final String NOT_KEPT = "the answer was not kept: no memory";

        /// The same of another recipient.
        public Reason of(int other) {
            return other == recipient
                    ? this
                    : new Reason(other, status, text, relay, remoteMta, diagnostic, action);
        }

        /// The action of a delivery to what passes the mail on: its notice says `relayed`.
        public static final String RELAYED = "relayed";
    }

    /// Why very many recipients wait, by recipient: what is the same for many is there once, and
    /// neighbours with the same reason take no more than one of them. Immutable; any thread.
    final class Reasons extends AbstractList<Reason> implements RandomAccess {
        private final List<Reason> kinds;
        private final int[] first;
        private final int[] kind;

        /// How many recipients stand before each run, and after the last.
        private final int[] before;

        /// @param kinds reasons of whomever
        /// @param first the first recipient of each run, ascending
        /// @param count how many neighbours it is about
        /// @param kind which of the reasons they have
        /// @throws IllegalArgumentException where they overlap or name a reason that is not there
        public Reasons(List<Reason> kinds, int[] first, int[] count, int[] kind) {
            this.kinds = List.copyOf(kinds);
            this.first = first;
            this.kind = kind;
            before = new int[first.length + 1];
            int free = 0;
            for (int i = 0; i < first.length; i++) {
                if (first[i] < free
                        || count[i] <= 0
                        || kind[i] < 0
                        || kind[i] >= this.kinds.size()) {
                    throw new IllegalArgumentException("bad run of reasons");
                }
                free = Math.addExact(first[i], count[i]);
                before[i + 1] = before[i] + count[i];
            }
        }

        @Override
        public int size() {
            return before[first.length];
        }

        @Override
        public Reason get(int index) {
            java.util.Objects.checkIndex(index, size());
            int at = Arrays.binarySearch(before, index);
            int run = at >= 0 ? at : -at - 2;
            return of(run, first[run] + index - before[run]);
        }

        /// Of one recipient; null for none.
        public @Nullable Reason find(int recipient) {
            int at = Arrays.binarySearch(first, recipient);
            int run = at >= 0 ? at : -at - 2;
            return run < 0 || recipient - first[run] >= before[run + 1] - before[run]
                    ? null
                    : of(run, recipient);
        }

        private Reason of(int run, int recipient) {
            return kinds.get(kind[run]).of(recipient);
        }

        /// Reasons of whomever, each once.
        public List<Reason> kinds() {
            return kinds;
        }

        /// Tells each run.
        public void runs(Run to) {
            for (int i = 0; i < first.length; i++) {
                to.run(first[i], before[i + 1] - before[i], kind[i]);
            }
        }

        /// How many runs there are.
        public int runs() {
            return first.length;
        }

        /// Takes runs.
        public interface Run {
            void run(int first, int count, int kind);
        }

        /// Gathers them in any order. One thread at a time.
        public static final class Gathering {
            private static final int MOST_KINDS = 1 << 16;

            private final List<Reason> kinds = new ArrayList<>();
            private final Map<Reason, Integer> numbers = new HashMap<>();

            /// One more than the number of the reason, by recipient; 0 for none.
            private int[] of;

            private int many;

            /// @param recipients how many the message has
            public Gathering(int recipients) {
                of = new int[recipients];
            }

            /// The last one of a recipient counts.
            ///
            /// @return true where the reason was not there
            public boolean add(Reason why) {
                Reason one = why.of(0);
                Integer known = numbers.get(one);
                if (known == null && kinds.size() >= MOST_KINDS) {
                    one =
                            new Reason(
                                    0,
                                    why.status(),
                                    Reason.NOT_KEPT,
                                    "none",
                                    null,
                                    null,
                                    why.action());
                    known = numbers.get(one);
                }
                int number = known == null ? kinds.size() : known;
                if (known == null) {
                    kinds.add(one);
                    numbers.put(one, number);
                }
                many += of[why.recipient()] == 0 ? 1 : 0;
                of[why.recipient()] = number + 1;
                return known == null;
            }

            /// The same for all of them.
            public Gathering addAll(List<Reason> all) {
                all.forEach(this::add);
                return this;
            }

            /// All that were added.
            public Reasons all() {
                int runs = 0;
                for (int i = 0; i < of.length; i++) {
                    runs += begins(i) ? 1 : 0;
                }
                int[] first = new int[runs];
                int[] count = new int[runs];
                int[] kind = new int[runs];
                int run = -1;
                for (int i = 0; i < of.length && many > 0; i++) {
                    if (begins(i)) {
                        first[++run] = i;
                        kind[run] = of[i] - 1;
                    }
                    if (of[i] != 0) {
                        count[run]++;
                    }
                }
                return new Reasons(kinds, first, count, kind);
            }

            private boolean begins(int i) {
                return of[i] != 0 && (i == 0 || of[i - 1] != of[i]);
            }
        }
    }
}
