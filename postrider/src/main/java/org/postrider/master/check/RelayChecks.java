package org.postrider.master.check;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.config.Place;
import org.postrider.config.ServiceSettings;
import org.postrider.config.Settings;
import org.postrider.config.Values;
import org.postrider.maps.Network;
import org.postrider.master.Configuration;
import org.postrider.master.Programs;
import org.postrider.master.Service;
import org.postrider.smtp.ClientSettings;
import org.postrider.smtp.Protocol;
import org.postrider.smtp.SmtpChecks;

/// Settings that let strangers send mail through this machine, or a password through a wire.
final class RelayChecks {
    private static final Set<String> ENDS =
            Set.of(
                    "reject_unauth_destination",
                    "defer_unauth_destination",
                    "check_relay_domains",
                    "reject",
                    "defer");

    private RelayChecks() {}

    static Set<String> all(Configuration configuration) {
        ServiceSettings settings = configuration.settings();
        Set<String> out = new LinkedHashSet<>();
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
        passwords(configuration, out);
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
            ServiceSettings main, Settings settings, String service, Set<String> out) {
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

    private static void wholeDomains(ServiceSettings settings, Set<String> out) {
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
            ServiceSettings main, Settings settings, String service, Set<String> out) {
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

    /// A server that offers no STARTTLS would get the password in clear: said once for all lines
    /// that go by main.cf, and for each that says otherwise.
    private static void passwords(Configuration configuration, Set<String> out) {
        for (Service each : configuration.services()) {
            @Nullable Protocol protocol =
                    switch (each.program().name()) {
                        case "smtp" -> Protocol.SMTP;
                        case "lmtp" -> Protocol.LMTP;
                        default -> null;
                    };
            try {
                SmtpChecks.@Nullable InClear found =
                        protocol == null
                                ? null
                                : SmtpChecks.inClear(new ClientSettings(each.settings(), protocol));
                if (found != null) {
                    out.add(place(each, found.parameters()) + ": " + found.text());
                }
            } catch (ConfigException e) {
                // Its settings are no values, which is said by Checks.
            }
        }
    }

    /// The service's line where it sets one of these, else where the first is set.
    private static Place place(Service service, List<String> parameters) {
        Place set = service.settings().place(parameters.getFirst());
        boolean own = parameters.stream().anyMatch(service.line().overrides()::containsKey);
        return own || set == null ? service.place() : set;
    }
}
