package org.postrider.master.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ServiceSettings;
import org.postrider.config.Settings;
import org.postrider.config.Values;
import org.postrider.maps.Network;
import org.postrider.master.Configuration;
import org.postrider.master.Programs;
import org.postrider.master.Service;

/// Settings that let strangers send mail through this machine, or a password through a wire.
final class RelayChecks {
    private static final Set<String> ENDS =
            Set.of(
                    "reject_unauth_destination",
                    "defer_unauth_destination",
                    "check_relay_domains",
                    "reject",
                    "defer");
    private static final Set<String> SAFE_LEVELS =
            Set.of("encrypt", "verify", "secure", "fingerprint", "dane-only");

    private RelayChecks() {}

    static List<String> all(Configuration configuration) {
        ServiceSettings settings = configuration.settings();
        List<String> out = new ArrayList<>();
        networks(settings, settings, "", out);
        wholeDomains(settings, out);
        lists(settings, settings, "", out);
        for (Service each : configuration.of(Programs.SMTPD)) {
            Set<String> own = each.line().overrides().keySet();
            if (own.stream().anyMatch(RelayChecks::decides)) {
                String where = each.place() + ": ";
                if (own.contains("mynetworks")) {
                    networks(settings, each.settings(), where, out);
                }
                lists(settings, each.settings(), where, out);
            }
        }
        passwords(settings, out);
        return out;
    }

    private static boolean decides(String name) {
        return name.equals("mynetworks")
                || name.equals("smtpd_relay_restrictions")
                || name.equals("smtpd_recipient_restrictions");
    }

    private static String where(ServiceSettings settings, String name, String service) {
        String origin = settings.origin(name);
        return !service.isEmpty() ? service : (origin == null ? name : origin) + ": ";
    }

    private static void networks(
            ServiceSettings main, Settings settings, String service, List<String> out) {
        for (String word : Values.words(String.valueOf(settings.text("mynetworks")))) {
            Network network;
            try {
                network = Network.parse(word);
            } catch (IllegalArgumentException e) {
                out.add(where(main, "mynetworks", service) + e.getMessage());
                continue;
            }
            if (network != null && wide(network) || word.startsWith("static:")) {
                out.add(
                        where(main, "mynetworks", service)
                                + "open relay: mynetworks contains "
                                + word
                                + ", whose clients may send anywhere");
            }
        }
    }

    /// More than anybody is given. fc00::/7 is for private networks (RFC 4193), fe80::/10 for one
    /// link.
    private static boolean wide(Network network) {
        byte[] base = network.base();
        if (base.length == 4) {
            return network.prefix() < 8;
        }
        boolean unique = network.prefix() >= 7 && (base[0] & 0xfe) == 0xfc;
        boolean link =
                network.prefix() >= 10 && (base[0] & 0xff) == 0xfe && (base[1] & 0xc0) == 0x80;
        return network.prefix() < 16 && !unique && !link;
    }

    private static void wholeDomains(ServiceSettings settings, List<String> out) {
        for (String name : List.of("relay_domains", "mydestination", "virtual_alias_domains")) {
            for (String word : Values.words(String.valueOf(settings.text(name)))) {
                boolean top = word.startsWith(".") && word.indexOf('.', 1) < 0 && word.length() < 5;
                if (word.startsWith("static:") || word.equals("*") || top) {
                    out.add(
                            where(settings, name, "")
                                    + "open relay: "
                                    + name
                                    + " contains "
                                    + word
                                    + ", mail for any domain is taken");
                }
            }
        }
    }

    private static void lists(
            ServiceSettings main, Settings settings, String service, List<String> out) {
        List<String> relay = words(settings, "smtpd_relay_restrictions");
        List<String> recipient = words(settings, "smtpd_recipient_restrictions");
        if (opens(relay) == null && ends(relay)) {
            return;
        }
        String opening = opens(relay) != null ? opens(relay) : opens(recipient);
        String name =
                opens(relay) != null ? "smtpd_relay_restrictions" : "smtpd_recipient_restrictions";
        if (opens(relay) != null && ends(recipient) && opens(recipient) == null) {
            return;
        }
        if (opening != null) {
            out.add(
                    where(main, name, service)
                            + "open relay: "
                            + name
                            + " has "
                            + opening
                            + " before reject_unauth_destination");
        } else if (!ends(recipient)) {
            out.add(
                    where(main, name, service)
                            + "no mail is taken: in smtpd_relay_restrictions or"
                            + " smtpd_recipient_restrictions, specify at least one working instance"
                            + " of: reject_unauth_destination, defer_unauth_destination, reject,"
                            + " defer or check_relay_domains");
        }
    }

    private static List<String> words(Settings settings, String name) {
        return Values.words(String.valueOf(settings.text(name)));
    }

    /// What lets everybody pass before anything refuses; null for nothing.
    private static @Nullable String opens(List<String> words) {
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (ENDS.contains(word)) {
                return null;
            }
            boolean table = i > 0 && words.get(i - 1).startsWith("check_");
            if (word.equals("permit")
                    || table && word.matches("(?i)static:\\{?\\s*(OK|PERMIT)\\b.*")) {
                return word;
            }
        }
        return null;
    }

    private static boolean ends(List<String> words) {
        return words.stream().anyMatch(ENDS::contains);
    }

    /// A server that offers no STARTTLS would get the password in clear.
    private static void passwords(ServiceSettings settings, List<String> out) {
        boolean logsIn = "yes".equals(settings.text("smtp_sasl_auth_enable"));
        String level = String.valueOf(settings.text("smtp_tls_security_level"));
        List<String> options = words(settings, "smtp_sasl_security_options");
        if (logsIn && !SAFE_LEVELS.contains(level) && !options.contains("noplaintext")) {
            out.add(
                    where(settings, "smtp_sasl_auth_enable", "")
                            + "smtp_sasl_auth_enable = yes with opportunistic TLS: a server that"
                            + " offers no STARTTLS gets the password in clear; set"
                            + " smtp_tls_security_level = encrypt (or secure), or"
                            + " smtp_sasl_security_options = noanonymous, noplaintext");
        }
    }
}
