package org.postrider.master.makers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.postrider.access.Access;
import org.postrider.cleanup.CleanupService;
import org.postrider.config.ServiceLine;
import org.postrider.config.Settings;
import org.postrider.io.Connection;
import org.postrider.log.LogTag;
import org.postrider.master.Door;
import org.postrider.master.Generation;
import org.postrider.master.Machine;
import org.postrider.master.Made;
import org.postrider.master.Maker;
import org.postrider.master.Service;
import org.postrider.master.Shared;
import org.postrider.milter.MilterParams;
import org.postrider.milter.MilterSockets;
import org.postrider.milter.Milters;
import org.postrider.smtpd.Checking;
import org.postrider.smtpd.ProxyTerms;
import org.postrider.smtpd.Smtpd;
import org.postrider.smtpd.SmtpdSasl;
import org.postrider.smtpd.TlsChecks;
import org.postrider.time.Clock;

/// Makes SMTP servers: one for calm times, and, when it is first needed, one with `stress=yes`.
public final class SmtpdMaker implements Maker {
    @Override
    public Made make(Service service, Generation generation) {
        CleanupService.check(service.settings());
        Smtpd calm = smtpd(service, service.settings(), generation);
        StressedSmtpd stressed =
                new StressedSmtpd(
                        calm,
                        service.settings(),
                        settings -> smtpd(service, settings, generation),
                        generation.warnings(service));
        return new Made.Listens(new Sessions(calm, stressed));
    }

    private record Sessions(Smtpd calm, StressedSmtpd stressed) implements Door {
        @Override
        public void session(Connection connection, LogTag as, boolean busy) {
            (busy ? stressed.get() : calm).session(connection, as);
        }
    }

    private static Smtpd smtpd(Service service, Settings own, Generation generation) {
        Shared shared = generation.shared();
        Machine machine = shared.machine();
        SmtpdSasl sasl =
                SmtpdSasl.of(
                        own,
                        generation.tables(),
                        machine.connector(),
                        service.line().chroot(),
                        machine.threads(),
                        machine.clock(),
                        generation.warnings(service));
        generation.closes(sasl);
        return new Smtpd(
                own,
                generation.tables(),
                new Smtpd.Services(
                        generation,
                        generation,
                        new Access.Asked(
                                machine.lists(),
                                generation.policies(),
                                service.line().chroot(),
                                generation),
                        shared.clientNames(),
                        sasl,
                        shared.anvil()),
                new Smtpd.Machine(
                        shared.queue()::freeBytes,
                        flushing(generation),
                        generation.interfaces().own(),
                        Makers.milters(service, machine),
                        shared.running().reports()::dmarc),
                new Smtpd.Journal(machine.log(), machine.clock(), generation.keyWarnings(service)));
    }

    /// As Postfix's smtpd, which finds nobody at the socket of a line that is not there.
    private static Smtpd.Flushing flushing(Generation generation) {
        for (Service each : generation.configuration().services()) {
            ServiceLine line = each.line();
            boolean local = line.type().equals("unix") || line.type().equals("fifo");
            if (local && !line.privateService() && each.program().name().equals("flush")) {
                Shared.Running running = generation.shared().running();
                return domain ->
                        running.flushSite(domain) ? Smtpd.Flushed.ASKED : Smtpd.Flushed.TOO_MANY;
            }
        }
        return domain -> Smtpd.Flushed.NO_SERVICE;
    }

    @Override
    public List<String> problems(Service service) {
        List<String> out = new ArrayList<>();
        TlsChecks.problems(service.settings(), Clock.system()).forEach(t -> out.add("TLS: " + t));
        SmtpdSasl.problems(service.settings(), service.line().chroot(), Clock.system())
                .forEach(t -> out.add("SASL: " + t));
        Settings own = service.settings();
        MilterSockets sockets = Makers.milters(service, MilterSockets.nowhere().connector());
        Milters.of(own, sockets, own.get(MilterParams.SMTPD_MILTERS))
                .problemsOfPlaces()
                .forEach(t -> out.add(MilterParams.SMTPD_MILTERS.name() + ": " + t));
        out.addAll(
                ProxyTerms.problems(
                        own,
                        Path.of(String.valueOf(own.text("queue_directory"))),
                        service.line().chroot()));
        out.addAll(Smtpd.problems(own));
        out.addAll(Checking.problems(own));
        return out;
    }
}
