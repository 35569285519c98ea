package org.postrider.master.listen;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.postrider.config.ConfigException;
import org.postrider.config.ServiceLine;
import org.postrider.config.ServicePorts;
import org.postrider.config.Settings;
import org.postrider.disk.Reading;
import org.postrider.maps.Network;
import org.postrider.master.MasterParams;
import org.postrider.master.Service;

/// inet_interfaces and inet_protocols: which addresses are ours, and where a service listens.
public final class Interfaces {
    private static final Path INET6 = Path.of("/proc/net/if_inet6");

    private final List<String> interfaces;
    private final boolean ipv4;
    private final boolean ipv6;
    private final boolean ipv6Here;
    private final ServicePorts ports;

    public Interfaces(Settings settings) {
        this(settings, INET6);
    }

    /// @param inet6 lists the machine's IPv6 addresses
    Interfaces(Settings settings, Path inet6) {
        ipv6Here = ipv6Here(inet6);
        ports = ServicePorts.of(settings);
        interfaces = settings.get(MasterParams.INET_INTERFACES);
        List<String> protocols = settings.get(MasterParams.INET_PROTOCOLS);
        for (String p : protocols) {
            if (!List.of("all", "ipv4", "ipv6").contains(p)) {
                throw new ConfigException("bad inet_protocols value: " + p);
            }
        }
        ipv4 = protocols.contains("all") || protocols.contains("ipv4");
        ipv6 = protocols.contains("all") || protocols.contains("ipv6");
        if (!ipv4 && !ipv6Here) {
            throw new ConfigException(
                    "inet_protocols = "
                            + String.join(", ", protocols)
                            + ": this machine has no IPv6 address");
        }
    }

    /// The machine's addresses that count as ours.
    public Set<InetAddress> own() {
        Set<InetAddress> out = new LinkedHashSet<>();
        if (interfaces.contains("all") || interfaces.contains("loopback-only")) {
            boolean loopbackOnly = !interfaces.contains("all");
            try {
                for (NetworkInterface i :
                        Collections.list(NetworkInterface.getNetworkInterfaces())) {
                    for (InetAddress a : Collections.list(i.getInetAddresses())) {
                        if (!loopbackOnly || a.isLoopbackAddress()) {
                            out.add(a);
                        }
                    }
                }
            } catch (SocketException e) {
                throw new ConfigException("cannot list network interfaces: " + e.getMessage());
            }
            return out;
        }
        for (String name : interfaces) {
            out.addAll(addresses(name));
        }
        return out;
    }

    private List<InetAddress> addresses(String name) {
        String host =
                name.startsWith("[") && name.endsWith("]")
                        ? name.substring(1, name.length() - 1)
                        : name;
        try {
            byte[] literal = Network.literal(host);
            if (literal != null) {
                return List.of(InetAddress.getByAddress(literal));
            }
            return List.of(InetAddress.getAllByName(host));
        } catch (UnknownHostException e) {
            throw new ConfigException("config variable inet_interfaces: host not found: " + name);
        }
    }

    /// Where an inet line of master.cf listens.
    public List<InetSocketAddress> listen(Service service) {
        return listen(service.line(), service.place().file().toString());
    }

    List<InetSocketAddress> listen(ServiceLine line, String file) {
        String name = line.name();
        String host = "";
        String port = name;
        int colon = name.lastIndexOf(':');
        if (colon >= 0) {
            host = name.substring(0, colon);
            port = name.substring(colon + 1);
        }
        int number = port(port, line, file);
        List<InetSocketAddress> out = new ArrayList<>();
        if (!host.isEmpty()) {
            for (InetAddress a : addresses(host)) {
                if (usable(a)) {
                    out.add(new InetSocketAddress(a, number));
                }
            }
            return some(out, line, file);
        }
        if (interfaces.contains("all")) {
            // One socket takes both where IPv6 is there.
            out.add(wildcard(number));
            return out;
        }
        for (InetAddress a : own()) {
            if (usable(a)) {
                out.add(new InetSocketAddress(a, number));
            }
        }
        return some(out, line, file);
    }

    /// A service that listens nowhere is no service: said at the start instead of never.
    private List<InetSocketAddress> some(
            List<InetSocketAddress> found, ServiceLine line, String file) {
        if (found.isEmpty()) {
            throw new ConfigException(
                    file
                            + ": line "
                            + line.line()
                            + ": no address to listen on: none of inet_interfaces is of inet_protocols");
        }
        return found;
    }

    private InetSocketAddress wildcard(int port) {
        try {
            return ipv6 && ipv6Here
                    ? new InetSocketAddress(InetAddress.getByAddress(new byte[16]), port)
                    : new InetSocketAddress(InetAddress.getByAddress(new byte[4]), port);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The machine speaks IPv6: some interface has an address of it.
    private static boolean ipv6Here(Path inet6) {
        try {
            return Reading.octets(inet6, Reading.SHORT).length > 0;
        } catch (IOException e) {
            return false;
        }
    }

    private boolean usable(InetAddress a) {
        return a.getAddress().length == 4 ? ipv4 : ipv6;
    }

    private int port(String text, ServiceLine line, String file) {
        int known = ports.port(text);
        if (known >= 0) {
            return known;
        }
        throw new ConfigException(
                file
                        + ": line "
                        + line.line()
                        + ": bad transport endpoint: unknown service: "
                        + text);
    }
}
