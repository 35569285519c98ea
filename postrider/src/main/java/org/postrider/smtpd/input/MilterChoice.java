package org.postrider.smtpd.input;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.config.Settings;
import org.postrider.config.Values;
import org.postrider.maps.Table;
import org.postrider.maps.Tables;
import org.postrider.milter.MilterParams;
import org.postrider.milter.Milters;
import org.postrider.peer.Client;

/// Which milters see a client's mail: smtpd_milters, or what smtpd_milter_maps has for its address.
/// Immutable; any thread.
///
/// @param maps null for none
public record MilterChoice(Milters ordinary, @Nullable Table maps, String defaultAction) {
    /// @param none receive_override_options has no_milters
    public static MilterChoice of(Settings settings, Tables tables, boolean none) {
        String action = settings.get(MilterParams.DEFAULT_ACTION);
        List<String> maps = settings.get(MilterParams.SMTPD_MILTER_MAPS);
        return new MilterChoice(
                none ? Milters.NONE : Milters.of(settings.get(MilterParams.SMTPD_MILTERS), action),
                none || maps.isEmpty() ? null : tables.chain(maps),
                action);
    }

    /// @throws org.postrider.maps.TableException where the table cannot answer
    public Milters of(Client client) {
        String found = maps == null ? null : maps.lookup(client.ip());
        if (found == null) {
            return ordinary;
        }
        return found.strip().equalsIgnoreCase("DISABLE")
                ? Milters.NONE
                : Milters.of(Values.words(found), defaultAction);
    }
}
