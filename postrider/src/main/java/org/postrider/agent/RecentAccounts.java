package org.postrider.agent;

import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.postrider.rights.Account;
import org.postrider.rights.Accounts;

/// Accounts that others know, each remembered for five seconds (Postfix: as long as a process
/// lasts): a list of 500 users and a mailbox that gets many mails do not have the user database
/// read from its begin each time. That there is no such user is not remembered, and neither are
/// groups. Any thread.
public final class RecentAccounts implements Accounts {
    private static final long KEPT_NANOS = 5_000_000_000L;
    private static final int MOST = 2000;

    private final Accounts accounts;
    private final LongSupplier nanos;
    private final ConcurrentHashMap<Object, Found> found = new ConcurrentHashMap<>();

    private record Found(Account account, long atNanos) {}

    /// @param nanos a clock that goes on steadily
    public RecentAccounts(Accounts accounts, LongSupplier nanos) {
        this.accounts = accounts;
        this.nanos = nanos;
    }

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
