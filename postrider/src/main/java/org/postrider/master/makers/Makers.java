package org.postrider.master.makers;

import java.nio.file.Path;
import org.postrider.bounce.BounceNotices;
import org.postrider.cleanup.Cleanup;
import org.postrider.config.ServicePorts;
import org.postrider.config.Settings;
import org.postrider.discard.DiscardAgent;
import org.postrider.disk.RealDisk;
import org.postrider.error.ErrorAgent;
import org.postrider.io.Connector;
import org.postrider.master.Generation;
import org.postrider.master.Machine;
import org.postrider.master.Made;
import org.postrider.master.Service;
import org.postrider.master.Shared;
import org.postrider.milter.MilterSockets;
import org.postrider.pickup.Pickup;
import org.postrider.rewrite.TrivialRewrite;

/// The makers that need no more than one call.
public final class Makers {
    private Makers() {}

    /// Others do the work.
    public static Made nothing(Service service, Generation generation) {
        return new Made.Nothing();
    }

    public static Made rewrite(Service service, Generation generation) {
        return new Made.Rewrites(
                new TrivialRewrite(
                        service.settings(),
                        generation.tables(),
                        generation.shared().machine().clock(),
                        generation.warnings(service)));
    }

    public static Made cleanup(Service service, Generation generation) {
        Settings own = service.settings();
        Shared shared = generation.shared();
        return new Made.Cleans(
                new Cleanup(
                        own,
                        generation.tables(),
                        generation.rewrite(String.valueOf(own.text("rewrite_service_name"))),
                        new Cleanup.Goal(
                                shared.queue(),
                                shared.running()::congested,
                                milters(service, shared.machine())),
                        shared.machine().log(),
                        service.logTag()));
    }

    static MilterSockets milters(Service service, Machine machine) {
        return milters(service, machine.connector());
    }

    public static MilterSockets milters(Service service, Connector connector) {
        return new MilterSockets(
                connector,
                new MilterSockets.Room(
                        Path.of(String.valueOf(service.settings().text("queue_directory"))),
                        service.line().chroot()),
                ServicePorts.of(service.settings())::port,
                MilterSockets.budget());
    }

    public static Made bounce(Service service, Generation generation) {
        Settings own = service.settings();
        Shared shared = generation.shared();
        return new Made.Notifies(
                new BounceNotices(
                        own,
                        generation.cleanup(String.valueOf(own.text("cleanup_service_name"))),
                        shared.queue(),
                        shared.machine().log(),
                        service.logTag(),
                        shared.machine().clock()));
    }

    public static Made error(Service service, Generation generation) {
        return new Made.Delivers(new ErrorAgent(service.name().equals("retry")));
    }

    public static Made discard(Service service, Generation generation) {
        return new Made.Delivers(new DiscardAgent());
    }

    public static Made pickup(Service service, Generation generation) {
        Settings own = service.settings();
        Machine machine = generation.shared().machine();
        Shared.Running running = generation.shared().running();
        return new Made.Submits(
                new Pickup(
                        own,
                        generation.tables(),
                        generation.cleanup(String.valueOf(own.text("cleanup_service_name"))),
                        new Pickup.Means(
                                new RealDisk(),
                                machine.log(),
                                service.logTag(),
                                machine.threads(),
                                machine.clock())),
                service.line().wakeupSeconds(),
                connection -> running.wakePickup());
    }

    public static Made qmgr(Service service, Generation generation) {
        return new Made.Answers(generation.shared().running()::flushAll);
    }

    public static Made showq(Service service, Generation generation) {
        return new Made.Answers(generation.shared().running()::list);
    }

    public static Made flush(Service service, Generation generation) {
        return new Made.Answers(generation.shared().running()::flush);
    }
}
