package org.postrider.smtp.route;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.postrider.dns.Resolver;
import org.postrider.maps.DomainList;
import org.postrider.maps.Tables;
import org.postrider.smtp.ClientSettings;
import org.postrider.smtp.SmtpParams;

/// Which services' servers are found by SRV records (RFC 2782, RFC 6186), and what if there are
/// none. Immutable; any thread.
///
/// @param names use_srv_lookup
/// @param standard the service of a next hop that names none
record Services(DomainList names, String standard, boolean fallback, boolean ignoresErrors) {
    static Services of(ClientSettings settings, Tables tables) {
        return new Services(
                DomainList.exact(
                        SmtpParams.USE_SRV_LOOKUP.name(),
                        settings.get(SmtpParams.USE_SRV_LOOKUP),
                        tables),
                settings.get(SmtpParams.TCP_PORT),
                settings.get(SmtpParams.ALLOW_SRV_FALLBACK),
                settings.get(SmtpParams.IGNORE_SRV_ERROR));
    }

    /// @throws org.postrider.maps.TableException when a table cannot answer
    boolean found(Destination d) {
        return !d.text().startsWith("[")
                && d.kind() != Destination.Kind.PATH
                && names.contains(service(d));
    }

    /// The name that is looked up.
    String record(Destination d) {
        return "_" + service(d) + "._tcp." + d.host();
    }

    private String service(Destination d) {
        return d.service().isEmpty() ? standard : d.service();
    }

    /// By priority; equals in random order, those of more weight sooner (RFC 2782; a weight of zero
    /// is one like any other, as for Postfix).
    static List<Resolver.Srv> ordered(List<Resolver.Srv> records) {
        List<Resolver.Srv> all = new ArrayList<>(records);
        Collections.shuffle(all);
        all.sort(Comparator.comparingInt(Resolver.Srv::priority));
        for (int from = 0; from < all.size(); ) {
            int to = from;
            while (to < all.size() && all.get(to).priority() == all.get(from).priority()) {
                to++;
            }
            weigh(all.subList(from, to));
            from = to;
        }
        return all;
    }

    private static void weigh(List<Resolver.Srv> equals) {
        int left = equals.stream().mapToInt(Resolver.Srv::weight).sum();
        for (int i = 0; left > 0 && i < equals.size() - 1; i++) {
            int threshold = ThreadLocalRandom.current().nextInt(left + 1);
            int k = i;
            int sum = equals.get(k).weight();
            while (sum < threshold) {
                sum += equals.get(++k).weight();
            }
            left -= equals.get(k).weight();
            Collections.swap(equals, i, k);
        }
    }
}
