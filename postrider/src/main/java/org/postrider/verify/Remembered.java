package org.postrider.verify;

import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.config.Settings;
import org.postrider.maps.Table;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;
import org.postrider.time.Clock;

/// What the cache of a mail system says, for who is not that mail system: asks nobody, so that what
/// is not known stays so. Any thread.
public final class Remembered implements VerifyService {
    private final @Nullable Table table;
    private final Ages ages;
    private final Clock clock;

    public Remembered(Settings settings, Tables tables, Clock clock) {
        String map = settings.get(VerifyParams.MAP).strip();
        String place =
                map.isEmpty()
                        ? map
                        : CacheFile.place(CacheFile.direct(map), settings::text, text -> {});
        table = map.isEmpty() ? null : tables.open(place);
        ages = Ages.of(settings);
        this.clock = clock;
    }

    @Override
    public Answer ask(Address address, Patience patience) {
        String line;
        try {
            line = table == null ? null : table.lookup(address.text());
        } catch (TableException e) {
            // There is none before the first address was verified.
            line = null;
        }
        CacheEntry entry = line == null ? null : CacheEntry.parse(line);
        return entry == null || ages.expired(entry, clock.wallMillis() / 1000)
                ? new Answer(AddressStatus.UNKNOWN, "not known, and not asked for here")
                : new Answer(entry.status(), entry.text(), ages.until(entry));
    }
}
