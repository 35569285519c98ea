package org.postrider.smtp.policy;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.config.Values;
import org.postrider.maps.Table;
import org.postrider.maps.Tables;
import org.postrider.smtp.ClientSettings;
import org.postrider.smtp.SmtpParams;
import org.postrider.wire.EhloKeywords;

/// EHLO keywords of servers that are passed over: those of smtp_discard_ehlo_keyword_address_maps
/// for the server's address, else smtp_discard_ehlo_keywords. Immutable; any thread.
///
/// @param maps null for none
public record DiscardedKeywords(@Nullable Table maps, Set<String> ordinary) {
    public static DiscardedKeywords of(ClientSettings settings, Tables tables) {
        List<String> maps = settings.get(SmtpParams.DISCARD_EHLO_MAPS);
        return new DiscardedKeywords(
                maps.isEmpty()
                        ? null
                        : tables.chain(settings.name(SmtpParams.DISCARD_EHLO_MAPS), maps),
                EhloKeywords.of(settings.get(SmtpParams.DISCARD_EHLO)));
    }

    /// In upper case.
    ///
    /// @param server its address, or the path of its socket
    ///
    /// @throws org.postrider.maps.TableException where the table cannot answer
    public Set<String> of(String server) {
        String found = maps == null ? null : maps.lookup(server);
        return found == null ? ordinary : EhloKeywords.of(Values.words(found));
    }
}
