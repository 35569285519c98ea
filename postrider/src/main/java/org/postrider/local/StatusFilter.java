package org.postrider.local;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.config.Settings;
import org.postrider.delivery.Outcome;
import org.postrider.dsn.DsnSplit;
import org.postrider.dsn.Status;
import org.postrider.maps.AddressMaps;
import org.postrider.maps.Table;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;

/// local_delivery_status_filter: other statuses and texts for what became of mail. Success stays
/// success, and what failed for good or for now may change places. Immutable.
final class StatusFilter {
    private final List<Table> tables;

    StatusFilter(Settings settings, Tables all) {
        tables =
                settings.get(LocalParams.LOCAL_DELIVERY_STATUS_FILTER).stream()
                        .map(all::open)
                        .toList();
    }

    Outcome apply(Outcome outcome, Consumer<String> warnings) {
        if (tables.isEmpty()) {
            return outcome;
        }
        Outcome.Detail d = outcome.detail();
        String key = d.status() + " " + d.text();
        String other;
        try {
            other = lookup(key);
        } catch (TableException e) {
            e.warnings().forEach(warnings);
            return outcome;
        }
        if (other == null) {
            return outcome;
        }
        Status status = DsnSplit.status(other);
        String text = DsnSplit.rest(other);
        if (status == null || text.isEmpty() || status.success() != d.status().success()) {
            warnings.accept("bad status in local_delivery_status_filter result: " + other);
            return outcome;
        }
        Outcome.Detail changed =
                new Outcome.Detail(
                        status,
                        d.relay(),
                        text,
                        d.action(),
                        d.remoteMta(),
                        d.diagnostic(),
                        d.connectionUse(),
                        d.connectNanos(),
                        d.transmitNanos());
        return switch (outcome) {
            case Outcome.Sent s -> new Outcome.Sent(changed, s.dsnSupported(), s.makes());
            case Outcome.Deferred f when f.held() -> f;
            case Outcome.Deferred _, Outcome.Bounced _ ->
                    status.permanent()
                            ? new Outcome.Bounced(changed)
                            : new Outcome.Deferred(changed);
        };
    }

    private @Nullable String lookup(String key) {
        for (Table table : tables) {
            String found = AddressMaps.one(table, key);
            if (found != null) {
                return found;
            }
        }
        return null;
    }
}
