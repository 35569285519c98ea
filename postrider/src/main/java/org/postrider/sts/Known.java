package org.postrider.sts;

import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/// What is known of one domain. Its owner locks.
final class Known {
    private static final long DAY = 86_400;

    final String domain;

    /// Null for none.
    @Nullable StsPolicy policy;

    /// In seconds since 1970.
    long fetched;

    long used;

    /// The DNS is not asked again before.
    long checkNanos;

    /// The policy host is not asked again before, for the id that failed.
    long retryNanos;

    int failures;
    String failedId = "";
    StsFinding.@Nullable Failure failure;

    /// Whether the DNS was asked in the life of this server, or mail waited for it long enough.
    boolean answered;

    /// While it is asked, and how long mail waits for that.
    @Nullable CountDownLatch running;

    long waitNanos;

    Known(String domain) {
        this.domain = domain;
    }

    long octets() {
        StsPolicy now = policy;
        return now == null ? 0 : now.octets();
    }

    /// Fetched anew each day, or at half of its time.
    boolean wantsRefresh(long seconds) {
        StsPolicy now = policy;
        return now != null && seconds >= fetched + Math.min(DAY, now.maxAgeSeconds() / 2);
    }

    boolean ended(long seconds) {
        StsPolicy now = policy;
        return now != null && seconds >= fetched + now.maxAgeSeconds();
    }

    StsFinding finding() {
        return policy == null && failure == null
                ? StsFinding.NONE
                : new StsFinding(policy, failure);
    }
}
