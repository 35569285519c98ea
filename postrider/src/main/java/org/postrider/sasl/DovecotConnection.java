package org.postrider.sasl;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.postrider.io.Connection;
import org.postrider.io.Connector;

/// A client's connection to a Dovecot authentication server, protocol 1: lines of words between
/// tabs. One thread at a time.
final class DovecotConnection implements AutoCloseable {
    static final long TIMEOUT_MILLIS = 10_000;
    private static final int LONGEST_LINE = 64 << 10;
    private static final int MOST_LINES = 1000;
    private static final SecureRandom RANDOM = new SecureRandom();

    /// @param opposes what the mechanism is open to
    record Offer(String mechanism, Set<SecurityOption> opposes) {}

    private final Connection connection;
    private final byte[] buffer = new byte[4096];
    private int start;
    private int end;
    private int requests;
    private final List<Offer> offers = new ArrayList<>();

    private DovecotConnection(Connection connection) {
        this.connection = connection;
    }

    /// Connects and plays the handshake.
    static DovecotConnection open(Connector connector, SocketAddress to) throws IOException {
        DovecotConnection made = new DovecotConnection(connector.connect(to, null, TIMEOUT_MILLIS));
        boolean good = false;
        try {
            // Dovecot wants a number that no other connection has; it need not be a process's.
            made.send("VERSION\t1\t0\nCPID\t" + (RANDOM.nextInt(1 << 30) + 1));
            made.greeting();
            good = true;
            return made;
        } finally {
            if (!good) {
                made.close();
            }
        }
    }

    private void greeting() throws IOException {
        for (int i = 0; i < MOST_LINES; i++) {
            String[] words = line();
            switch (words[0]) {
                case "VERSION" -> {
                    if (words.length < 2 || !words[1].equals("1")) {
                        throw new IOException("unsupported protocol version");
                    }
                }
                case "MECH" -> {
                    if (words.length > 1) {
                        offers.add(new Offer(words[1], opposed(words)));
                    }
                }
                case "DONE" -> {
                    return;
                }
                default -> {
                    // SPID, CUID, COOKIE and what may come
                }
            }
        }
        throw new IOException("no end of the greeting");
    }

    private static Set<SecurityOption> opposed(String[] words) {
        Set<SecurityOption> out = EnumSet.noneOf(SecurityOption.class);
        boolean secret = false;
        boolean mutual = false;
        for (int i = 2; i < words.length; i++) {
            switch (words[i]) {
                case "plaintext" -> out.add(SecurityOption.NOPLAINTEXT);
                case "active" -> out.add(SecurityOption.NOACTIVE);
                case "dictionary" -> out.add(SecurityOption.NODICTIONARY);
                case "anonymous" -> out.add(SecurityOption.NOANONYMOUS);
                case "forward-secrecy" -> secret = true;
                case "mutual-auth" -> mutual = true;
                default -> {
                    // private and what may come
                }
            }
        }
        if (!secret) {
            out.add(SecurityOption.FORWARD_SECRECY);
        }
        if (!mutual) {
            out.add(SecurityOption.MUTUAL_AUTH);
        }
        return out;
    }

    List<Offer> offers() {
        return List.copyOf(offers);
    }

    /// A number for the next request.
    int next() {
        return ++requests;
    }

    /// Whether it has been used.
    boolean used() {
        return requests > 0;
    }

    void send(String line) throws IOException {
        connection.deadline(TIMEOUT_MILLIS);
        byte[] octets = (line + "\n").getBytes(StandardCharsets.UTF_8);
        connection.write(octets, 0, octets.length);
    }

    /// The answer to a request; what belongs to another is passed over.
    String[] answer(int request) throws IOException {
        for (int i = 0; i < MOST_LINES; i++) {
            String[] words = line();
            if (words.length > 1
                    && (words[0].equals("OK") || words[0].equals("FAIL") || words[0].equals("CONT"))
                    && words[1].equals(Integer.toString(request))) {
                return words;
            }
        }
        throw new IOException("no answer to a request");
    }

    private String[] line() throws IOException {
        StringBuilder line = new StringBuilder();
        while (line.length() < LONGEST_LINE) {
            for (int i = start; i < end; i++) {
                if (buffer[i] == '\n') {
                    line.append(new String(buffer, start, i - start, StandardCharsets.UTF_8));
                    start = i + 1;
                    return line.toString().split("\t", -1);
                }
            }
            line.append(new String(buffer, start, end - start, StandardCharsets.UTF_8));
            start = 0;
            connection.deadline(TIMEOUT_MILLIS);
            end = Math.max(0, connection.read(buffer, 0, buffer.length));
            if (end == 0) {
                throw new EOFException("the authentication server closed the connection");
            }
        }
        throw new IOException("line longer than " + LONGEST_LINE);
    }

    @Override
    public void close() {
        connection.close();
    }
}
