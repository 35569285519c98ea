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

/// Greets a mail server, begins TLS if there is any, asks whom it takes mail for, and leaves before
/// there is any.
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
    private final Asked asked;

    /// What is asked of the server.
    ///
    /// @param wrapped TLS comes before the greeting (RFC 8314 3.3)
    /// @param own whom it should take mail for; null for nobody
    /// @param stranger an address that is none of its own, which it should not take a stranger's
    ///   mail for; null for none
    /// @param sender whose mail the stranger's is
    record Asked(boolean wrapped, @Nullable String own, @Nullable String stranger, String sender) {}

    /// What it says of a recipient.
    ///
    /// @param command the last one: MAIL, where that is refused
    /// @param reply to it, the text of all its lines; empty where none comes
    /// @param trouble why none comes
    record Answer(String command, String reply, String trouble) {
        boolean taken() {
            return reply.startsWith("2");
        }
    }

    /// @param tls how it went with TLS
    /// @param own what is said of that recipient; null where it was not asked
    /// @param stranger what is said of the other
    record Heard(String banner, Tls tls, @Nullable Answer own, @Nullable Answer stranger) {}

    /// @param offered whether STARTTLS was, or TLS came first
    /// @param chain the server's certificates; empty without a handshake
    /// @param verdict on them for the name that was asked for
    /// @param trouble why there was no handshake though it was offered
    record Tls(
            boolean offered,
            List<X509Certificate> chain,
            ServerProof.@Nullable Verdict verdict,
            String protocol,
            String trouble) {
        static Tls without(boolean offered, String trouble) {
            return new Tls(offered, List.of(), null, "", trouble);
        }
    }

    Dialogue(Connector connector, Clock clock, String helo, Asked asked) {
        this.connector = connector;
        this.clock = clock;
        this.helo = helo;
        this.asked = asked;
    }

    /// @throws IOException if the server cannot be reached or turns us away
    Heard with(String host, InetAddress address, int port) throws IOException {
        Connection plain =
                connector.connect(new InetSocketAddress(address, port), null, CONNECT_MILLIS);
        try (plain) {
            long begun = clock.nanos();
            if (asked.wrapped()) {
                return secured(plain, host, null, begun);
            }
            Replies replies = new Replies(plain, begun);
            String banner = expect(replies.next(), '2').getFirst();
            List<String> offers = expect(replies.say("EHLO " + helo), '2');
            boolean offered = offers.stream().skip(1).anyMatch(Dialogue::startsTls);
            String trouble = "";
            if (offered) {
                List<String> go = replies.say("STARTTLS");
                if (go.getFirst().charAt(0) == '2') {
                    return secured(plain, host, banner, begun);
                }
                trouble = "it says " + text(go);
            }
            return left(replies, banner, Tls.without(offered, trouble));
        }
    }

    private static boolean startsTls(String line) {
        return line.length() > 4 && Fold.lower(line.substring(4)).strip().equals("starttls");
    }

    /// @param banner null where the greeting is still to come
    private Heard secured(Connection plain, String host, @Nullable String banner, long begun)
            throws IOException {
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
        TlsConnection made;
        try {
            made = tls.connect(plain, host, new ServerProof.Named(List.of(host)), HANDSHAKE_MILLIS);
        } catch (IOException e) {
            if (banner == null) {
                throw new IOException("TLS: " + e.getMessage(), e);
            }
            return new Heard(banner, Tls.without(true, "TLS: " + e.getMessage()), null, null);
        }
        try (made) {
            Replies replies = new Replies(made, begun);
            String greeting = banner == null ? expect(replies.next(), '2').getFirst() : banner;
            return left(
                    replies,
                    greeting,
                    new Tls(true, made.chain(), made.verdict(), made.protocol(), ""));
        }
    }

    /// Asks what is to be asked and leaves. What was heard before stays heard, whatever comes.
    private Heard left(Replies replies, String banner, Tls tls) {
        Answer own = null;
        Answer stranger = null;
        if (asked.own() != null || asked.stranger() != null) {
            try {
                if (!tls.chain().isEmpty()) {
                    // After TLS the server has forgotten who we are (RFC 3207 4.2).
                    expect(replies.say("EHLO " + helo), '2');
                }
                own = asked.own() == null ? null : answer(replies, "", asked.own());
                if (asked.stranger() != null) {
                    replies.say("RSET");
                    stranger = answer(replies, asked.sender(), asked.stranger());
                }
            } catch (IOException e) {
                String command = own == null ? "EHLO " + helo : "RSET";
                Answer none = new Answer(command, "", String.valueOf(e.getMessage()));
                own = asked.own() == null || own != null ? own : none;
                stranger = asked.stranger() == null ? null : none;
            }
        }
        try {
            replies.say("QUIT");
        } catch (IOException e) {
            // It is left, without a word.
        }
        return new Heard(banner, tls, own, stranger);
    }

    private static Answer answer(Replies replies, String sender, String recipient) {
        String command = "MAIL FROM:<" + sender + ">";
        try {
            List<String> reply = replies.say(command);
            if (reply.getFirst().charAt(0) == '2') {
                command = "RCPT TO:<" + recipient + ">";
                reply = replies.say(command);
            }
            return new Answer(command, text(reply), "");
        } catch (IOException e) {
            return new Answer(command, "", String.valueOf(e.getMessage()));
        }
    }

    /// All lines of a reply as one.
    private static String text(List<String> reply) {
        StringBuilder out = new StringBuilder(reply.getFirst().substring(0, 3));
        for (String line : reply) {
            out.append(' ').append(line.length() > 4 ? line.substring(4).strip() : "");
        }
        return out.toString().strip();
    }

    private static Consumer<String> none() {
        return _ -> {};
    }

    private static List<String> expect(List<String> reply, char digit) throws IOException {
        if (reply.getFirst().charAt(0) != digit) {
            throw new IOException("it says " + text(reply));
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
