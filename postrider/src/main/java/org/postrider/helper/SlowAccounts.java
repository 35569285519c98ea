package org.postrider.helper;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.postrider.rights.Account;
import org.postrider.rights.Accounts;
import org.postrider.rights.Errno;

/// Accounts that are asked for on those threads: a slow name service holds none of the caller's
/// kind.
public record SlowAccounts(Accounts accounts, ExecutorService threads) implements Accounts {
    /// The machine's.
    public static Accounts on(ExecutorService threads) {
        return new SlowAccounts(Accounts.system(), threads);
    }

    @Override
    public @Nullable Account named(String name) {
        return ask(() -> accounts.named(name));
    }

    @Override
    public @Nullable Account numbered(int uid) {
        return ask(() -> accounts.numbered(uid));
    }

    @Override
    public @Nullable Integer group(String name) {
        return ask(() -> accounts.group(name));
    }

    @Override
    public List<Integer> groups(String name, int gid) {
        List<Integer> groups = ask(() -> accounts.groups(name, gid));
        return groups == null ? List.of(gid) : groups;
    }

    private <T> @Nullable T ask(Callable<@Nullable T> question) {
        try {
            return threads.submit(question).get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof LookupException l) {
                throw l;
            }
            throw new IllegalStateException(e.getCause());
        } catch (RejectedExecutionException e) {
            throw new LookupException(Errno.EAGAIN);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LookupException(Errno.EINTR);
        }
    }
}
