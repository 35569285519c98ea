package org.postrider.master;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.postrider.access.PolicyServices;
import org.postrider.bounce.BounceService;
import org.postrider.cleanup.CleanupService;
import org.postrider.config.ConfigException;
import org.postrider.config.ServiceSettings;
import org.postrider.config.Settings;
import org.postrider.delivery.Transports;
import org.postrider.io.Connection;
import org.postrider.log.LogTag;
import org.postrider.maps.DomainList;
import org.postrider.maps.Opening;
import org.postrider.maps.TableDirectory;
import org.postrider.master.check.MissingLines;
import org.postrider.master.listen.Interfaces;
import org.postrider.qmgr.QmgrParams;
import org.postrider.rewrite.RewriteService;
import org.postrider.smtpd.SmtpdParams;
import org.postrider.verify.VerifyService;

/// Everything that one reading of main.cf and master.cf makes: settings, tables and the services by
/// name. Built whole before it is used; sessions and deliveries keep the one they began with.
public final class Generation
        implements CleanupService.Directory,
                RewriteService.Directory,
                BounceService.Directory,
                VerifyService.Directory,
                Transports {
    private final Configuration configuration;
    private final Shared shared;
    private final TableDirectory tables;
    private final Interfaces interfaces;
    private final PolicyServices policies;

    /// A key that several services share is complained of once.
    private final Set<String> saidOfKeys = Collections.synchronizedSet(new HashSet<>());

    private final Map<String, Transport> transports = new HashMap<>();
    private final List<AutoCloseable> closing = Collections.synchronizedList(new ArrayList<>());
    private volatile boolean retired;

    /// Starts the services, program by program.
    ///
    /// @throws ConfigException with file, line and reason; nothing is left open then
    public Generation(Configuration configuration, Shared shared) {
        this.configuration = configuration;
        this.shared = shared;
        ServiceSettings settings = configuration.settings();
        interfaces = new Interfaces(settings);
        tables =
                new TableDirectory(
                        new Opening(
                                shared.machine().clock(),
                                shared.machine().threads(),
                                settings::text,
                                this::warn),
                        configuration.tables());
        closes(tables);
        policies =
                new PolicyServices(
                        shared.machine().connector(),
                        shared.machine().threads(),
                        shared.machine().clock());
        closes(policies);
        boolean whole = false;
        try {
            for (Program program : configuration.programs().all()) {
                for (Service service : configuration.of(program)) {
                    service.start(this);
                    if (service.made() instanceof Made.Delivers delivers) {
                        transports.put(service.name(), transport(service, delivers));
                        QmgrParams.checkRates(
                                configuration.settingsOf(Programs.QMGR), service.name());
                    }
                }
            }
            whole = true;
        } finally {
            if (!whole) {
                retire();
            }
        }
    }

    private Transport transport(Service service, Made.Delivers delivers) {
        return new Transport(
                service.name(),
                service.program().name(),
                delivers.agent(),
                service.settings(),
                service.processLimit(),
                shared.slots().apply(service.name()));
    }

    private void warn(String text) {
        shared.machine()
                .log()
                .warning(new LogTag("postfix/master", ProcessHandle.current().pid()), text);
    }

    public Configuration configuration() {
        return configuration;
    }

    public ServiceSettings settings() {
        return configuration.settings();
    }

    public Shared shared() {
        return shared;
    }

    public TableDirectory tables() {
        return tables;
    }

    /// Connections to policy servers, of all listeners.
    public PolicyServices policies() {
        return policies;
    }

    public Interfaces interfaces() {
        return interfaces;
    }

    /// Logs as this service.
    public Consumer<String> warnings(Service service) {
        return text -> shared.machine().log().warning(service.logTag(), text);
    }

    /// The same, each text once in this generation.
    public Consumer<String> keyWarnings(Service service) {
        return text -> {
            if (saidOfKeys.add(text)) {
                shared.machine().log().warning(service.logTag(), text);
            }
        };
    }

    /// What local submissions come in under.
    public Settings submissionSettings() {
        return configuration.settingsOf(Programs.PICKUP);
    }

    /// What the first pickup line of master.cf makes; null where there is none.
    public Made.@Nullable Submits pickup() {
        for (Service each : configuration.services()) {
            if (each.made() instanceof Made.Submits submits) {
                return submits;
            }
        }
        return null;
    }

    /// The cleanup service that local submissions pass.
    public CleanupService pickupCleanup() {
        return cleanup(String.valueOf(submissionSettings().text("cleanup_service_name")));
    }

    @Override
    public CleanupService cleanup(String serviceName) {
        return named(
                serviceName,
                "cleanup",
                made -> made instanceof Made.Cleans cleans ? cleans.service() : null);
    }

    @Override
    public RewriteService rewrite(String serviceName) {
        return named(
                serviceName,
                "trivial-rewrite",
                made -> made instanceof Made.Rewrites rewrites ? rewrites.service() : null);
    }

    @Override
    public BounceService bounce(String serviceName) {
        return named(
                serviceName,
                "bounce",
                made -> made instanceof Made.Notifies notifies ? notifies.service() : null);
    }

    @Override
    public @Nullable VerifyService verify(String serviceName) {
        for (Service each : configuration.services()) {
            if (each.name().equals(serviceName) && each.made() instanceof Made.Verifies verifies) {
                return verifies.service();
            }
        }
        return null;
    }

    private <T> T named(String name, String program, Function<Made, @Nullable T> as) {
        for (Service each : configuration.services()) {
            T service = each.name().equals(name) ? as.apply(each.made()) : null;
            if (service != null) {
                return service;
            }
        }
        throw new ConfigException(
                configuration.masterCf().file()
                        + ": no service \""
                        + name
                        + "\" with program "
                        + program
                        + "; "
                        + MissingLines.toAdd(name, program));
    }

    /// Hands a client to the pass line of this name and serves it until its session is over.
    ///
    /// @param begun run when it has a place
    /// @return false if there is no such line, and nothing was done
    public boolean pass(String name, Connection client, Runnable begun) {
        for (Service each : configuration.services()) {
            if (each.name().equals(name)
                    && each.line().type().equals("pass")
                    && each.made() instanceof Made.Listens listens
                    && !listens.door().takesAll()) {
                shared.running().handOver(each, listens.door(), client, begun);
                return true;
            }
        }
        return false;
    }

    @Override
    public @Nullable Transport transport(String name) {
        return transports.get(name);
    }

    /// Mail for the domain may be flushed by itself (fast_flush_domains).
    public boolean flushable(String domain) {
        return DomainList.of(settings(), SmtpdParams.FAST_FLUSH_DOMAINS, tables).contains(domain);
    }

    /// To be closed with this generation. What is made after [#retire], such as the service of a
    /// busy time, keeps nothing.
    public void closes(AutoCloseable each) {
        closing.add(each);
        if (retired) {
            close(each);
        }
    }

    /// Lets go of kept sessions; deliveries under way go on.
    public void retire() {
        retired = true;
        for (AutoCloseable each : List.copyOf(closing)) {
            close(each);
        }
    }

    private void close(AutoCloseable each) {
        try {
            each.close();
        } catch (Throwable e) {
            warn("close: " + e.getMessage());
        }
    }
}
