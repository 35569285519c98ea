package org.postrider.config;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.postrider.disk.Reading;

/// The defaults that Postfix computes from the machine: myhostname, mydomain, mynetworks.
public final class HostFacts {
    private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");
    private static final Path SELF = Path.of("/proc/self");

    private HostFacts() {}

    /// @param mainCf whose myhostname, mynetworks_style and inet_interfaces shape the others
    public static Map<String, String> of(MainCf mainCf, Catalogue catalogue) {
        Map<String, String> facts = names(mainCf);
        if (!mainCf.entries().containsKey("mynetworks")) {
            facts.put(
                    "mynetworks",
                    OwnNetworks.text(
                            expanded("mynetworks_style", mainCf, catalogue, facts),
                            expanded("inet_interfaces", mainCf, catalogue, facts),
                            expanded("inet_protocols", mainCf, catalogue, facts)));
        }
        return facts;
    }

    /// `myorigin = /etc/mailname`, as Debian's Postfix reads it: the first line of the file.
    ///
    /// @throws ConfigException in Postfix's words if the file cannot be read
    public static ServiceSettings withOrigin(ServiceSettings settings) {
        String origin = settings.text("myorigin");
        if (origin == null || !origin.startsWith("/")) {
            return settings;
        }
        try {
            List<String> lines = Reading.lines(Path.of(origin), Reading.SHORT);
            String first = lines.isEmpty() ? "" : lines.getFirst().strip();
            return first.isEmpty() ? settings : settings.with(Map.of("myorigin", first));
        } catch (IOException e) {
            throw new ConfigException(
                    settings.origin("myorigin") + ": open " + origin + ": " + Reason.of(e));
        }
    }

    private static String expanded(
            String name, MainCf mainCf, Catalogue catalogue, Map<String, String> facts) {
        return ServiceSettings.of(mainCf, catalogue, facts).expand("$" + name);
    }

    /// The same without mynetworks: no interface is asked, for commands that must be quick.
    public static Map<String, String> names(MainCf mainCf) {
        Map<String, String> facts = new HashMap<>();
        facts.put("process_id", processId());
        Expansion expansion =
                new Expansion(name -> {
                    MainCf.Entry set = mainCf.entries().get(name);
                    return set != null ? set.value() : facts.get(name);
                });
        String host = hostName();
        if (host.indexOf('.') < 0) {
            MainCf.Entry domain = mainCf.entries().get("mydomain");
            host = host + "." + (domain == null ? "localdomain" : expansion.expand(domain.value()));
        }
        facts.put("myhostname", host);
        String name = expansion.expand("$myhostname");
        int dot = name.indexOf('.');
        // As Postfix: mydomain is myhostname less its first label, or localdomain.
        facts.put("mydomain", dot < 0 ? "localdomain" : name.substring(dot + 1));
        return facts;
    }

    /// Read where Linux says it: Java's way begins with a pool of threads.
    private static String processId() {
        try {
            return Files.readSymbolicLink(SELF).toString();
        } catch (IOException e) {
            return Long.toString(ProcessHandle.current().pid());
        }
    }

    /// As gethostname(2) has it; no name server is asked.
    public static String hostName() {
        try {
            String name = Reading.text(HOST_NAME, Reading.SHORT).strip();
            if (!name.isEmpty()) {
                return name;
            }
        } catch (IOException e) {
            // not Linux: ask Java
        }
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }
}
