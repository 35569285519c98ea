package org.postrider.dmarc;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.postrider.dns.HostName;
import org.postrider.dns.Resolver;
import org.postrider.dns.Resolver.Answer;

/// The DMARC records that a mail leads to: each name is asked once. One thread; blocking.
final class Zone {
    /// Of one mail. A walk asks 8 names; those of identifiers share most of the author's.
    static final int MOST_QUESTIONS = 24;

    private static final String PREFIX = "_dmarc.";

    private final Resolver dns;
    private final Map<String, At> known = new HashMap<>();

    /// What stands at a name.
    ///
    /// @param record null for none
    /// @param unknown nobody can say now
    record At(@Nullable DmarcRecord record, boolean unknown) {
        static final At NOTHING = new At(null, false);
        static final At UNKNOWN = new At(null, true);
    }

    Zone(Resolver dns) {
        this.dns = dns;
    }

    At at(String domain) {
        At before = known.get(domain);
        if (before != null) {
            return before;
        }
        // What is not asked may be a record that keeps domains apart: it is not known.
        At now = known.size() < MOST_QUESTIONS ? asked(domain) : At.UNKNOWN;
        known.put(domain, now);
        return now;
    }

    private At asked(String domain) {
        String name = PREFIX + domain;
        if (!HostName.valid(name)) {
            return At.NOTHING;
        }
        return switch (dns.texts(name)) {
            case Answer.Found<String> f -> new At(only(f.records()), false);
            case Answer.NoName<String> _, Answer.NoData<String> _ -> At.NOTHING;
            case Answer.TryAgain<String> _ -> At.UNKNOWN;
        };
    }

    /// Several are none (4.10).
    private static @Nullable DmarcRecord only(List<String> texts) {
        List<DmarcRecord> all =
                texts.stream().map(DmarcRecord::read).filter(Objects::nonNull).toList();
        return all.size() == 1 ? all.getFirst() : null;
    }

    /// Whether a domain exists (RFC 8020): null where nobody can say.
    @Nullable Boolean exists(String domain) {
        return switch (dns.mx(domain)) {
            case Answer.Found<Resolver.Mx> _, Answer.NoData<Resolver.Mx> _ -> Boolean.TRUE;
            case Answer.NoName<Resolver.Mx> _ -> Boolean.FALSE;
            case Answer.TryAgain<Resolver.Mx> _ -> null;
        };
    }
}
