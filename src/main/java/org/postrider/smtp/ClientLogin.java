package org.postrider.smtp;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.config.Holds;
import org.postrider.config.Settings;
import org.postrider.maps.AddressMaps;
import org.postrider.maps.Table;
import org.postrider.maps.Tables;

/// Where this client would have to log in (smtp_sasl_password_maps). It cannot yet, so such mail
/// waits; other mail goes as it goes in Postfix, without a login. Immutable; any thread.
///
/// @param passwords null where nobody logs in
/// @param senders null where passwords do not depend on senders
record ClientLogin(boolean enabled, @Nullable Table passwords, @Nullable AddressMaps senders) {
    static ClientLogin of(Settings settings, Tables tables) {
        List<String> maps = settings.get(SmtpParams.SASL_PASSWORD_MAPS);
        boolean enabled = settings.get(SmtpParams.SASL_AUTH_ENABLE);
        if (!enabled || maps.isEmpty()) {
            return new ClientLogin(enabled, null, null);
        }
        String delimiters = String.valueOf(settings.text("recipient_delimiter"));
        return new ClientLogin(
                true,
                tables.chain(maps),
                settings.get(SmtpParams.SENDER_DEPENDENT_AUTHENTICATION)
                        ? new AddressMaps(maps, tables, delimiters)
                        : null);
    }

    /// Why mail does not go to a server; null where it does.
    ///
    /// @param nexthop as it was written
    /// @throws org.postrider.maps.TableException where the table cannot answer
    @Nullable String held(Address sender, String server, String nexthop) {
        if (!enabled) {
            return null;
        }
        Table table = passwords;
        if (table == null) {
            return "smtp_sasl_auth_enable = yes wants smtp_sasl_password_maps";
        }
        AddressMaps bySender = senders;
        boolean wanted =
                (bySender != null && !sender.isNull() && bySender.lookup(sender, false) != null)
                        || table.lookup(server) != null
                        || table.lookup(nexthop) != null;
        return wanted ? Holds.reason("smtp_sasl_auth_enable") : null;
    }
}
