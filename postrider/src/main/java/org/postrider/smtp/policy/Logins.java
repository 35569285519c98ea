package org.postrider.smtp.policy;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.config.Holds;
import org.postrider.maps.AddressMaps;
import org.postrider.maps.Table;
import org.postrider.maps.Tables;
import org.postrider.smtp.ClientSettings;
import org.postrider.smtp.SmtpParams;
import org.postrider.smtp.route.Destination;
import org.postrider.smtp.route.Server;

/// Resolves the [Login] for mail of a sender to a server of a next hop (smtp_sasl_password_maps).
/// This client cannot log in yet: mail that has to waits, other mail goes as it goes in Postfix,
/// without a login. Immutable; any thread.
///
/// @param passwords null where nobody logs in
/// @param senders null where passwords do not depend on senders
public record Logins(
        boolean enabled, Names names, @Nullable Table passwords, @Nullable AddressMaps senders) {
    /// What its settings are called.
    record Names(String enable, String maps) {}

    static Logins of(ClientSettings settings, Tables tables) {
        List<String> maps = settings.get(SmtpParams.SASL_PASSWORD_MAPS);
        boolean enabled = settings.get(SmtpParams.SASL_AUTH_ENABLE);
        Names names =
                new Names(
                        settings.name(SmtpParams.SASL_AUTH_ENABLE),
                        settings.name(SmtpParams.SASL_PASSWORD_MAPS));
        if (!enabled || maps.isEmpty()) {
            return new Logins(enabled, names, null, null);
        }
        String delimiters = String.valueOf(settings.text("recipient_delimiter"));
        return new Logins(
                true,
                names,
                tables.chain(maps),
                settings.get(SmtpParams.SENDER_DEPENDENT_AUTHENTICATION)
                        ? new AddressMaps(maps, tables, delimiters)
                        : null);
    }

    /// @param to its text as it was written
    /// @throws org.postrider.maps.TableException where the table cannot answer
    Login of(Address sender, Destination to, Server server) {
        Table table = passwords;
        if (table == null) {
            return Login.NONE;
        }
        AddressMaps bySender = senders;
        String found = bySender == null || sender.isNull() ? null : bySender.lookup(sender, false);
        if (found == null) {
            found = table.lookup(server.name());
        }
        if (found == null) {
            found = table.lookup(to.text());
        }
        return found == null ? Login.NONE : Login.User.of(found);
    }

    /// Why mail does not go under a login; null where it does.
    @Nullable String held(Login login) {
        if (enabled && passwords == null) {
            return names.enable() + " = yes wants " + names.maps();
        }
        return login instanceof Login.User ? Holds.reason(names.enable()) : null;
    }
}
