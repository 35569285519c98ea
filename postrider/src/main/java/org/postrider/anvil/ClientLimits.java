package org.postrider.anvil;

import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigParams;
import org.postrider.config.Settings;
import org.postrider.log.Event;
import org.postrider.log.SessionEvent;
import org.postrider.log.Severity;
import org.postrider.maps.Network;
import org.postrider.maps.NetworkList;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;
import org.postrider.peer.Client;
import org.postrider.wire.Reply;

/// What one client may do in a unit of time (smtpd_client_…_limit), counted by [Anvil] for one
/// service. Immutable but for those counts; any thread.
public final class ClientLimits {
    private final Anvil anvil;
    private final String service;
    private final String hostname;
    private final NetworkList exceptions;
    private final NetworkList xclientHosts;
    private final long unitNanos;
    private final int connections;
    private final int connectionRate;
    private final int messageRate;
    private final int recipientRate;
    private final int tlsRate;
    private final int authRate;
    private final int ipv4Prefix;
    private final int ipv6Prefix;

    /// @param xclientHosts they speak for others and are never counted themselves
    public ClientLimits(Settings settings, Tables tables, Anvil anvil, NetworkList xclientHosts) {
        this.anvil = anvil;
        this.xclientHosts = xclientHosts;
        service = service(settings);
        hostname = settings.get(ConfigParams.MYHOSTNAME);
        exceptions = NetworkList.of(settings, AnvilParams.EVENT_LIMIT_EXCEPTIONS, tables);
        unitNanos = settings.get(AnvilParams.RATE_TIME_UNIT).toNanos();
        connections = settings.get(AnvilParams.CONNECTION_COUNT_LIMIT);
        connectionRate = settings.get(AnvilParams.CONNECTION_RATE_LIMIT);
        messageRate = settings.get(AnvilParams.MESSAGE_RATE_LIMIT);
        recipientRate = settings.get(AnvilParams.RECIPIENT_RATE_LIMIT);
        tlsRate = settings.get(AnvilParams.TLS_SESSION_RATE_LIMIT);
        authRate = settings.get(AnvilParams.AUTH_RATE_LIMIT);
        ipv4Prefix = settings.get(AnvilParams.IPV4_PREFIX);
        ipv6Prefix = settings.get(AnvilParams.IPV6_PREFIX);
    }

    /// The service's name in the log.
    static String service(Settings settings) {
        String name = settings.text("service_name");
        return name == null || name.isEmpty() ? "smtp" : name;
    }

    /// The events of one session; null if nothing is limited.
    ///
    /// @param client who the session's client is now
    /// @param told the session's log
    public @Nullable Events events(Supplier<Client> client, Consumer<Event> told) {
        boolean any = connections > 0 || connectionRate > 0 || messageRate > 0;
        return any || recipientRate > 0 || tlsRate > 0 || authRate > 0
                ? new Events(client, told)
                : null;
    }

    /// Null for a client whose events are not counted.
    private Anvil.@Nullable Who who(Client client, Consumer<Event> told) {
        return listed(exceptions, client, told) || listed(xclientHosts, client, told)
                ? null
                : new Anvil.Who(service, network(client));
    }

    /// Nobody is an exception by a list that cannot answer.
    private static boolean listed(NetworkList list, Client client, Consumer<Event> told) {
        try {
            return list.contains(client.name(), client.address());
        } catch (TableException e) {
            e.warnings().forEach(w -> told.accept(new Event.Text(Severity.WARNING, w)));
            return false;
        }
    }

    /// The client's address, or its network where the prefix is shorter: `2001:db8::/84`.
    private String network(Client client) {
        byte[] octets = client.address().getAddress();
        int prefix = octets.length == 4 ? ipv4Prefix : ipv6Prefix;
        if (prefix >= octets.length * 8) {
            return client.ip();
        }
        for (int i = prefix; i < octets.length * 8; i++) {
            octets[i / 8] &= (byte) ~(0x80 >> (i % 8));
        }
        return Network.text(octets) + "/" + prefix;
    }

