package org.postrider.command.explain;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.access.PolicyServices;
import org.postrider.command.ControlClient;
import org.postrider.command.outside.Probing;
import org.postrider.config.ConfigException;
import org.postrider.config.ServicePorts;
import org.postrider.config.ServiceSettings;
import org.postrider.dns.AddressText;
import org.postrider.dns.Resolver;
import org.postrider.maps.Tables;
import org.postrider.master.Configuration;
import org.postrider.master.Programs;
import org.postrider.master.Service;
import org.postrider.smtpd.SmtpdParams;

/// The line of master.cf whose sessions are asked about.
record Listener(Configuration configuration, Service service) {
    /// The line that postscreen hands clients to.
    private static final String PASS_TO = "smtpd_service_name";

    /// @param name as master.cf has it, its port, or the name of its port; null for the first line
    ///   of smtpd
    /// @throws ConfigException where there is none
    static Listener of(Configuration configuration, @Nullable String name) {
        ServicePorts ports = ServicePorts.of(configuration.settings());
        for (Service each : configuration.of(Programs.SMTPD)) {
            if (name == null || matches(each.name(), name, ports)) {
                return new Listener(configuration, each);
            }
        }
        for (Service each : configuration.services()) {
            if (name != null && screens(each) && matches(each.name(), name, ports)) {
                String passTo = String.valueOf(each.settings().text(PASS_TO));
                return of(configuration, passTo.equals(name) ? null : passTo);
            }
        }
        String file = configuration.masterCf().file().toString();
        throw new ConfigException(
                file + ": no service with program smtpd" + (name == null ? "" : ": " + name));
    }

    /// Those that clients of other hosts reach: all of smtpd but what is bound to this machine's
    /// own address, as behind a content filter; where all are, the first.
    ///
    /// @throws ConfigException where there is none of smtpd
    static List<Listener> ofStrangers(Configuration configuration) {
        List<Listener> out =
                configuration.of(Programs.SMTPD).stream()
                        .filter(each -> !onLoopback(each.name()))
                        .map(each -> new Listener(configuration, each))
                        .toList();
        return out.isEmpty() ? List.of(of(configuration, null)) : out;
    }

    private static boolean onLoopback(String name) {
        int colon = name.lastIndexOf(':');
        String host = colon < 0 ? "" : name.substring(0, colon).replaceAll("^\\[|\\]$", "");
        byte[] octets = AddressText.octets(host);
        return host.equals("localhost")
                || octets != null && octets.length == 4 && octets[0] == 127
                || host.equals("::1");
    }

    private static boolean matches(String line, String name, ServicePorts ports) {
        String port = line.substring(line.lastIndexOf(':') + 1);
        int number = ports.port(name);
        return line.equals(name) || port.equals(name) || number >= 0 && number == ports.port(port);
    }

    /// The line of postscreen that hands clients to it; null for none.
    @Nullable Service screen() {
        return configuration.services().stream()
                .filter(s -> screens(s) && handsTo(s))
                .findFirst()
                .orElse(null);
    }

    /// `smtp inet smtpd (/etc/postfix/master.cf, line 12)`.
    String text() {
        Service screen = screen();
        String before = screen == null ? "" : ", behind postscreen (" + screen.place() + ")";
        return service.name()
                + " "
                + service.line().type()
                + " smtpd ("
                + service.place()
                + ")"
                + before;
    }

    private static boolean screens(Service service) {
        return service.program().name().equals("postscreen");
    }

    private boolean handsTo(Service screen) {
        return service.line().type().equals("pass")
                && service.name().equals(screen.settings().text(PASS_TO));
    }

    /// The settings of the address rewriting that the line asks.
    ServiceSettings rewrite() {
        String name = service.settings().get(SmtpdParams.REWRITE_SERVICE);
        for (Service each : configuration.services()) {
            if (each.name().equals(name) && each.program().name().equals("trivial-rewrite")) {
                return each.settings();
            }
        }
        throw new ConfigException(
                configuration.masterCf().file() + ": no service \"" + name + "\"");
    }

    /// @param dns null where nobody is to be asked
    /// @param policies null where no policy server is to be asked
    /// @param probes who verifies addresses; null: only their cache is read
    World world(
            Tables tables,
            @Nullable Resolver dns,
            @Nullable PolicyServices policies,
            @Nullable ControlClient probes) {
        return new World(
                service.settings(),
                rewrite(),
                tables,
                configuration.ownAddresses(),
                new World.Outside(
                        dns,
                        policies,
                        service.line().chroot(),
                        new Probing(configuration, probes)));
    }
}
