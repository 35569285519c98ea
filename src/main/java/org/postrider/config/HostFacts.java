package org.postrider.config;

import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

/// The defaults that Postfix computes from the machine: myhostname, mydomain, mynetworks.
public final class HostFacts {
    private HostFacts() {}

    /// @param mainCf whose myhostname and mynetworks_style shape the others
    public static Map<String, String> of(MainCf mainCf) {
        Map<String, String> facts = names(mainCf);
        if (!mainCf.entries().containsKey("mynetworks")) {
            MainCf.Entry style = mainCf.entries().get("mynetworks_style");
            facts.put("mynetworks", networks(style != null && style.value().equals("subnet")));
        }
        return facts;
    }

    /// The same without mynetworks: no interface is asked, for commands that must be quick.
    public static Map<String, String> names(MainCf mainCf) {
        Map<String, String> facts = new HashMap<>();
        facts.put("process_id", Long.toString(ProcessHandle.current().pid()));
        String host = hostName();
        if (host.indexOf('.') < 0) {
            MainCf.Entry domain = mainCf.entries().get("mydomain");
            host = host + "." + (domain == null ? "localdomain" : domain.value());
        }
        facts.put("myhostname", host);
        MainCf.Entry set = mainCf.entries().get("myhostname");
        String name = set == null ? host : set.value();
        int dot = name.indexOf('.');
        // As Postfix: mydomain is myhostname less its first label, or localdomain.
        facts.put("mydomain", dot < 0 ? "localdomain" : name.substring(dot + 1));
        return facts;
    }

    private static String hostName() {
        try {
            String name = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
            if (!name.isEmpty()) {
                return name;
            }
        } catch (java.io.IOException e) {
            // not Linux: ask Java
        }
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    private static String networks(boolean subnet) {
        StringBuilder out = new StringBuilder();
        try {
            for (NetworkInterface i : Collections.list(NetworkInterface.getNetworkInterfaces())) {
                for (InterfaceAddress a : i.getInterfaceAddresses()) {
                    append(out, a, subnet);
                }
            }
        } catch (SocketException e) {
            return "127.0.0.0/8 [::1]/128";
        }
        return out.isEmpty() ? "127.0.0.0/8 [::1]/128" : out.toString();
    }

    private static void append(StringBuilder out, InterfaceAddress a, boolean subnet) {
        byte[] octets = a.getAddress().getAddress();
        int bits = octets.length * 8;
        int prefix =
                subnet || a.getAddress().isLoopbackAddress() ? a.getNetworkPrefixLength() : bits;
        for (int i = 0; i < bits; i++) {
            if (i >= prefix) {
                octets[i / 8] &= (byte) ~(0x80 >> (i % 8));
            }
        }
        try {
            String text = InetAddress.getByAddress(octets).getHostAddress();
            out.append(out.isEmpty() ? "" : " ");
            out.append(bits == 32 ? text : "[" + text + "]").append('/').append(prefix);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }
}