    /// What a session's client does; XCLIENT makes it another client. Session thread only.
    public final class Events {
        private final Supplier<Client> client;
        private final Consumer<Event> told;
        private Client of;
        private Anvil.@Nullable Who who;
        private Anvil.@Nullable Who connected;
        private int concurrent;

        private Events(Supplier<Client> client, Consumer<Event> told) {
            this.client = client;
            this.told = told;
            of = client.get();
            who = ClientLimits.this.who(of, told);
        }

        private Anvil.@Nullable Who who() {
            Client now = client.get();
            if (now != of) {
                of = now;
                who = ClientLimits.this.who(now, told);
            }
            return who;
        }

        /// How many there were in this unit of time, this one included; 0 where nobody counts.
        private int count(Anvil.Event event, int limit) {
            Anvil.Who now = limit == 0 ? null : who();
            return now == null ? 0 : anvil.count(now, event, unitNanos);
        }

        private void exceeded(String what, int count) {
            told.accept(new SessionEvent.LimitExceeded(what, count, of.nameAndAddress(), service));
        }

        /// Null where it may go on.
        public @Nullable Reply connected() {
            Anvil.Who counted = who();
            if (counted == null) {
                return null;
            }
            Anvil.Connected now = anvil.connect(counted, unitNanos);
            connected = counted;
            concurrent = now.count();
            boolean many = connections > 0 && now.count() > connections;
            if (!many && (connectionRate == 0 || now.rate() <= connectionRate)) {
                return null;
            }
            exceeded(
                    many ? "Connection concurrency" : "Connection rate",
                    many ? now.count() : now.rate());
            return Reply.of(421, 7, 0, hostname + " Error: too many connections from " + of.ip());
        }

        /// How many sessions the client had when this one began, this one included; 0 where nobody
        /// counts.
        public int connections() {
            return concurrent;
        }

        public void disconnected() {
            if (connected != null) {
                anvil.disconnect(connected);
            }
        }

        public @Nullable Reply message() {
            int count = count(Anvil.Event.MESSAGE, messageRate);
            if (count <= messageRate) {
                return null;
            }
            exceeded("Message delivery request rate", count);
            return Reply.of(450, 7, 1, "Error: too much mail from " + of.ip());
        }

        public @Nullable Reply recipient() {
            int count = count(Anvil.Event.RECIPIENT, recipientRate);
            if (count <= recipientRate) {
                return null;
            }
            exceeded("Recipient address rate", count);
            return Reply.of(450, 7, 1, "Error: too many recipients from " + of.ip());
        }

        /// Before a handshake: null where this unit's are not used up.
        public @Nullable Reply mayHandshake() {
            if (mayHandshake("STARTTLS")) {
                return null;
            }
            return Reply.of(
                    454, 7, 0, "Error: too many new TLS sessions from " + of.nameAndAddress());
        }

        /// The same for TLS from the first octet, where nothing can be said.
        public boolean mayBeWrapped() {
            return mayHandshake("TLS service");
        }

        private boolean mayHandshake(String request) {
            Anvil.Who now = tlsRate == 0 ? null : who();
            if (now == null || anvil.rate(now, Anvil.Event.TLS_SESSION, unitNanos) <= tlsRate) {
                return true;
            }
            told.accept(new SessionEvent.HandshakeRefused(request, of.nameAndAddress(), service));
            return false;
        }

        /// After a handshake.
        public @Nullable Reply handshaken() {
            int count = count(Anvil.Event.TLS_SESSION, tlsRate);
            if (count <= tlsRate) {
                return null;
            }
            exceeded("New TLS session rate", count);
            return Reply.of(
                    421,
                    7,
                    0,
                    hostname + " Error: too many new TLS sessions from " + of.nameAndAddress());
        }

        /// An AUTH command. Null where it may go on.
        public @Nullable Reply auth() {
            int count = count(Anvil.Event.AUTH, authRate);
            if (count <= authRate) {
                return null;
            }
            exceeded("AUTH command rate", count);
            return Reply.of(450, 7, 1, "Error: too many AUTH commands from " + of.ip());
        }
    }
}
