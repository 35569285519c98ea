package org.postrider.verify;

import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.config.Settings;
import org.postrider.maps.Fold;
import org.postrider.rewrite.RewriteService;
import org.postrider.time.Clock;

/// Who asks next hops for addresses (address_verify_sender): one address for good, or one whose
/// local part ends with the number of the time of address_verify_sender_ttl that it is now. Mail
/// that comes back to such an address, of now or of the times beside it, is mail for the address
/// without the number. Immutable; any thread.
public final class ProbeSender {
    /// Digits and letters that make no words.
    private static final String DIGITS = "0123456789BCDFGHJKLMNPQRSTVWXYZ";

    private final Address base;
    private final long ttlSeconds;
    private final Clock clock;

    /// @param rewrite completes an address without a domain
    public ProbeSender(Settings settings, RewriteService rewrite, Clock clock) {
        String sender = settings.get(VerifyParams.SENDER);
        base =
                sender.isEmpty() || sender.equals("<>")
                        ? Address.NULL
                        : rewrite.rewrite(new Address(sender), true);
        ttlSeconds = base.isNull() ? 0 : settings.get(VerifyParams.SENDER_TTL).toSeconds();
        this.clock = clock;
    }

    private long time() {
        return clock.wallMillis() / 1000 / ttlSeconds;
    }

    /// Who asks now; the null address if nobody is to be answered.
    public Address now() {
        return ttlSeconds == 0
                ? base
                : new Address(base.local() + digits(time()) + "@" + base.domain());
    }

    /// The address without a number that another is, with the number of now or of the times beside
    /// or without; null for none.
    public @Nullable Address known(Address address) {
        if (base.isNull() || !Fold.same(address.domain(), base.domain())) {
            return null;
        }
        if (Fold.same(address.local(), base.local())) {
            return base;
        }
        if (ttlSeconds == 0) {
            return null;
        }
        String local = address.local();
        int length = base.local().length();
        if (local.length() <= length || !Fold.same(local.substring(0, length), base.local())) {
            return null;
        }
        long number = number(local.substring(length));
        return number < 0 || Math.abs(number - time()) > 1 ? null : base;
    }

    private static String digits(long number) {
        StringBuilder out = new StringBuilder();
        long left = number;
        do {
            out.append(DIGITS.charAt((int) (left % DIGITS.length())));
            left /= DIGITS.length();
        } while (left > 0);
        return out.reverse().toString();
    }

    /// @return -1 for no number
    private static long number(String text) {
        long out = 0;
        for (int i = 0; i < text.length(); i++) {
            int digit = DIGITS.indexOf(text.charAt(i));
            if (digit < 0 || i > 11) {
                return -1;
            }
            out = out * DIGITS.length() + digit;
        }
        return out;
    }
}
