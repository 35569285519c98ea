package org.postrider.rights;

import java.util.List;

/// What the helper may be asked, and nothing else.
public sealed interface Request {
    /// [Rights#read].
    record Read(Identity who, String path, ReadRules rules) implements Request {}

    /// [Rights#readOwned].
    record ReadOwned(String path, ReadRules rules) implements Request {}

    /// [Rights#look].
    record Look(Identity who, String path, boolean follow) implements Request {}

    /// Where a message is put.
    sealed interface Put extends Request {
        Identity who();

        String path();
    }

    /// [Rights#append]; the content follows.
    record Append(Identity who, String path, MailboxRules rules) implements Put {}

    /// [Rights#maildir]; the content follows.
    record Maildir(Identity who, String path, String host) implements Put {}

    /// [Rights#put]; the content follows.
    record PutUnless(Put put, List<String> files) implements Request {
        public PutUnless {
            files = List.copyOf(files);
        }
    }

    /// Small messages for many places in one go; the bodies follow, one behind the other. Each
    /// message has an answer of its own. What is out of the ordinary (a lock that somebody has, a
    /// mailbox that is full, rights that are not there) is not done and not waited for, but refused
    /// as [Trouble.Kind#ALONE].
    ///
    /// @param bodies octets of each
    record Batch(List<One> all, List<Integer> bodies) implements Request {
        /// Messages at most.
        public static final int MOST = 256;

        /// Octets of all bodies at most, and of all heads.
        public static final int OCTETS = 256 << 10;

        /// As [PutUnless].
        ///
        /// @param head octets before the body
        /// @param body which of them
        public record One(Put put, List<String> files, String head, int body) {
            public One {
                files = List.copyOf(files);
            }
        }

        public Batch {
            all = List.copyOf(all);
            bodies = List.copyOf(bodies);
        }

        /// Octets of all bodies.
        public int octets() {
            return bodies.stream().mapToInt(Integer::intValue).sum();
        }
    }

    /// [Rights#run]; the content follows.
    record Run(Identity who, Command command) implements Request {}

    /// [Rights#serve].
    record Serve(Identity who, Command command, long number) implements Request {}

    /// [Rights#configured].
    record Configured(String path) implements Request {}

    /// What the helper has to say of mailboxes, a line each, to whoever asks first.
    record Said() implements Request {}

    /// Whether a content comes behind it.
    default boolean fed() {
        return switch (this) {
            case Append a -> true;
            case Maildir m -> true;
            case PutUnless p -> true;
            case Batch b -> true;
            case Run r -> true;
            case Serve s -> false;
            case Read r -> false;
            case ReadOwned r -> false;
            case Look l -> false;
            case Configured c -> false;
            case Said s -> false;
        };
    }
}
