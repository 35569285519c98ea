package org.postrider.master.check;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.postrider.access.AccessParams;
import org.postrider.config.ConfigException;
import org.postrider.config.ServiceSettings;
import org.postrider.maps.Fold;
import org.postrider.maps.NetworkList;
import org.postrider.maps.Opening;
import org.postrider.maps.TableDirectory;
import org.postrider.maps.TableException;
import org.postrider.master.Configuration;
import org.postrider.master.Programs;
import org.postrider.master.Service;
import org.postrider.smtpd.SmtpdParams;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// Listeners that a content filter gives mail back to, and that would sign all of it: what a
/// stranger sent in our name comes back from one of our own addresses (decision 0057).
final class ReturnChecks {
    private static final List<String> LOOPBACK = List.of("127.0.0.1:", "localhost:", "[::1]:");

    private ReturnChecks() {}

    static List<String> all(Configuration configuration) {
        List<Service> servers = configuration.of(Programs.SMTPD);
        List<String> out = new ArrayList<>();
        if (servers.stream().noneMatch(each -> filters(each.settings()))) {
            return out;
        }
        boolean queued =
                servers.stream()
                        .anyMatch(each -> !text(each.settings(), "content_filter").isEmpty());
        String remedy =
                (queued
                                ? "-o receive_override_options=no_milters (what is ours was signed"
                                        + " before the filter), or "
                                : "")
                        + "-o smtpd_authorized_xforward_hosts=127.0.0.0/8,[::1]/128 if the filter"
                        + " says XFORWARD";
        for (Service each : servers) {
            String name = each.line().name();
            try {
                if (LOOPBACK.stream().anyMatch(name::startsWith)
                        && !filters(each.settings())
                        && signs(configuration, each)) {
                    out.add(
                            each.place()
                                    + ": "
                                    + name
                                    + ": mail of strangers that a filter gives back here is signed"
                                    + " as ours (dkim_sign_clients = permit_mynetworks): set "
                                    + remedy);
                }
            } catch (ConfigException | TableException e) {
                // Said by the start itself.
            }
        }
        return out;
    }

    private static boolean filters(ServiceSettings settings) {
        return !text(settings, "content_filter").isEmpty()
                || !text(settings, "smtpd_proxy_filter").isEmpty();
    }

    private static String text(ServiceSettings settings, String parameter) {
        String text = settings.text(parameter);
        return text == null ? "" : text.strip();
    }

    private static boolean signs(Configuration configuration, Service server) {
        ServiceSettings own = server.settings();
        ServiceSettings cleanup = cleanup(configuration, text(own, "cleanup_service_name"));
        boolean keys =
                !text(cleanup, "dkim_signing_keys").isEmpty()
                        || !text(cleanup, "dkim_signing_maps").isEmpty();
        return keys
                && !text(own, "receive_override_options").contains("no_milters")
                && own.get(SmtpdParams.XFORWARD_HOSTS).isEmpty()
                && own.get(AccessParams.DKIM_SIGN_CLIENTS).stream()
                        .anyMatch(word -> Fold.same(word, "permit_mynetworks"))
                && inMyNetworks(own);
    }

    private static ServiceSettings cleanup(Configuration configuration, String name) {
        return configuration.of(Programs.CLEANUP).stream()
                .filter(each -> each.name().equals(name))
                .map(Service::settings)
                .findFirst()
                .orElse(configuration.settings());
    }

    private static boolean inMyNetworks(ServiceSettings settings) {
        try (TableDirectory tables =
                new TableDirectory(
                        new Opening(
                                Clock.system(), Supervisor.alone(), settings::text, text -> {}))) {
            return NetworkList.of(settings, AccessParams.MYNETWORKS, tables)
                    .contains("localhost", InetAddress.ofLiteral("127.0.0.1"));
        }
    }
}
