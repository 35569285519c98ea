package org.postrider.master;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;
import org.postrider.anvil.Anvil;
import org.postrider.bounce.BounceNotices;
import org.postrider.bounce.BounceService;
import org.postrider.cleanup.Cleanup;
import org.postrider.cleanup.CleanupService;
import org.postrider.config.ConfigException;
import org.postrider.config.Hold;
import org.postrider.config.Holds;
import org.postrider.config.Honoured;
import org.postrider.config.MasterCf;
import org.postrider.config.ServiceLine;
import org.postrider.config.ServiceSettings;
import org.postrider.config.Settings;
import org.postrider.delivery.Agent;
import org.postrider.delivery.Transports;
import org.postrider.discard.DiscardAgent;
import org.postrider.dns.Resolver;
import org.postrider.error.ErrorAgent;
import org.postrider.io.Connector;
import org.postrider.log.LogTag;
import org.postrider.log.MailLog;
import org.postrider.maps.DomainList;
import org.postrider.maps.Opening;
import org.postrider.maps.TableDirectory;
import org.postrider.maps.Tables;
import org.postrider.peer.ClientNames;
import org.postrider.pickup.Pickup;
import org.postrider.queue.Queue;
import org.postrider.rewrite.RewriteService;
import org.postrider.rewrite.TrivialRewrite;
import org.postrider.smtp.SmtpAgent;
import org.postrider.smtpd.Smtpd;
import org.postrider.smtpd.SmtpdParams;
import org.postrider.smtpd.SmtpdSasl;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// Everything that one reading of main.cf and master.cf makes: settings, tables and the services by
/// name. Built whole before it is used; sessions and deliveries keep the one they began with.
final class Generation
        implements CleanupService.Directory,
                RewriteService.Directory,
                BounceService.Directory,
                Transports {
    /// What outlives a generation.
    record Shared(
            Queue queue,
            MailLog log,
            Clock clock,
            Resolver dns,
            Connector connector,
            ExecutorService nativePool,
            Supervisor threads,
            ClientNames names,
            Anvil anvil,
            Smtpd.Flushing flushing,
            java.util.function.BooleanSupplier congested,
            Slots slots) {}

    /// Pseudo-pids by service, the same over reloads.
    interface Slots {
        org.postrider.log.SlotNumbers of(String service);
    }

    /// An smtpd line of master.cf.
    ///
    /// @param stressed serves while the line is overloaded
    record Listening(
            ServiceLine line, Smtpd smtpd, StressedSmtpd stressed, String tag, int limit) {}

    private final ServiceSettings settings;
    private final MasterCf masterCf;
    private final Shared shared;
    private final TableDirectory tables;

    /// A key that several services share is complained of once.
    private final Set<String> saidOfKeys = new HashSet<>();

    private final Interfaces interfaces;
    private final Map<String, CleanupService> cleanups = new HashMap<>();
    private final Map<String, RewriteService> rewrites = new HashMap<>();
    private final Map<String, BounceService> bounces = new HashMap<>();
    private final Map<String, Transport> transports = new HashMap<>();
    private final List<Listening> listening = new ArrayList<>();
    private final List<AutoCloseable> closing = Collections.synchronizedList(new ArrayList<>());
    private volatile boolean retired;

    /// @throws ConfigException with file, line and reason; nothing is left open then
    Generation(ServiceSettings settings, MasterCf masterCf, Shared shared) {
        this.settings = settings;
        this.masterCf = masterCf;
        this.shared = shared;
        this.interfaces = new Interfaces(settings);
        this.tables =
                new TableDirectory(
                        new Opening(
                                shared.clock(),
                                shared.threads(),
                                settings::text,
                                warning -> shared.log().warning(tag("postfix/master"), warning)));
        closes(tables);
        boolean whole = false;
        try {
            // Order matters: a service finds those it names.
            each("trivial-rewrite", this::rewriteLine);
            each("cleanup", this::cleanupLine);
            each("bounce", this::bounceLine);
            for (ServiceLine line : masterCf.services()) {
                agentLine(line);
            }
            each("smtpd", this::smtpdLine);
            whole = true;
        } finally {
            if (!whole) {
                retire();
            }
        }
    }

    /// Makes a service of its line.
    private interface Maker {
        void make(ServiceLine line, Settings own, String tag);
    }

    private void each(String program, Maker maker) {
        for (ServiceLine line : masterCf.services()) {
            if (line.program().equals(program) && !disabled(line)) {
                Settings own = settings.service(masterCf, line);
                maker.make(line, own, own.get(MasterParams.SYSLOG_NAME) + "/" + program);
            }
        }
    }

    private boolean disabled(ServiceLine line) {
        return !Checks.active(settings, line);
    }

    private LogTag tag(String name) {
        return new LogTag(name, ProcessHandle.current().pid());
    }

    private void rewriteLine(ServiceLine line, Settings own, String tag) {
        rewrites.put(
                line.name(),
                new TrivialRewrite(
                        own, tables, warning -> shared.log().warning(tag(tag), warning)));
    }

    private void cleanupLine(ServiceLine line, Settings own, String tag) {
        cleanups.put(
                line.name(),
                new Cleanup(
                        own,
                        shared.queue(),
                        rewrite(String.valueOf(own.text("rewrite_service_name"))),
                        tables,
                        shared.log(),
                        tag(tag),
                        shared.congested()));
    }

    private void bounceLine(ServiceLine line, Settings own, String tag) {
        bounces.put(
                line.name(),
                new BounceNotices(
                        own,
                        cleanup(String.valueOf(own.text("cleanup_service_name"))),
                        shared.queue(),
                        shared.log(),
                        tag(tag),
                        shared.clock()));
    }

    private void smtpdLine(ServiceLine line, Settings own, String tag) {
        if (!line.type().equals("inet")) {
            return;
        }
        Smtpd smtpd = smtpd(line, own, tag);
        StressedSmtpd stressed =
                new StressedSmtpd(
                        smtpd,
                        own,
                        settings -> smtpd(line, settings, tag),
                        text -> shared.log().warning(tag(tag), text));
        listening.add(new Listening(line, smtpd, stressed, tag, limit(line)));
    }

    private Smtpd smtpd(ServiceLine line, Settings own, String tag) {
        SmtpdSasl sasl =
                SmtpdSasl.of(
                        own,
                        tables,
                        shared.connector(),
                        line.chroot(),
                        shared.threads(),
                        shared.clock(),
                        text -> shared.log().warning(tag(tag), text));
        closes(sasl);
        return new Smtpd(
                own,
                this,
                this,
                tables,
                shared.dns(),
                shared.names(),
                sasl,
                shared.anvil(),
                shared.queue()::freeBytes,
                shared.flushing(),
                interfaces.own(),
                text -> {
                    if (saidOfKeys.add(text)) {
                        shared.log().warning(tag(tag), text);
                    }
                },
                shared.log(),
                shared.clock());
    }

    private int limit(ServiceLine line) {
        return line.processLimit() < 0
                ? settings.get(MasterParams.DEFAULT_PROCESS_LIMIT)
                : line.processLimit();
    }

    private void agentLine(ServiceLine line) {
        if (disabled(line)) {
            return;
        }
        Settings own = settings.service(masterCf, line);
        String tag = own.get(MasterParams.SYSLOG_NAME) + "/" + line.program();
        Agent agent = agent(line, own, tag);
        if (agent != null) {
            transports.put(
                    line.name(),
                    new Transport(
                            line.name(),
                            line.program(),
                            agent,
                            own,
                            limit(line),
                            shared.slots().of(line.name())));
            if (agent instanceof AutoCloseable c) {
                closes(c);
            }
        }
    }

    private @Nullable Agent agent(ServiceLine line, Settings own, String tag) {
        return switch (line.program()) {
            case "smtp" -> smtp(own, tag);
            case "error" -> new ErrorAgent(line.name().equals("retry"));
            case "discard" -> new DiscardAgent();
            default -> {
                Honoured.Entry entry = Honoured.list().entry(Honoured.Kind.PROGRAM, line.program());
                boolean held = entry != null && entry.verdict() instanceof Honoured.Verdict.Holding;
                yield held && line.type().equals("unix")
                        ? new HoldingAgent(
                                "delivery agent "
                                        + line.program()
                                        + " is not built yet in this version")
                        : null;
            }
        };
    }

    private Agent smtp(Settings own, String tag) {
        String held = Holds.of(own, Hold.DELIVERY, Hold.CLIENT_TLS);
        return held != null
                ? new HoldingAgent(held)
                : new SmtpAgent(
                        own,
                        tables,
                        shared.dns(),
                        shared.connector(),
                        shared.nativePool(),
                        interfaces.own(),
                        shared.log(),
                        tag(tag),
                        shared.threads(),
                        shared.clock());
    }

    private @Nullable ServiceLine pickupLine() {
        for (ServiceLine line : masterCf.services()) {
            if (line.program().equals("pickup") && !disabled(line)) {
                return line;
            }
        }
        return null;
    }

    Tables tables() {
        return tables;
    }

    /// What local submissions come in under.
    Settings submissionSettings() {
        ServiceLine line = pickupLine();
        return line == null ? settings : settings.service(masterCf, line);
    }

    /// The pickup line of master.cf; null where there is none.
    @Nullable Pickup pickup(org.postrider.disk.Disk disk) {
        if (pickupLine() == null) {
            return null;
        }
        Settings own = submissionSettings();
        String tag = own.get(MasterParams.SYSLOG_NAME) + "/pickup";
        String cleanup = String.valueOf(own.text("cleanup_service_name"));
        return new Pickup(
                own,
                tables,
                disk,
                cleanup(cleanup),
                shared.log(),
                tag(tag),
                shared.threads(),
                shared.clock());
    }

    /// The cleanup service that local submissions pass.
    CleanupService pickupCleanup() {
        return cleanup(String.valueOf(submissionSettings().text("cleanup_service_name")));
    }

    @Override
    public CleanupService cleanup(String serviceName) {
        return named(cleanups, serviceName, "cleanup");
    }

    @Override
    public RewriteService rewrite(String serviceName) {
        return named(rewrites, serviceName, "trivial-rewrite");
    }

    @Override
    public BounceService bounce(String serviceName) {
        return named(bounces, serviceName, "bounce");
    }

    private <T> T named(Map<String, T> services, String name, String program) {
        T service = services.get(name);
        if (service == null) {
            throw new ConfigException(
                    masterCf.file() + ": no service \"" + name + "\" with program " + program);
        }
        return service;
    }

    @Override
    public @Nullable Transport transport(String name) {
        return transports.get(name);
    }

    /// Mail for the domain may be flushed by itself (fast_flush_domains).
    boolean flushable(String domain) {
        return DomainList.of(settings, SmtpdParams.FAST_FLUSH_DOMAINS, tables).contains(domain);
    }

    ServiceSettings settings() {
        return settings;
    }

    Path configDirectory() {
        return Path.of(settings.configDirectory());
    }

    MasterCf masterCf() {
        return masterCf;
    }

    Interfaces interfaces() {
        return interfaces;
    }

    List<Listening> listening() {
        return listening;
    }

    /// What is made after [#retire], such as the service of a busy time, keeps nothing.
    private void closes(AutoCloseable each) {
        closing.add(each);
        if (retired) {
            close(each);
        }
    }

    /// Lets go of kept sessions; deliveries under way go on.
    void retire() {
        retired = true;
        for (AutoCloseable each : List.copyOf(closing)) {
            close(each);
        }
    }

    private void close(AutoCloseable each) {
        try {
            each.close();
        } catch (Throwable e) {
            shared.log().warning(tag("postfix/master"), "close: " + e.getMessage());
        }
    }
}
