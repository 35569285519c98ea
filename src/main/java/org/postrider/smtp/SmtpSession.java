package org.postrider.smtp;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import org.postrider.io.Connection;
import org.postrider.wire.ReplyReader;
import org.postrider.wire.ReplyReader.ServerReply;

/// An open session with a server: what it offers and how often it was used. One thread at a time.
final class SmtpSession {
    final Connection connection;
    final ReplyReader replies;
    final Route.Server server;
    final long openedNanos;
    final long connectNanos;
    final Set<String> features = new java.util.HashSet<>();
    long sizeLimit;
    int used;
    long idleSinceNanos;

    SmtpSession(
            Connection connection,
            Route.Server server,
            int lineLimit,
            long openedNanos,
            long connectNanos) {
        this.connection = connection;
        this.server = server;
        this.replies = new ReplyReader(connection, lineLimit);
        this.openedNanos = openedNanos;
        this.connectNanos = connectNanos;
    }

    String label() {
        return server.label();
    }

    /// As `relay=` shows it.
    String relay() {
        return server.label() + ":" + server.port();
    }

    boolean offers(String keyword) {
        return features.contains(keyword);
    }

    void send(CharSequence lines) throws IOException {
        byte[] octets = lines.toString().getBytes(StandardCharsets.ISO_8859_1);
        connection.write(octets, 0, octets.length);
    }

    void ehlo(ServerReply reply) {
        for (int i = 1; i < reply.lines().size(); i++) {
            String line = reply.lines().get(i);
            String text = line.length() > 4 ? line.substring(4).strip() : "";
            int blank = text.indexOf(' ');
            String keyword = (blank < 0 ? text : text.substring(0, blank)).toUpperCase(Locale.ROOT);
            features.add(keyword);
            if (keyword.equals("SIZE") && blank > 0) {
                try {
                    sizeLimit = Math.max(0, Long.parseLong(text.substring(blank + 1).strip()));
                } catch (NumberFormatException e) {
                    // as if no limit were named
                }
            }
        }
    }
}
