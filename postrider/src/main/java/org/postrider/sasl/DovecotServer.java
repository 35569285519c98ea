package org.postrider.sasl;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.io.Connector;

/// `smtpd_sasl_type = dovecot`: a Dovecot authentication server decides. Connections are kept for
/// the next client. Any thread.
public final class DovecotServer implements SaslServer {
    private static final int MOST_KEPT = 20;
    private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/]*={0,2}");

    private final Connector connector;
    private final SocketAddress address;
    private final String name;
    private final String service;
    private final ConcurrentLinkedDeque<DovecotConnection> kept = new ConcurrentLinkedDeque<>();
    private volatile @Nullable List<DovecotConnection.Offer> offers;
    private volatile boolean closed;

    /// @param path smtpd_sasl_path: a socket's path (below the queue directory if it is not
    ///   absolute), `unix:path` or `inet:host:port`
    /// @throws ConfigException for a malformed path
    public DovecotServer(String path, Path queueDirectory, String service, Connector connector) {
        this.connector = connector;
        this.service = service;
        this.name = path;
        this.address = address(path, queueDirectory);
    }

    private static SocketAddress address(String path, Path queueDirectory) {
        if (!path.startsWith("inet:")) {
            String plain = path.startsWith("unix:") ? path.substring(5) : path;
            return UnixDomainSocketAddress.of(queueDirectory.resolve(plain));
        }
        int colon = path.lastIndexOf(':');
        String host = colon > 5 ? path.substring(5, colon).replaceAll("^\\[|]$", "") : "";
        String port = path.substring(colon + 1);
        if (!port.matches("[0-9]{1,5}")) {
            throw new ConfigException("smtpd_sasl_path: bad port in " + path);
        }
        return new InetSocketAddress(host.isEmpty() ? "localhost" : host, Integer.parseInt(port));
    }

    @Override
    public List<String> mechanisms(Channel channel) throws IOException {
        List<DovecotConnection.Offer> now = offers;
        if (now == null) {
            now = offers(take());
        }
        return now.stream()
                .filter(o -> o.opposes().stream().noneMatch(channel.required()::contains))
                .map(DovecotConnection.Offer::mechanism)
                .toList();
    }

    private List<DovecotConnection.Offer> offers(DovecotConnection c) {
        keep(c);
        return c.offers();
    }

    private DovecotConnection take() throws IOException {
        DovecotConnection c = kept.poll();
        return c == null ? connect() : c;
    }

    private DovecotConnection connect() throws IOException {
        try {
            DovecotConnection made = DovecotConnection.open(connector, address);
            offers = made.offers();
            return made;
        } catch (IOException e) {
            offers = null;
            throw new IOException("SASL: Connect to " + name + " failed: " + e.getMessage(), e);
        }
    }

    private void keep(DovecotConnection c) {
        if (kept.size() < MOST_KEPT) {
            kept.push(c);
        } else {
            c.close();
        }
        if (closed) {
            close();
        }
    }

    @Override
    public void close() {
        closed = true;
        for (DovecotConnection c = kept.poll(); c != null; c = kept.poll()) {
            c.close();
        }
    }

    @Override
    public Exchange begin(String mechanism, Channel channel) throws IOException {
        String wanted = mechanism.toUpperCase(Locale.ROOT);
        return mechanisms(channel).contains(wanted)
                ? new Asked(wanted, channel)
                : response -> new Step.Failure("Invalid authentication mechanism");
    }

    /// An exchange that Dovecot conducts.
    private final class Asked implements Exchange {
        private final String mechanism;
        private final Channel channel;
        private @Nullable DovecotConnection connection;
        private int request;

        Asked(String mechanism, Channel channel) {
            this.mechanism = mechanism;
            this.channel = channel;
        }

        @Override
        public Step step(@Nullable String response) throws IOException {
            DovecotConnection c = connection;
            if (response != null && !BASE64.matcher(response).matches()) {
                return new Step.Failure(
                        "Invalid base64 data in "
                                + (c == null ? "initial" : "continued")
                                + " response");
            }
            if (c == null) {
                return step(begun(response));
            }
            c.send("CONT\t" + request + "\t" + response);
            return step(c.answer(request));
        }

        /// A connection that was kept may be gone by now; then one more is made.
        private String[] begun(@Nullable String response) throws IOException {
            DovecotConnection c = take();
            boolean old = c.used();
            try {
                return begun(c, response);
            } catch (IOException e) {
                c.close();
                if (!old) {
                    throw e;
                }
                return begun(connect(), response);
            }
        }

        private String[] begun(DovecotConnection c, @Nullable String response) throws IOException {
            connection = c;
            request = c.next();
            StringBuilder line = new StringBuilder("AUTH\t");
            line.append(request).append('\t').append(mechanism);
            line.append("\tservice=").append(service).append("\tnologin");
            line.append("\tlip=").append(channel.local());
            line.append("\trip=").append(channel.remote());
            if (channel.tls()) {
                line.append("\tsecured");
            }
            if (response != null) {
                // The sign for nothing (RFC 4954) goes on as it came, as with Postfix.
                line.append("\tresp=").append(response);
            }
            c.send(line.toString());
            return c.answer(request);
        }

        private Step step(String[] answer) {
            if (answer[0].equals("CONT")) {
                return new Step.Challenge(answer.length > 2 ? answer[2] : "");
            }
            DovecotConnection c = connection;
            if (c != null) {
                connection = null;
                keep(c);
            }
            String user = value(answer, "user=");
            if (answer[0].equals("FAIL")) {
                String reason = value(answer, "reason=");
                return new Step.Failure(reason == null ? "" : reason, user, null);
            }
            return user == null
                    ? new Step.Failure("no user name from the authentication server")
                    : new Step.Success(user);
        }

        private @Nullable String value(String[] answer, String key) {
            for (String word : answer) {
                if (word.startsWith(key)) {
                    return word.substring(key.length());
                }
            }
            return null;
        }

        /// An exchange that was broken off takes its connection with it.
        @Override
        public void close() {
            DovecotConnection c = connection;
            if (c != null) {
                connection = null;
                c.close();
            }
        }
    }
}
