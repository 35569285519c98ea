package org.postrider.pickup;

import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.config.Settings;
import org.postrider.config.Values;
import org.postrider.maps.AddressMaps;
import org.postrider.maps.Fold;
import org.postrider.maps.Table;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;

/// Who of this machine's users may submit mail with which envelope sender: local_login_sender_maps.
/// sendmail and postdrop ask it to tell the user, pickup asks it again, since anybody can put a
/// file into maildrop. The superuser has no right that the tables do not give, as in Postfix. Any
/// thread.
public final class LoginSenders {
    private static final String ANYTHING = "static:*";

    private final String maps;
    private final String nullSender;
    private final String delimiters;
    private final Table table;

    public LoginSenders(Settings settings, Tables tables) {
        maps = settings.get(PickupParams.LOCAL_LOGIN_SENDER_MAPS);
        nullSender = settings.get(PickupParams.EMPTY_ADDRESS_LOCAL_LOGIN_SENDER_MAPS_LOOKUP_KEY);
        delimiters = String.valueOf(settings.text("recipient_delimiter"));
        table = tables.chain(PickupParams.LOCAL_LOGIN_SENDER_MAPS.name(), Values.words(maps));
    }

    /// Whether every user may be anybody, so that nobody needs a name.
    public boolean anything() {
        return maps.strip().equals(ANYTHING);
    }

    /// @param login the user's name; null for a user without one
    /// @param sender in internal form
    /// @return why not, in Postfix's words; null if he may
    /// @throws TableException a table cannot say
    public @Nullable String refusal(@Nullable String login, long uid, String sender) {
        if (anything()) {
            return null;
        }
        String who = login == null ? "uid:" + uid : login;
        String value = table.lookup(who);
        if (value != null && value.isBlank()) {
            throw new TableException("local_login_sender_maps: no sender in the entry of " + who);
        }
        for (String pattern : Values.words(value == null ? "" : value)) {
            if (matches(pattern, new Address(sender))) {
                return null;
            }
        }
        return "not authorized to use sender='" + sender + "'";
    }

    private boolean matches(String pattern, Address sender) {
        if (pattern.equals("*")) {
            return true;
        }
        if (sender.isNull()) {
            return pattern.equals(nullSender);
        }
        if (pattern.startsWith("@")) {
            return !sender.domain().isEmpty() && Fold.same(pattern.substring(1), sender.domain());
        }
        String base = AddressMaps.withoutExtension(sender.local(), delimiters);
        String bare = sender.domain().isEmpty() ? base : base + "@" + sender.domain();
        return Fold.same(pattern, sender.text()) || Fold.same(pattern, bare);
    }
}
