package org.postrider.config;

import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The default of mynetworks: the networks (mynetworks_style) of the interfaces that mail comes in
/// through (inet_interfaces, inet_protocols), IPv4 first, in the order of the interfaces.
final class OwnNetworks {
    /// An address of this machine.
    record Own(byte[] octets, int prefix, boolean loopback) {}

    private OwnNetworks() {}

    /// @param style host, subnet or class
    /// @param interfaces inet_interfaces, expanded
    /// @param protocols inet_protocols, expanded
    static String text(String style, String interfaces, String protocols) {
        return text(machine(), style, interfaces, protocols);
    }

    static String text(List<Own> machine, String style, String interfaces, String protocols) {
        List<String> wanted = Values.words(interfaces);
        Set<String> out = new LinkedHashSet<>();
        for (Own own : machine) {
            boolean v4 = own.octets().length == 4;
            if (spoken(own.octets(), protocols) && heard(own, wanted)) {
                int prefix =
                        switch (style) {
                            case "subnet" -> own.prefix();
                            case "class" -> v4 ? classPrefix(own.octets()[0]) : own.prefix();
                            default -> own.octets().length * 8;
                        };
                out.add(block(own.octets(), prefix));
            }
        }
        return String.join(" ", out);
    }

    /// Postfix begins nothing where inet_interfaces names what is no address of this machine.
    ///
    /// @param interfaces inet_interfaces, expanded
    /// @param protocols inet_protocols, expanded
    /// @throws ConfigException in Postfix's words
    static void check(String interfaces, String protocols) {
        List<String> words = Values.words(interfaces);
        // The two words that are no addresses stand alone.
        if (words.isEmpty()
                || words.equals(List.of("all"))
                || words.equals(List.of("loopback-only"))) {
            return;
        }
        Set<InetAddress> named = new LinkedHashSet<>();
        for (String word : words) {
            List<InetAddress> found = addresses(word, protocols);
            if (found.isEmpty()) {
                throw new ConfigException(
                        "config variable inet_interfaces: host not found: " + word);
            }
            named.addAll(found);
        }
        // All of 127/8 is this machine's, whose interface lists one of it. Postfix wants it
        // listed; who listens at another was served before.
        named.removeIf(a -> a.getAddress().length == 4 && a.getAddress()[0] == 127);
        if (named.isEmpty()) {
            return;
        }
        List<Own> machine = machine();
        for (InetAddress address : named) {
            byte[] octets = address.getAddress();
            if (machine.stream().noneMatch(own -> Arrays.equals(own.octets(), octets))) {
                throw new ConfigException(
                        "parameter inet_interfaces: no local interface found for "
                                + (octets.length == 4 ? ipv4(octets) : ipv6(octets)));
            }
        }
    }

    private static List<InetAddress> addresses(String word, String protocols) {
        boolean bracketed = word.startsWith("[") && word.endsWith("]");
        List<InetAddress> out = new ArrayList<>();
        try {
            String host = bracketed ? word.substring(1, word.length() - 1) : word;
            for (InetAddress a : InetAddress.getAllByName(host)) {
                if (spoken(a.getAddress(), protocols)) {
                    out.add(a);
                }
            }
        } catch (UnknownHostException e) {
            // none
        }
        return out;
    }

    private static boolean spoken(byte[] octets, String protocols) {
        return protocols.contains("all")
                || protocols.contains(octets.length == 4 ? "ipv4" : "ipv6");
    }

    private static boolean heard(Own own, List<String> wanted) {
        if (wanted.isEmpty() || wanted.contains("all")) {
            return true;
        }
        if (wanted.contains("loopback-only")) {
            return own.loopback();
        }
        String text = own.octets().length == 4 ? ipv4(own.octets()) : ipv6(own.octets());
        return wanted.contains(text)
                || wanted.contains("[" + text + "]")
                || (own.loopback() && wanted.contains("localhost"));
    }

    private static int classPrefix(byte first) {
        int b = first & 0xff;
        return b < 128 ? 8 : b < 192 ? 16 : 24;
    }

    private static List<Own> machine() {
        List<Own> out = new ArrayList<>();
        try {
            List<NetworkInterface> all = Collections.list(NetworkInterface.getNetworkInterfaces());
            // Not Comparator's own, which can be serialized: no start-up cache holds its class.
            all.sort((a, b) -> Integer.compare(a.getIndex(), b.getIndex()));
            for (NetworkInterface i : all) {
                List<InterfaceAddress> addresses = new ArrayList<>(i.getInterfaceAddresses());
                Collections.reverse(addresses);
                for (InterfaceAddress a : addresses) {
                    InetAddress address = a.getAddress();
                    out.add(
                            new Own(
                                    address.getAddress(),
                                    a.getNetworkPrefixLength(),
                                    address.isLoopbackAddress()));
                }
            }
        } catch (SocketException e) {
            out.add(new Own(new byte[] {127, 0, 0, 1}, 8, true));
        }
        List<Own> sorted = new ArrayList<>();
        for (Own own : out) {
            if (own.octets().length == 4) {
                sorted.add(own);
            }
        }
        for (Own own : out) {
            if (own.octets().length != 4) {
                sorted.add(own);
            }
        }
        return sorted;
    }

    private static String block(byte[] address, int prefix) {
        byte[] octets = address.clone();
        for (int i = prefix; i < octets.length * 8; i++) {
            octets[i / 8] &= (byte) ~(0x80 >> (i % 8));
        }
        return octets.length == 4
                ? ipv4(octets) + "/" + prefix
                : "[" + ipv6(octets) + "]/" + prefix;
    }

    private static String ipv4(byte[] o) {
        return (o[0] & 0xff) + "." + (o[1] & 0xff) + "." + (o[2] & 0xff) + "." + (o[3] & 0xff);
    }

    /// With the longest run of zeros as `::` (RFC 5952).
    static String ipv6(byte[] o) {
        int[] words = new int[8];
        int best = -1;
        int bestLength = 1;
        int run = 0;
        for (int i = 0; i < 8; i++) {
            words[i] = (o[2 * i] & 0xff) << 8 | (o[2 * i + 1] & 0xff);
            run = words[i] == 0 ? run + 1 : 0;
            if (run > bestLength) {
                bestLength = run;
                best = i - run + 1;
            }
        }
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == best) {
                out.append("::");
                i += bestLength - 1;
            } else {
                boolean part = !out.isEmpty() && out.charAt(out.length() - 1) != ':';
                out.append(part ? ":" : "").append(Integer.toHexString(words[i]));
            }
        }
        return out.toString();
    }
}
