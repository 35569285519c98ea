package org.postrider.config;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.postrider.disk.Reading;

/// TCP ports by name or number: known_tcp_ports, then the machine's /etc/services. Immutable; any
/// thread.
public final class ServicePorts {
    /// No such service, or no port number.
    public static final int UNKNOWN = -1;

    private final Map<String, Integer> known = new HashMap<>();

    private ServicePorts() {}

    /// @throws ConfigException for a known_tcp_ports that is none
    public static ServicePorts of(Settings settings) {
        ServicePorts out = new ServicePorts();
        for (String word : Values.words(settings.get(ConfigParams.KNOWN_TCP_PORTS))) {
            List<String> names = List.of(word.split("=", -1));
            int port = decimal(names.getLast());
            if (port <= 0 || names.size() < 2) {
                throw new ConfigException(
                        "known_tcp_ports: expected name=port in \"" + word + "\"");
            }
            names.subList(0, names.size() - 1).forEach(name -> out.known.put(name.strip(), port));
        }
        return out;
    }

    /// The port that a text names, 0 to 65535, or [#UNKNOWN].
    public int port(String text) {
        Integer named = known.get(text);
        if (named != null) {
            return named;
        }
        boolean number = !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
        return number ? decimal(text) : fromServices(text);
    }

    private static int decimal(String text) {
        try {
            int n = Integer.parseInt(text.strip());
            return n >= 0 && n < 65536 ? n : UNKNOWN;
        } catch (NumberFormatException e) {
            return UNKNOWN;
        }
    }

    private static int fromServices(String name) {
        try {
            for (String line : Reading.lines(Path.of("/etc/services"), Reading.SHORT)) {
                String[] words = line.replaceFirst("#.*", "").strip().split("\\s+", -1);
                boolean tcp = words.length > 1 && words[1].endsWith("/tcp");
                for (int i = 0; tcp && i < words.length; i++) {
                    if (i != 1 && words[i].equals(name)) {
                        return decimal(words[1].substring(0, words[1].length() - 4));
                    }
                }
            }
        } catch (IOException e) {
            // A machine without the file: numbers and known_tcp_ports do.
        }
        return UNKNOWN;
    }
}
