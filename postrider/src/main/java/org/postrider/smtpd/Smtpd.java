package org.postrider.smtpd;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.postrider.access.Access;
import org.postrider.access.Capabilities;
import org.postrider.access.LocalClients;
import org.postrider.anvil.Anvil;
import org.postrider.anvil.ClientLimits;
import org.postrider.anvil.RateLimits;
import org.postrider.cleanup.CleanupService;
import org.postrider.config.ConfigException;
import org.postrider.config.Settings;
import org.postrider.dmarcrpt.DmarcResults;
import org.postrider.io.Connection;
import org.postrider.log.LogTag;
import org.postrider.log.MailLog;
import org.postrider.maps.NetworkList;
import org.postrider.maps.Tables;
import org.postrider.milter.MilterSockets;
import org.postrider.peer.ClientNames;
import org.postrider.rewrite.RewriteService;
import org.postrider.smtpd.command.Verbs;
import org.postrider.smtpd.dialogue.CommandLoop;
import org.postrider.smtpd.dialogue.Dialogue;
import org.postrider.smtpd.input.BareNewline;
import org.postrider.smtpd.session.Arrivals;
import org.postrider.smtpd.session.Service;
import org.postrider.smtpd.session.Session;
import org.postrider.smtpd.tls.Handshake;
import org.postrider.smtpd.tls.SmtpdTls;
import org.postrider.smtpd.tls.SmtpdTlsParams;
import org.postrider.time.Clock;
import org.postrider.verify.ProbeSender;

/// An SMTP server under the settings of one master.cf line. Immutable; any thread may run a
/// session.
public final class Smtpd {
    final Verbs verbs;
    final Dialogue dialogue;
    private final Service service;

    /// How much room the queue has.
    public interface Space {
        long freeBytes();
    }

    /// What became of an ETRN: master.cf may lack the service, or have it switched off.
    public enum Flushed {
        ASKED,
        TOO_MANY,
        NO_SERVICE
    }

    /// ETRN: deliver what waits for a domain.
    public interface Flushing {
        Flushed site(String domain);
    }

    /// The services that a session asks.
    ///
    /// @param asked by restrictions
    public record Services(
            CleanupService.Directory cleanups,
            RewriteService.Directory rewrites,
            Access.Asked asked,
            ClientNames names,
            SmtpdSasl sasl,
            Anvil anvil) {}

    /// The machine that it runs on.
    ///
    /// @param milters how smtpd_milters are reached
    /// @param reports who hears what came of DMARC; asked where a listener has dmarc_reporting
    /// @param ownAddresses the machine's (inet_interfaces)
    public record Machine(
            Space space,
            Flushing flushing,
            Set<InetAddress> ownAddresses,
            MilterSockets milters,
            Supplier<DmarcResults> reports) {
        /// One that reports to nobody.
        public Machine(
                Space space,
                Flushing flushing,
                Set<InetAddress> ownAddresses,
                MilterSockets milters) {
            this(space, flushing, ownAddresses, milters, () -> DmarcResults.NONE);
        }
    }

    /// Where it is written down what happened, and when.
    ///
    /// @param warnings gets what is wrong with keys and certificates
    public record Journal(MailLog log, Clock clock, Consumer<String> warnings) {}

    /// @throws org.postrider.config.ConfigException if a setting is malformed
    public Smtpd(
            Settings settings, Tables tables, Services services, Machine machine, Journal journal) {
        CleanupService cleanup =
                services.cleanups().cleanup(settings.get(SmtpdParams.CLEANUP_SERVICE));
        RewriteService rewrite =
                services.rewrites().rewrite(settings.get(SmtpdParams.REWRITE_SERVICE));
        SmtpdTls tls = SmtpdTls.of(settings, tables, journal.clock(), journal.warnings());
        RateLimits rates = RateLimits.of(settings, tables, services.anvil());
        Makings makings =
                new Makings(
                        settings,
                        tables,
                        cleanup,
                        new Makings.Guards(
                                tls,
                                services.sasl(),
                                rates,
                                Checking.of(
                                        settings,
                                        tables,
                                        machine.ownAddresses(),
                                        services.asked().dns(),
                                        journal.clock(),
                                        machine.reports())),
                        new ProbeSender(settings, rewrite, journal.clock()),
                        machine);
        verbs = Verbs.of(makings);
        dialogue = new Dialogue(verbs, tls.required());
        Access access =
                new Access(
                        settings,
                        tables,
                        rewrite,
                        services.asked(),
                        machine.ownAddresses(),
                        new Capabilities(
                                services.sasl().enabled,
                                tls.certificateAsked(),
                                !settings.get(SmtpdParams.PROXY_FILTER).isEmpty()));
        NetworkList speakers = makings.clients(SmtpdParams.XCLIENT_HOSTS);
        ClientLimits limits = new ClientLimits(settings, tables, services.anvil(), speakers);
        Handshake handshake = new Handshake(settings, tls);
        service =
                new Service(
                        settings,
                        tables,
                        journal,
                        new Service.Asked(access, rewrite, cleanup),
                        new Service.Course(
                                new Arrivals(settings, services.names(), limits),
                                tls.wrapped() ? handshake::wrapped : _ -> true,
                                new CommandLoop(settings, tables, verbs, dialogue),
                                machine.milters()));
    }

    /// What is wrong with words of the settings of a listener, for `postfix check`.
    public static List<String> problems(Settings settings) {
        List<String> out = new ArrayList<>(LocalClients.problems(settings));
        try {
            BareNewline.policy(settings);
        } catch (ConfigException e) {
            out.add(SmtpdParams.BARE_NEWLINE.name() + ": " + e.getMessage());
        }
        return out;
    }

    /// What restrictions may count on under the settings of a line of master.cf, for who runs them
    /// without a session.
    public static Capabilities capabilities(Settings settings) {
        return new Capabilities(
                settings.get(SmtpdParams.SASL_AUTH_ENABLE),
                settings.get(SmtpdTlsParams.ASK_CCERT),
                !settings.get(SmtpdParams.PROXY_FILTER).isEmpty());
    }

    /// Serves one client until it or we end. Blocking, on the caller's (virtual) thread.
    public void session(Connection connection, LogTag tag) {
        new Session(service, connection, tag).run();
    }
}
