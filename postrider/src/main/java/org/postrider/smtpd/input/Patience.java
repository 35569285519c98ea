package org.postrider.smtpd.input;

import org.postrider.config.Settings;
import org.postrider.smtpd.SmtpdParams;
import org.postrider.time.Clock;

/// How long the server waits for a client: smtpd_timeout for each read, or, with
/// smtpd_per_request_deadline, for a whole request; content then must come at smtpd_min_data_rate.
/// One session's.
public final class Patience {
    /// What the settings say.
    ///
    /// @param millis smtpd_timeout
    /// @param perRequest smtpd_per_request_deadline
    /// @param rate octets of content a second
    public record Terms(long millis, boolean perRequest, int rate) {
        public static Terms of(Settings settings) {
            return new Terms(
                    settings.get(SmtpdParams.TIMEOUT).toMillis(),
                    settings.get(SmtpdParams.PER_REQUEST_DEADLINE),
                    settings.get(SmtpdParams.MIN_DATA_RATE));
        }
    }

    private static final long MILLI = 1_000_000L;

    private final Terms terms;
    private final Clock clock;
    private long leftNanos;
    private long sinceNanos;
    private boolean content;

    public Patience(Terms terms, Clock clock) {
        this.terms = terms;
        this.clock = clock;
        this.leftNanos = terms.millis() * MILLI;
    }

    /// A request begins.
    public void request() {
        content = false;
        leftNanos = terms.millis() * MILLI;
    }

    /// Content begins: what has come buys more time, never more than smtpd_timeout.
    public void content() {
        request();
        content = true;
    }

    /// How long the read that now begins may take, at least 1.
    public long millis() {
        if (!terms.perRequest()) {
            return terms.millis();
        }
        sinceNanos = clock.nanos();
        return Math.max(1, leftNanos / MILLI);
    }

    /// The read has brought so many octets.
    public void spent(int octets) {
        if (terms.perRequest()) {
            long earned = content ? octets * 1_000_000_000L / terms.rate() : 0;
            long left = leftNanos - (clock.nanos() - sinceNanos) + earned;
            leftNanos = Math.clamp(left, 0, terms.millis() * MILLI);
        }
    }
}
