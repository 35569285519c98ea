package org.postrider.doctor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.io.Connection;
import org.postrider.io.Connector;
import org.postrider.maps.Fold;
import org.postrider.time.Clock;
import org.postrider.tls.ServerProof;
import org.postrider.tls.TlsClient;
import org.postrider.tls.TlsClientSettings;
import org.postrider.tls.TlsConnection;
import org.postrider.tls.TlsServerSettings;

/// Greets a mail server, begins TLS if there is any, and leaves. No mail is begun.
final class Dialogue {
    private static final long CONNECT_MILLIS = 10_000;
    private static final long REPLY_MILLIS = 15_000;
    private static final long HANDSHAKE_MILLIS = 15_000;
    private static final int MOST_LINES = 100;
    private static final int MOST_OCTETS = 2048;
    private static final int DEPTH = 9;

    private final Connector connector;
    private final Clock clock;
    private final String helo;

    /// @param offered whether STARTTLS was
    /// @param chain the server's certificates; empty without a handshake
    /// @param verdict on them for the name that was asked for
    /// @param trouble why there was no handshake though it was offered
    record Heard(
            String banner,
            boolean offered,
            List<X509Certificate> chain,
            ServerProof.@Nullable Verdict verdict,
            String protocol,
            String trouble) {}

    Dialogue(Connector connector, Clock clock, String helo) {
        this.connector = connector;
        this.clock = clock;
        this.helo = helo;
    }

    /// @throws IOException if the server cannot be reached or turns us away
    Heard with(String host, InetAddress address, int port) throws IOException {
        Connection plain =
                connector.connect(new InetSocketAddress(address, port), null, CONNECT_MILLIS);
        try (plain) {
            Replies replies = new Replies(plain, clock.nanos());
            String banner = expect(replies.next(), '2').getFirst();
            List<String> offers = expect(replies.say("EHLO " + helo), '2');
            boolean offered = offers.stream().skip(1).anyMatch(Dialogue::startsTls);
            if (!offered) {
                replies.say("QUIT");
                return new Heard(banner, false, List.of(), null, "", "");
            }
            List<String> go = replies.say("STARTTLS");
            if (go.getFirst().charAt(0) != '2') {
                return new Heard(banner, true, List.of(), null, "", "it says " + go.getLast());
            }
            return secured(plain, host, banner);
        }
    }

    private static boolean startsTls(String line) {
        return line.length() > 4 && Fold.lower(line.substring(4)).strip().equals("starttls");
    }

    private Heard secured(Connection plain, String host, String banner) {
        TlsClient tls =
                TlsClient.of(
                        new TlsClientSettings(
                                ">=TLSv1",
                                TlsServerSettings.Ciphers.ANY,
                                List.of(),
                                new TlsClientSettings.Trust("", "", true, DEPTH),
                                "sha256",
                                TlsClientSettings.Keys.NONE),
                        none(),
                        clock);
        try {
            TlsConnection made =
                    tls.connect(
                            plain, host, new ServerProof.Named(List.of(host)), HANDSHAKE_MILLIS);
            try (made) {
                byte[] quit = "QUIT\r\n".getBytes(StandardCharsets.US_ASCII);
                made.deadline(REPLY_MILLIS);
                made.write(quit, 0, quit.length);
                return new Heard(banner, true, made.chain(), made.verdict(), made.protocol(), "");
            }
        } catch (IOException e) {
            return new Heard(banner, true, List.of(), null, "", "TLS: " + e.getMessage());
        }
    }

    private static Consumer<String> none() {
        return _ -> {};
    }

    private static List<String> expect(List<String> reply, char digit) throws IOException {
        if (reply.getFirst().charAt(0) != digit) {
            throw new IOException("it says " + reply.getLast());
        }
        return reply;
    }

    /// Replies of a server: lines and octets are counted.
    private final class Replies {
        private final Connection connection;
        private final long begun;
        private final byte[] buffer = new byte[MOST_OCTETS];
        private int at;
        private int filled;

        Replies(Connection connection, long begun) {
            this.connection = connection;
            this.begun = begun;
        }

        List<String> say(String command) throws IOException {
            byte[] line = (command + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
            connection.deadline(left());
            connection.write(line, 0, line.length);
            return next();
        }

        private long left() throws IOException {
            long left = 2 * REPLY_MILLIS - (clock.nanos() - begun) / 1_000_000;
            if (left <= 0) {
                throw new IOException("it takes too long");
            }
            return Math.min(left, REPLY_MILLIS);
        }

        List<String> next() throws IOException {
            List<String> out = new ArrayList<>();
            while (out.size() < MOST_LINES) {
                String line = line();
                if (!line.matches("[2-5][0-9][0-9]([- ].*)?")) {
                    throw new IOException("it is no mail server: " + line);
                }
                out.add(line);
                if (line.length() == 3 || line.charAt(3) == ' ') {
                    return out;
                }
            }
            throw new IOException("it says too much");
        }

        private String line() throws IOException {
            StringBuilder out = new StringBuilder();
            while (out.length() < MOST_OCTETS) {
                if (at == filled) {
                    connection.deadline(left());
                    filled = connection.read(buffer, 0, buffer.length);
                    at = 0;
                    if (filled < 0) {
                        throw new IOException("it hangs up");
                    }
                }
                char c = (char) (buffer[at++] & 0xff);
                if (c == '\n') {
                    return out.toString();
                }
                if (c != '\r') {
                    out.append(c >= ' ' && c < 127 ? c : '?');
                }
            }
            throw new IOException("it says too much");
        }
    }
}
