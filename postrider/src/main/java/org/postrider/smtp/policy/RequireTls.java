package org.postrider.smtp.policy;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.maps.Fold;
import org.postrider.maps.Table;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;
import org.postrider.smtp.ClientSettings;
import org.postrider.smtp.SmtpTlsParams;
import org.postrider.smtp.route.Destination;
import org.postrider.smtp.route.Server;

/// What REQUIRETLS of a mail (RFC 8689) asks of a next hop's servers: smtp_requiretls_policy, a
/// list of actions and of tables that name actions, of which the first that says something counts.
/// Immutable; any thread.
public final class RequireTls {
    /// What is asked of a server.
    public enum Action {
        /// Verified TLS, known by more than strangers' word, and that it passes the demand on.
        ENFORCE("enforce"),
        /// TLS; it is told of the demand if it knows it.
        OPPORTUNISTIC_STARTTLS("opportunistic+starttls"),
        /// Nothing; it is told of the demand if it knows it, and there is TLS.
        OPPORTUNISTIC("opportunistic"),
        /// Nothing, and it is not told.
        DISABLE("disable");

        private final String word;

        Action(String word) {
            this.word = word;
        }

        static @Nullable Action of(String text) {
            for (Action each : values()) {
                if (each.word.equals(Fold.lower(text.strip()))) {
                    return each;
                }
            }
            return null;
        }
    }

    /// One of both.
    private record Item(@Nullable Action action, @Nullable Table table) {}

    private final List<Item> items = new ArrayList<>();
    private final String name;
    private final @Nullable String fault;

    public RequireTls(ClientSettings settings, Tables tables) {
        name = settings.name(SmtpTlsParams.REQUIRETLS_POLICY);
        for (String word : settings.get(SmtpTlsParams.REQUIRETLS_POLICY)) {
            Action action = Action.of(word);
            if (action != null) {
                items.add(new Item(action, null));
            } else if (word.indexOf(':') > 0) {
                items.add(new Item(null, tables.chain(List.of(word))));
            }
        }
        fault = fault(settings);
    }

    /// What is wrong with the policy of a client, its file and line before it where it is set: its
    /// mail with REQUIRETLS waits; null for nothing.
    public static @Nullable String fault(ClientSettings settings) {
        String at = settings.origin(SmtpTlsParams.REQUIRETLS_POLICY);
        for (String word : settings.get(SmtpTlsParams.REQUIRETLS_POLICY)) {
            if (Action.of(word) == null && word.indexOf(':') <= 0) {
                return (at == null ? "" : at + ": ")
                        + settings.name(SmtpTlsParams.REQUIRETLS_POLICY)
                        + ": unknown action \""
                        + word
                        + "\"";
            }
        }
        return null;
    }

    /// For mail with REQUIRETLS.
    ///
    /// @throws TableException where a table cannot answer
    /// @throws ConfigException where an action is none: the mail waits
    public Action of(Destination to, Server server) {
        if (fault != null) {
            throw new ConfigException(fault);
        }
        // By what names it: without brackets and port. A UNIX socket is this machine's.
        String key = to.kind() == Destination.Kind.PATH ? server.name() : to.host();
        for (Item each : items) {
            Action found = each.table == null ? each.action : found(each.table, Fold.lower(key));
            if (found != null) {
                return found;
            }
        }
        return Action.ENFORCE;
    }

    private @Nullable Action found(Table table, String key) {
        String value = table.lookup(key);
        int dot = key.indexOf('.');
        while (value == null && dot >= 0 && dot + 1 < key.length() && !table.patterned()) {
            value = table.lookup(key.substring(dot));
            dot = key.indexOf('.', dot + 1);
        }
        if (value == null) {
            return null;
        }
        Action action = Action.of(value);
        if (action == null) {
            throw new ConfigException(
                    name + ": " + table.name() + " says \"" + value + "\" of " + key);
        }
        return action;
    }
}
