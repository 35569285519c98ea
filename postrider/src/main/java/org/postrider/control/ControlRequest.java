package org.postrider.control;

import java.util.ArrayList;
import java.util.List;
import org.postrider.showq.Filter;
import org.postrider.showq.QueueAction;

/// What is asked of the running server.
public sealed interface ControlRequest {
    /// What stands on its line ([ControlCodec]). No switch over types: that costs a command some
    /// milliseconds.
    ///
    /// @throws IllegalArgumentException for what is no request
    List<String> words();

    /// Whether it runs: being heard is the answer.
    record Status() implements ControlRequest {
        @Override
        public List<String> words() {
            return List.of("status");
        }
    }

    /// The table of its threads.
    record Threads() implements ControlRequest {
        @Override
        public List<String> words() {
            return List.of("threads");
        }
    }

    /// To end, and let mail on its way come whole.
    record Stop() implements ControlRequest {
        @Override
        public List<String> words() {
            return List.of("stop");
        }
    }

    /// To end at once.
    record Abort() implements ControlRequest {
        @Override
        public List<String> words() {
            return List.of("abort");
        }
    }

    /// To read main.cf and master.cf anew.
    record Reload() implements ControlRequest {
        @Override
        public List<String> words() {
            return List.of("reload");
        }
    }

    /// What is asked about queued mail.
    sealed interface OfQueue extends ControlRequest {}

    /// What is asked about an address.
    sealed interface OfAddress extends ControlRequest {}

    /// Whether mail for an address could be delivered, as a session would hear it: what is not
    /// known is found out by a probe. The answer is one line: a status in lower case, until when it
    /// is believed in seconds since 1970 (0: not at all), and why, with tabs between them.
    ///
    /// @param service a line of master.cf with the program verify
    record Verify(String service, String address) implements OfAddress {
        @Override
        public List<String> words() {
            return List.of("verify", service, address);
        }
    }

    /// Which tests of postscreen a client has passed: a line for each line of master.cf with the
    /// program postscreen, its first column and its time stamps in the order of the tests.
    record Screened(String client) implements OfAddress {
        @Override
        public List<String> words() {
            return List.of("screened", client);
        }
    }

    /// To try all deferred mail now.
    record Flush() implements OfQueue {
        @Override
        public List<String> words() {
            return List.of("flush");
        }
    }

    /// To try the mail of a domain that fast_flush_domains names.
    record FlushSite(String site) implements OfQueue {
        @Override
        public List<String> words() {
            return List.of("flush-site", site);
        }
    }

    /// To let the mail of a destination wait, until it is resumed.
    record Suspend(String destination) implements OfQueue {
        @Override
        public List<String> words() {
            return List.of("suspend", destination);
        }
    }

    /// To deliver it again.
    record Resume(String destination) implements OfQueue {
        @Override
        public List<String> words() {
            return List.of("resume", destination);
        }
    }

    /// Which destinations are suspended.
    record Suspended() implements OfQueue {
        @Override
        public List<String> words() {
            return List.of("suspended");
        }
    }

    /// The records of one queued message.
    record Show(String id) implements OfQueue {
        @Override
        public List<String> words() {
            return List.of("show", id);
        }
    }

    /// Why one queued message waits: who is owed, what came of the last attempt, when the next one
    /// is, and which destinations are suspended or slowed.
    record Why(String id) implements OfQueue {
        @Override
        public List<String> words() {
            return List.of("why", id);
        }
    }

    /// To do something to queued messages.
    record Act(QueueAction action, Selection which) implements OfQueue {
        @Override
        public List<String> words() {
            List<String> words = new ArrayList<>();
            words.add(action.verb());
            words.addAll(which.words());
            return words;
        }
    }

    /// The messages that a filter finds. The reply is `DONE` alone, and behind it, on the same
    /// connection, the listing in the form of `public/showq`.
    record Listed(Filter filter) implements ControlRequest {
        @Override
        public List<String> words() {
            return List.of("list", filter.text());
        }
    }

    /// What is none of these.
    ///
    /// @param why for who asked: `unknown request: frobnicate`
    record Unknown(String why) implements ControlRequest {
        @Override
        public List<String> words() {
            throw new IllegalArgumentException(why);
        }
    }

    /// Which messages are meant.
    sealed interface Selection {
        /// Behind the verb.
        List<String> words();

        /// These.
        record Ids(List<String> ids) implements Selection {
            public Ids {
                ids = List.copyOf(ids);
            }

            @Override
            public List<String> words() {
                return ids;
            }
        }

        /// Those of some queues that a filter finds.
        ///
        /// @param names as for [Queues]
        /// @param dry nothing is done: what would be is told
        record Where(List<String> names, Filter filter, boolean dry) implements Selection {
            public Where {
                names = List.copyOf(names);
            }

            @Override
            public List<String> words() {
                List<String> words = new ArrayList<>();
                words.addAll(
                        List.of(ControlCodec.WHERE, dry ? ControlCodec.DRY : "", filter.text()));
                words.addAll(names);
                return words;
            }
        }

        /// All of some queues.
        ///
        /// @param names `hold`, `deferred` …; none for those that the action is for
        record Queues(List<String> names) implements Selection {
            public Queues {
                names = List.copyOf(names);
            }

            @Override
            public List<String> words() {
                List<String> words = new ArrayList<>();
                words.add(ControlCodec.ALL);
                words.addAll(names);
                return words;
            }
        }
    }
}
