package org.postrider.rights;

import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.postrider.rights.system.UserDatabase;

/// The machine's accounts, by the C library, so that every name service answers (nsswitch.conf(5)).
/// Blocks; on a thread of the system where the name service may be slow.
public interface Accounts {
    /// Null if there is no such user.
    ///
    /// @throws LookupException if nobody can say
    @Nullable Account named(String name);

    /// Null if nobody has this number.
    ///
    /// @throws LookupException if nobody can say
    @Nullable Account numbered(int uid);

    /// The number of a group, null if there is none of this name.
    ///
    /// @throws LookupException if nobody can say
    @Nullable Integer group(String name);

    /// The numbers of all groups that a user is in, `gid` among them.
    ///
    /// @throws LookupException if nobody can say
    default List<Integer> groups(String name, int gid) {
        return List.of(gid);
    }

    static Accounts system() {
        return new UserDatabase();
    }

    /// Others', each remembered for five seconds.
    ///
    /// @param nanos a clock that goes on steadily
    static Accounts recent(Accounts accounts, LongSupplier nanos) {
        return new Recent(accounts, nanos, new ConcurrentHashMap<>());
    }

    /// The database did not answer: not the same as "no such user".
    final class LookupException extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final int errno;

        public LookupException(int errno) {
            super(Errno.text(errno));
            this.errno = errno;
        }

        public int errno() {
            return errno;
        }
    }

    /// Accounts that others know, each remembered for five seconds (Postfix: as long as a process
    /// lasts): a list of 500 users and a mailbox that gets many mails do not have the user database
    /// read from its begin each time. That there is no such user is not remembered, and neither are
    /// groups. Any thread.
    ///
    /// @param found by name and by number
    record Recent(
            Accounts accounts, LongSupplier nanos, ConcurrentHashMap<Object, Recent.Found> found)
            implements Accounts {
        private static final long KEPT_NANOS = 5_000_000_000L;
        private static final int MOST = 2000;

        /// What was found, and when.
        record Found(Account account, long atNanos) {}

        @Override
        public @Nullable Account named(String name) {
            Account known = known(name);
            return known == null ? found(name, accounts.named(name)) : known;
        }

        @Override
        public @Nullable Account numbered(int uid) {
            Account known = known(uid);
            return known == null ? found(uid, accounts.numbered(uid)) : known;
        }

        private @Nullable Account known(Object key) {
            Found there = found.get(key);
            return there != null && nanos.getAsLong() - there.atNanos() < KEPT_NANOS
                    ? there.account()
                    : null;
        }

        private @Nullable Account found(Object key, @Nullable Account account) {
            if (account == null) {
                found.remove(key);
            } else {
                if (found.size() >= MOST) {
                    found.clear();
                }
                found.put(key, new Found(account, nanos.getAsLong()));
            }
            return account;
        }

        @Override
        public @Nullable Integer group(String name) {
            return accounts.group(name);
        }

        @Override
        public List<Integer> groups(String name, int gid) {
            return accounts.groups(name, gid);
        }
    }
}
