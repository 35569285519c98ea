package org.postrider.peer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.io.Connection;
import org.postrider.io.DeadlineException;
import org.postrider.maps.Network;
import org.postrider.wire.Words;

/// The header in which a proxy says who the client is (HAProxy's PROXY protocol, version 1 and 2).
/// Reads the header and not an octet more, from whoever connects: nothing of it is trusted beyond
/// its own length.
sealed interface ProxyHeader {
    /// For this client, which has connected to that server.
    record Proxied(InetAddress client, int port, InetSocketAddress server) implements ProxyHeader {}

    /// The proxy speaks for itself (v2 LOCAL).
    record Local() implements ProxyHeader {}

    /// Not to be used.
    ///
    /// @param why in Postfix's words
    record Bad(String why) implements ProxyHeader {}

    /// Octets of a header, the addresses and what may follow them included.
    int MOST = 536;

    /// @param timeoutMillis for all of it
    /// @param ipv4 this protocol is spoken
    /// @param ipv6 this protocol is spoken
    static ProxyHeader read(Connection from, long timeoutMillis, boolean ipv4, boolean ipv6) {
        byte[] octets = new byte[MOST];
        int n = 0;
        try {
            from.deadline(timeoutMillis);
            int wanted = 1;
            while (n < wanted) {
                int got = from.read(octets, n, wanted - n);
                if (got < 0) {
                    break;
                }
                n += got;
                wanted = wanted(octets, n);
            }
        } catch (DeadlineException e) {
            if (n == 0) {
                return new Bad("timeout error");
            }
        } catch (IOException e) {
            return new Bad(String.valueOf(e.getMessage()));
        }
        return n == 0 ? new Bad("EOF") : parsed(octets, n, ipv4, ipv6);
    }

    /// How many octets there must be before it can be read, as far as these show.
    private static int wanted(byte[] octets, int n) {
        if (octets[0] != Signature.OCTETS[0]) {
            return octets[n - 1] == '\n' ? n : Math.min(MOST, n + 1);
        }
        if (n < Signature.LENGTH) {
            return Signature.LENGTH;
        }
        return Math.min(MOST, Signature.LENGTH + (octets[14] & 0xff) * 256 + (octets[15] & 0xff));
    }

    /// @param n how many octets have come
    static ProxyHeader parsed(byte[] octets, int n, boolean ipv4, boolean ipv6) {
        String text = new String(octets, 0, n, java.nio.charset.StandardCharsets.ISO_8859_1);
        boolean second = n >= Signature.LENGTH && Signature.begins(octets);
        ProxyHeader read = second ? second(octets, n, ipv4, ipv6) : first(text, ipv4, ipv6);
        return read instanceof Bad bad ? new Bad(bad.why() + ": " + escaped(text)) : read;
    }

    /// Version 1: a line of text.
    private static ProxyHeader first(String text, boolean ipv4, boolean ipv6) {
        if (text.indexOf('\n') < 0) {
            return new Bad("missing protocol header terminator");
        }
        if (text.length() < "PROXY UNKNOWN\r\n".length()) {
            return new Bad("short protocol header");
        }
        List<String> words = Words.of(text.stripTrailing());
        if (words.isEmpty() || !words.getFirst().equals("PROXY")) {
            return new Bad("unrecognized protocol header");
        }
        boolean six = words.size() > 1 && words.get(1).equals("TCP6") && ipv6;
        if (!six && !(words.size() > 1 && words.get(1).equals("TCP4") && ipv4)) {
            return new Bad("bad or missing protocol type");
        }
        InetAddress client = address(words, 2, six);
        if (client == null) {
            return new Bad("bad or missing client address");
        }
        InetAddress server = address(words, 3, six);
        if (server == null) {
            return new Bad("bad or missing server address");
        }
        int port = port(words, 4);
        if (port < 0) {
            return new Bad("bad or missing client port");
        }
        int serverPort = port(words, 5);
        return serverPort < 0
                ? new Bad("bad or missing server port")
                : new Proxied(client, port, new InetSocketAddress(server, serverPort));
    }

    private static @Nullable InetAddress address(List<String> words, int at, boolean six) {
        if (at >= words.size()
                || words.get(at).indexOf(':') >= 0 != six
                || words.get(at).indexOf('/') >= 0
                || words.get(at).indexOf('[') >= 0) {
            return null;
        }
        byte[] octets = Network.literal(words.get(at));
        try {
            return octets == null ? null : InetAddress.getByAddress(octets);
        } catch (UnknownHostException e) {
            return null;
        }
    }

    private static int port(List<String> words, int at) {
        String word = at < words.size() ? words.get(at) : "";
        if (word.isEmpty() || word.length() > 5) {
            return -1;
        }
        int port = 0;
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            port = port * 10 + c - '0';
        }
        return port > 65535 ? -1 : port;
    }

    /// Version 2: binary.
    private static ProxyHeader second(byte[] octets, int n, boolean ipv4, boolean ipv6) {
        if ((octets[12] & 0xf0) != 0x20) {
            return new Bad("unrecognized protocol version");
        }
        int length = (octets[14] & 0xff) * 256 + (octets[15] & 0xff);
        if (n < Signature.LENGTH + length) {
            return new Bad("short version 2 protocol header");
        }
        if ((octets[12] & 0x0f) == 0) {
            return new Local();
        }
        if ((octets[12] & 0x0f) != 1) {
            return new Bad("bad command in proxy header");
        }
        boolean six = octets[13] == 0x21 && ipv6;
        if (!six && !(octets[13] == 0x11 && ipv4)) {
            return new Bad("unsupported network protocol");
        }
        int size = six ? 16 : 4;
        if (length < 2 * size + 4) {
            return new Bad("short address field");
        }
        try {
            byte[] client = new byte[size];
            System.arraycopy(octets, Signature.LENGTH, client, 0, size);
            byte[] server = new byte[size];
            System.arraycopy(octets, Signature.LENGTH + size, server, 0, size);
            int port = Signature.LENGTH + 2 * size;
            return new Proxied(
                    InetAddress.getByAddress(client),
                    twoOctets(octets, port),
                    new InetSocketAddress(
                            InetAddress.getByAddress(server), twoOctets(octets, port + 2)));
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int twoOctets(byte[] octets, int at) {
        return (octets[at] & 0xff) * 256 + (octets[at + 1] & 0xff);
    }

    /// As C writes it.
    private static String escaped(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            int known = "\u0007\b\f\n\r\t\u000b\\".indexOf(c);
            if (known >= 0) {
                out.append('\\').append("abfnrtv\\".charAt(known));
            } else if (c >= ' ' && c < 127) {
                out.append(c);
            } else {
                out.append('\\').append(c >> 6).append((c >> 3) & 7).append(c & 7);
            }
        }
        return out.toString();
    }

    /// What version 2 begins with.
    final class Signature {
        private static final byte[] OCTETS = {
            '\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'
        };

        /// With version, command, family and length.
        private static final int LENGTH = 16;

        private Signature() {}

        private static boolean begins(byte[] octets) {
            return java.util.Arrays.equals(octets, 0, OCTETS.length, OCTETS, 0, OCTETS.length);
        }
    }
}
