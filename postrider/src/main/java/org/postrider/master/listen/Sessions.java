package org.postrider.master.listen;

import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.postrider.io.Connection;
import org.postrider.log.LogTag;
import org.postrider.log.SlotNumbers;
import org.postrider.master.Door;
import org.postrider.master.Machine;
import org.postrider.master.Service;
import org.postrider.threads.Each;

/// The sessions of clients from the network: each has a pseudo-pid, is brief while its service is
/// overloaded, and is waited for at the end. Any thread.
final class Sessions {
    private static final long LOOK_NANOS = 5_000_000L;

    private final Machine machine;
    private final LogTag tag;
    private final Set<Connection> open = ConcurrentHashMap.newKeySet();
    private final Map<String, Stress> stresses = new ConcurrentHashMap<>();
    private final Map<String, SlotNumbers> slots = new ConcurrentHashMap<>();
    private final Map<String, Seats> seats = new ConcurrentHashMap<>();
    private volatile boolean closing;

    Sessions(Machine machine, LogTag tag) {
        this.machine = machine;
        this.tag = tag;
    }

    SlotNumbers slots(String service) {
        return slots.computeIfAbsent(service, _ -> new SlotNumbers(slots.size() + 1));
    }

    /// One session, under the service of its beginning.
    void serve(Service service, Door door, Connection connection) {
        if (closing) {
            return;
        }
        SlotNumbers numbers = slots(service.name());
        long slot = numbers.take();
        try {
            open.add(connection);
            stressed(service, door, connection, slot);
        } finally {
            open.remove(connection);
            numbers.give(slot);
        }
    }

    private void stressed(Service service, Door door, Connection connection, long slot) {
        Stress stress = stresses.computeIfAbsent(service.name(), _ -> new Stress(machine.clock()));
        int limit = door.takesAll() ? 0 : service.processLimit();
        boolean stressed = stress.begin(limit, () -> explain(service, connection));
        try {
            door.session(connection, new LogTag(service.tag(), slot), stressed);
        } finally {
            stress.end();
        }
    }

    /// One session of a client that another service has taken; waits for a place.
    void handOver(Service service, Door door, Connection client, Runnable begun) {
        Seats of = seats.computeIfAbsent(service.name(), _ -> new Seats());
        of.take(service.processLimit());
        try {
            begun.run();
            serve(service, door, client);
        } finally {
            of.give();
        }
    }

    /// The places of a service that clients are handed to, over reloads.
    private static final class Seats {
        private int taken;

        /// @param limit 0 for none
        synchronized void take(int limit) {
            while (limit > 0 && taken >= limit) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    break;
                }
            }
            taken++;
        }

        synchronized void give() {
            taken--;
            notifyAll();
        }
    }

    private void explain(Service service, Connection connection) {
        String name = service.name();
        boolean named = name.indexOf(':') < 0 && connection.local() instanceof InetSocketAddress;
        String place =
                named ? Integer.toString(((InetSocketAddress) connection.local()).getPort()) : name;
        Stress.explain(
                name, place, service.processLimit(), text -> machine.log().warning(tag, text));
    }

    /// A session that waits for a command is told 421; one that takes mail may finish it.
    void end() {
        closing = true;
        Each.of(open, Connection::end);
    }

    /// Waits for those that are left, and closes what is there then.
    void close(long graceNanos) {
        long until = machine.clock().nanos() + graceNanos;
        while (!open.isEmpty() && machine.clock().nanos() - until < 0) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
        Each.of(open, Connection::close);
    }
}
