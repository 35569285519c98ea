package org.postrider.rights;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/// What the helper may be asked, and nothing else.
public sealed interface Request {
    /// [Rights#read].
    record Read(Identity who, String path, ReadRules rules) implements Request {}

    /// [Rights#readOwned].
    record ReadOwned(String path, ReadRules rules) implements Request {}

    /// [Rights#look].
    record Look(Identity who, String path, boolean follow) implements Request {}

    /// Tells the delivery of one message to one place from all others that there ever are: who asks
    /// for it again, because he was killed before he knew that it was done, is told that it is.
    record DeliveryKey(long first, long second) {
        /// Of what is done as often as it is asked for.
        public static final DeliveryKey NONE = new DeliveryKey(0, 0);

        /// Of what a text says, and no other text does.
        public static DeliveryKey of(String text) {
            try {
                ByteBuffer sum =
                        ByteBuffer.wrap(
                                MessageDigest.getInstance("SHA-256")
                                        .digest(text.getBytes(StandardCharsets.UTF_8)));
                return new DeliveryKey(sum.getLong(), sum.getLong());
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /// Where a message is put.
    sealed interface Put {
        Identity who();

        String path();

        /// By which it is known if it is asked for once more.
        DeliveryKey key();

        /// The same place, whichever message it is for.
        default Put unkeyed() {
            return switch (this) {
                case Append a -> new Append(a.who(), a.path(), a.rules());
                case Maildir m -> new Maildir(m.who(), m.path(), m.host());
            };
        }
    }

    /// Behind what is in a file, forced; what could not be written whole is cut off again.
    record Append(Identity who, String path, MailboxRules rules, DeliveryKey key) implements Put {
        public Append(Identity who, String path, MailboxRules rules) {
            this(who, path, rules, DeliveryKey.NONE);
        }
    }

    /// A new file in a Maildir, whose directories are made where they are missing; file and
    /// directory forced.
    ///
    /// @param path of the Maildir, with a `/` at its end
    /// @param host the last part of the file's name, with neither `/` nor `:`
    record Maildir(Identity who, String path, String host, DeliveryKey key) implements Put {
        public Maildir(Identity who, String path, String host) {
            this(who, path, host, DeliveryKey.NONE);
        }
    }

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
