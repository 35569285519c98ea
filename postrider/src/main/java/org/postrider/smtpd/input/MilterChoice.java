package org.postrider.smtpd.input;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.config.Settings;
import org.postrider.config.Values;
import org.postrider.maps.Table;
import org.postrider.maps.Tables;
import org.postrider.milter.MilterParams;
import org.postrider.milter.MilterSockets;
import org.postrider.milter.Milters;
import org.postrider.peer.Client;

/// Which milters see a client's mail: smtpd_milters, or what smtpd_milter_maps has for its address.
/// Immutable; any thread.
///
/// @param maps null for none
public record MilterChoice(Milters ordinary, @Nullable Table maps, Milters.Defaults defaults) {
    /// @param none receive_override_options has no_milters
    public static MilterChoice of(
            Settings settings, Tables tables, MilterSockets sockets, boolean none) {
        Milters.Defaults defaults = Milters.Defaults.of(settings, sockets);
        List<String> maps = settings.get(MilterParams.SMTPD_MILTER_MAPS);
        List<String> words = settings.get(MilterParams.SMTPD_MILTERS);
        return new MilterChoice(
                defaults.of(none || disabled(words) ? List.of() : words),
                none || maps.isEmpty()
                        ? null
                        : tables.chain(MilterParams.SMTPD_MILTER_MAPS.name(), maps),
                defaults);
    }

    /// @throws org.postrider.maps.TableException where the table cannot answer
    public Milters of(Client client) {
        String found = maps == null ? null : maps.lookup(client.ip());
        if (found == null) {
            return ordinary;
        }
        List<String> words = Values.words(found);
        return defaults.of(disabled(words) ? List.of() : words);
    }

    private static boolean disabled(List<String> words) {
        return words.size() == 1 && words.getFirst().equalsIgnoreCase("DISABLE");
    }
}
