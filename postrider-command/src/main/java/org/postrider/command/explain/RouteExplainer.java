package org.postrider.command.explain;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.command.heard.Where;
import org.postrider.config.ConfigException;
import org.postrider.config.ServiceSettings;
import org.postrider.config.Values;
import org.postrider.dns.Resolver;
import org.postrider.maps.Tables;
import org.postrider.master.Configuration;
import org.postrider.master.Programs;
import org.postrider.master.Service;
import org.postrider.smtp.Protocol;
import org.postrider.time.Clock;

/// `postexplain route`: rewriting, expansion, transport and next hop of one recipient.
record RouteExplainer(Configuration configuration, Listener listener, Clock clock) {
    RouteReport of(Tables tables, @Nullable Resolver dns, Address sender, Address to) {
        ServiceSettings settings = listener.service().settings();
        RouteTrial trial =
                new RouteTrial(
                        new RouteTrial.Ground(
                                cleanup(settings),
                                listener.rewrite(),
                                tables,
                                dns,
                                configuration.ownAddresses()),
                        clock);
        Where where = new Where(settings);
        String filter = String.valueOf(settings.text("content_filter"));
        RouteTrial.Rewritten rewritten = trial.rewritten(sender, to);
        List<RouteReport.Way> ways = new ArrayList<>();
        for (Address each : rewritten.recipients()) {
            ways.add(way(trial, rewritten.sender(), each));
        }
        return new RouteReport(
                to,
                filter.isEmpty() ? "" : filter + " (" + where.of("content_filter") + ")",
                rewritten,
                ways,
                trial.unreadable(),
                where);
    }

    /// The settings of the listener's cleanup, with what the listener leaves out.
    private ServiceSettings cleanup(ServiceSettings listening) {
        String name = String.valueOf(listening.text("cleanup_service_name"));
        String overrides = String.valueOf(listening.text("receive_override_options"));
        Service service = service(name);
        if (service == null || !service.program().name().equals("cleanup")) {
            throw new ConfigException(
                    configuration.masterCf().file() + ": no service \"" + name + "\"");
        }
        return service.settings().with(java.util.Map.of("receive_override_options", overrides));
    }

    private @Nullable Service service(String name) {
        for (Service each : configuration.services()) {
            if (each.name().equals(name) && !each.program().equals(Programs.SMTPD)) {
                return each;
            }
        }
        return null;
    }

    private RouteReport.Way way(RouteTrial trial, Address sender, Address recipient) {
        RouteTrial.Leg leg = trial.leg(sender, recipient);
        String transport = leg.resolved().transport();
        Service service = service(transport);
        String file = configuration.masterCf().file().toString();
        if (service == null) {
            String missing = file + " has no line " + transport;
            return new RouteReport.Way(recipient, leg, missing, missing, null);
        }
        String line = service.program().name() + " (" + service.place() + ")";
        return new RouteReport.Way(
                recipient,
                leg,
                line,
                hold(transport),
                hops(trial, service, leg.resolved().nexthop()));
    }

    private String hold(String transport) {
        ServiceSettings qmgr =
                configuration.settingsOf(Programs.QMGR) instanceof ServiceSettings s
                        ? s
                        : configuration.settings();
        String held = qmgr.text("defer_transports");
        boolean deferred = held != null && Values.words(held).contains(transport);
        return deferred
                ? "defer_transports (" + new Where(qmgr).of("defer_transports") + ") names it"
                : "";
    }

    private static RouteTrial.@Nullable Hops hops(
            RouteTrial trial, Service service, String nexthop) {
        String program = service.program().name();
        boolean smtp = program.equals("smtp");
        if (!smtp && !program.equals("lmtp")) {
            return null;
        }
        try {
            Protocol protocol = smtp ? Protocol.SMTP : Protocol.LMTP;
            return trial.hops(service.settings(), protocol, nexthop);
        } catch (ConfigException e) {
            return new RouteTrial.Hops(
                    List.of(), List.of(), List.of(String.valueOf(e.getMessage())));
        }
    }
}
