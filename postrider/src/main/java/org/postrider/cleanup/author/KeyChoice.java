package org.postrider.cleanup.author;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.postrider.config.ConfigException;
import org.postrider.config.Settings;
import org.postrider.dkim.SigningKeys;
import org.postrider.dns.HostName;
import org.postrider.maps.Fold;
import org.postrider.maps.Tables;

/// Which keys sign the mail of an author: what a table says of the address, else those of its
/// domain. Immutable; any thread.
final class KeyChoice {
    private static final String NONE = "none";

    private final SenderTables tables;
    private final Map<String, List<SigningKeys.Named>> byDomain;

    /// @throws ConfigException where dkim_signing_keys is not of its form
    KeyChoice(Settings settings, Tables from) {
        tables =
                new SenderTables(
                        SigningParams.DKIM_SIGNING_MAPS.name(),
                        settings.get(SigningParams.DKIM_SIGNING_MAPS),
                        from);
        byDomain = named(settings);
    }

    /// Those of dkim_signing_keys, in its order.
    ///
    /// @throws ConfigException where it is not of its form
    static Map<String, List<SigningKeys.Named>> named(Settings settings) {
        Map<String, List<SigningKeys.Named>> out = new LinkedHashMap<>();
        for (String word : settings.get(SigningParams.DKIM_SIGNING_KEYS)) {
            for (SigningKeys.Named each : parse(SigningParams.DKIM_SIGNING_KEYS.name(), word)) {
                List<SigningKeys.Named> ofDomain =
                        out.computeIfAbsent(each.domain(), _ -> new ArrayList<>());
                ofDomain.add(each);
                if (ofDomain.size() > SigningKeys.MOST) {
                    throw new ConfigException(
                            SigningParams.DKIM_SIGNING_KEYS.name()
                                    + ": more than "
                                    + SigningKeys.MOST
                                    + " keys of "
                                    + each.domain());
                }
            }
        }
        return out;
    }

    private static List<SigningKeys.Named> parse(String parameter, String value) {
        try {
            return SigningKeys.parse(value);
        } catch (ConfigException e) {
            throw new ConfigException(parameter + ": " + e.getMessage());
        }
    }

    boolean isEmpty() {
        return tables.isEmpty() && byDomain.isEmpty();
    }

    /// @param author the address in From; empty for none
    /// @param sender the envelope's; empty for none
    /// @return empty where nothing signs it
    /// @throws org.postrider.maps.TableException when a table cannot answer
    /// @throws ConfigException where a table names no keys but something else
    List<SigningKeys.Named> of(String author, String sender) {
        String found = tables.find(author);
        if (found == null) {
            found = tables.find(sender);
        }
        if (found != null) {
            return found.strip().equals(NONE)
                    ? List.of()
                    : parse(SigningParams.DKIM_SIGNING_MAPS.name(), found);
        }
        String domain = ascii(author.substring(author.lastIndexOf('@') + 1));
        List<SigningKeys.Named> keys = null;
        for (String at = domain; keys == null && !at.isEmpty(); at = parent(at)) {
            keys = byDomain.get(at);
        }
        return keys == null ? List.of() : keys;
    }

    /// As keys are named: in A-labels, without a dot at its end (RFC 6376 3.5, RFC 8616 3).
    private static String ascii(String domain) {
        String out = HostName.ascii(domain);
        if (out == null) {
            // No domain name: nobody has a key for it.
            return "";
        }
        return Fold.lower(out.endsWith(".") ? out.substring(0, out.length() - 1) : out);
    }

    private static String parent(String domain) {
        int dot = domain.indexOf('.');
        return dot < 0 ? "" : domain.substring(dot + 1);
    }
}
