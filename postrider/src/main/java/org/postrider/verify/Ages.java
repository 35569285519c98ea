package org.postrider.verify;

import java.time.Duration;
import org.postrider.config.Settings;

/// How long what is known of an address is believed, and when it is asked for again. All in
/// seconds. Immutable.
record Ages(long positiveExpire, long positiveRefresh, long negativeExpire, long negativeRefresh) {
    /// An address that was asked for is not asked for again before its answer, or this.
    private static final long PROBE_SECONDS = 1000;

    static Ages of(Settings settings) {
        return new Ages(
                seconds(settings.get(VerifyParams.POSITIVE_EXPIRE)),
                seconds(settings.get(VerifyParams.POSITIVE_REFRESH)),
                seconds(settings.get(VerifyParams.NEGATIVE_EXPIRE)),
                seconds(settings.get(VerifyParams.NEGATIVE_REFRESH)));
    }

    private static long seconds(Duration time) {
        return time.toSeconds();
    }

    /// When it is believed no more; 0 for what tells nothing.
    long until(CacheEntry e) {
        return switch (e.status()) {
            case UNKNOWN -> 0;
            case DELIVERABLE -> e.updated() + positiveExpire;
            case DEFERRED, UNDELIVERABLE -> e.updated() + negativeExpire;
        };
    }

    /// It is too old to be believed, or tells nothing.
    boolean expired(CacheEntry e, long now) {
        return switch (e.status()) {
            case UNKNOWN -> true;
            case DELIVERABLE -> e.updated() + positiveExpire < now;
            case DEFERRED, UNDELIVERABLE -> e.updated() + negativeExpire < now;
        };
    }

    /// It is to be asked for.
    boolean due(CacheEntry e, long now) {
        if (now - e.probed() <= PROBE_SECONDS) {
            return false;
        }
        return switch (e.status()) {
            case UNKNOWN -> true;
            case DELIVERABLE -> e.updated() + positiveRefresh < now;
            case DEFERRED, UNDELIVERABLE -> e.updated() + negativeRefresh < now;
        };
    }

    /// It is of no use any more: neither known nor just asked for.
    boolean done(CacheEntry e, long now) {
        return expired(e, now) && now - e.probed() > PROBE_SECONDS;
    }
}
