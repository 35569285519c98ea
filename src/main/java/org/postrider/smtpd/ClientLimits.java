package org.postrider.smtpd;

import org.jspecify.annotations.Nullable;
import org.postrider.anvil.Anvil;
import org.postrider.config.Settings;
import org.postrider.maps.NetworkList;
import org.postrider.maps.Tables;
import org.postrider.wire.Reply;

/// What one client may do in a unit of time (smtpd_client_…_limit), counted by [Anvil] for one
/// service. Immutable but for those counts; any thread.
final class ClientLimits {
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

    ClientLimits(Settings settings, Tables tables, Anvil anvil, NetworkList xclientHosts) {
        this.anvil = anvil;
        this.xclientHosts = xclientHosts;
        service = service(settings);
        hostname = settings.get(SmtpdParams.MYHOSTNAME);
        exceptions = new NetworkList(settings.get(SmtpdParams.EVENT_LIMIT_EXCEPTIONS), tables);
        unitNanos = settings.get(SmtpdParams.RATE_TIME_UNIT).toNanos();
        connections = settings.get(SmtpdParams.CONNECTION_COUNT_LIMIT);
        connectionRate = settings.get(SmtpdParams.CONNECTION_RATE_LIMIT);
        messageRate = settings.get(SmtpdParams.MESSAGE_RATE_LIMIT);
        recipientRate = settings.get(SmtpdParams.RECIPIENT_RATE_LIMIT);
        tlsRate = settings.get(SmtpdParams.TLS_SESSION_RATE_LIMIT);
        authRate = settings.get(SmtpdParams.AUTH_RATE_LIMIT);
        ipv4Prefix = settings.get(SmtpdParams.IPV4_PREFIX);
        ipv6Prefix = settings.get(SmtpdParams.IPV6_PREFIX);
    }

    /// The service's name in the log.
    static String service(Settings settings) {
        String name = settings.text("service_name");
        return name == null || name.isEmpty() ? "smtp" : name;
    }

    /// The events of one session; null where this client's are not counted.
    @Nullable Events events(Session s) {
        Client client = s.t.client;
        boolean any = connections > 0 || connectionRate > 0 || messageRate > 0;
        if (!any && recipientRate == 0 && tlsRate == 0 && authRate == 0
                || exceptions.contains(client.name(), client.address())
                || xclientHosts.contains(client.name(), client.address())) {
            return null;
        }
        return new Events(s, new Anvil.Who(service, network(client)));
    }

    /// The client's address, or its network where the prefix is shorter.
    private String network(Client client) {
        byte[] octets = client.address().getAddress();
        int prefix = octets.length == 4 ? ipv4Prefix : ipv6Prefix;
        if (prefix >= octets.length * 8) {
            return client.ip();
        }
        for (int i = prefix; i < octets.length * 8; i++) {
            octets[i / 8] &= (byte) ~(0x80 >> (i % 8));
        }
        return java.util.HexFormat.of().formatHex(octets) + "/" + prefix;
    }

    /// One session's.
    final class Events {
        private final Session s;
        private final Anvil.Who who;
        private final String ip;
        private final String client;

        private Events(Session s, Anvil.Who who) {
            this.s = s;
            this.who = who;
            this.ip = s.t.client.ip();
            this.client = s.t.client.nameAndAddress();
        }

        private void exceeded(String what, int count) {
            s.warn(
                    what
                            + " limit exceeded: "
                            + count
                            + " from "
                            + client
                            + " for service "
                            + service);
        }

        /// Null where it may go on.
        @Nullable Reply connected() {
            Anvil.Connected now = anvil.connect(who, unitNanos);
            boolean many = connections > 0 && now.count() > connections;
            if (!many && (connectionRate == 0 || now.rate() <= connectionRate)) {
                return null;
            }
            exceeded(
                    many ? "Connection concurrency" : "Connection rate",
                    many ? now.count() : now.rate());
            return Reply.of(421, 7, 0, hostname + " Error: too many connections from " + ip);
        }

        void disconnected() {
            anvil.disconnect(who);
        }

        @Nullable Reply message() {
            int count = messageRate == 0 ? 0 : anvil.count(who, Anvil.Event.MESSAGE, unitNanos);
            if (count <= messageRate) {
                return null;
            }
            exceeded("Message delivery request rate", count);
            return Reply.of(450, 7, 1, "Error: too much mail from " + ip);
        }

        @Nullable Reply recipient() {
            int count = recipientRate == 0 ? 0 : anvil.count(who, Anvil.Event.RECIPIENT, unitNanos);
            if (count <= recipientRate) {
                return null;
            }
            exceeded("Recipient address rate", count);
            return Reply.of(450, 7, 1, "Error: too many recipients from " + ip);
        }

        /// Before a handshake: where this unit's are used up.
        @Nullable Reply mayHandshake() {
            if (tlsRate == 0 || anvil.rate(who, Anvil.Event.TLS_SESSION, unitNanos) <= tlsRate) {
                return null;
            }
            s.warn("Refusing STARTTLS request from " + client + " for service " + service);
            return Reply.of(454, 7, 0, "Error: too many new TLS sessions from " + client);
        }

        /// Behind a handshake.
        @Nullable Reply handshaken() {
            int count = tlsRate == 0 ? 0 : anvil.count(who, Anvil.Event.TLS_SESSION, unitNanos);
            if (count <= tlsRate) {
                return null;
            }
            exceeded("New TLS session rate", count);
            return Reply.of(
                    421, 7, 0, hostname + " Error: too many new TLS sessions from " + client);
        }

        /// An AUTH command. Null where it may go on.
        @Nullable Reply auth() {
            int count = authRate == 0 ? 0 : anvil.count(who, Anvil.Event.AUTH, unitNanos);
            if (count <= authRate) {
                return null;
            }
            exceeded("AUTH command rate", count);
            return Reply.of(450, 7, 1, "Error: too many AUTH commands from " + ip);
        }
    }
}
