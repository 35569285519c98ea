package org.postrider.agent;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.config.Param;
import org.postrider.config.Settings;
import org.postrider.delivery.Outcome;
import org.postrider.dsn.DsnSplit;
import org.postrider.dsn.Status;
import org.postrider.maps.AddressMaps;
import org.postrider.maps.Table;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;

/// Another status and text for what became of mail (`…_delivery_status_filter`). Success stays
/// success; what failed for good and what failed for now may change places. Immutable.
public final class StatusFilter {
    private final String name;
    private final List<Table> tables;

    public StatusFilter(Settings settings, Param<List<String>> param, Tables all) {
        name = param.name();
        tables =
                settings.get(param).stream()
                        .map(each -> AddressMaps.titled(name, all.open(each)))
                        .toList();
    }

    /// What it is to be.
    ///
    /// @param warnings gets what is wrong with a table or an answer; the outcome stays then
    public Outcome apply(Outcome outcome, Consumer<String> warnings) {
        if (tables.isEmpty() || (outcome instanceof Outcome.Deferred d && d.held())) {
            return outcome;
        }
        Outcome.Detail d = outcome.detail();
        String other;
        try {
            other = lookup(d.status() + " " + d.text());
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
            warnings.accept(name + ": bad status code: " + other);
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
                        d.spent());
        return switch (outcome) {
            case Outcome.Sent s -> new Outcome.Sent(changed, s.dsnSupported(), s.makes());
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
