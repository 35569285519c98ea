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
