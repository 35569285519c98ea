package org.postrider.smtp;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.postrider.io.Connection;
import org.postrider.log.LogTag;
import org.postrider.log.MailLog;
import org.postrider.tls.TlsConnection;
import org.postrider.wire.ReplyReader;
import org.postrider.wire.ReplyReader.ServerReply;

/// An open session with a server: what it offers and how often it was used. One thread at a time.
final class SmtpSession implements ReplyReader.Oddities {
    static final int PIPELINING = 1;
    static final int SIZE = 2;
    static final int EIGHT_BIT = 4;
    static final int DSN = 8;
    static final int SMTPUTF8 = 16;
    static final int STARTTLS = 32;

    /// What its destination's policy wants of TLS, and what of it this session has.
    final SmtpTls tls;

    final SmtpTls.Level level;

    /// The name that the server is asked for within TLS; empty for none.
    final String tlsName;

    final Route.Server server;
    final String label;
    final String relay;
    final long openedNanos;
    private final MailLog log;
    private final int lineLimit;
    private int features;
    Connection connection;
    ReplyReader replies;
    long sizeLimit;

    /// TLS failed where it is not required: the same server is asked once more, in clear.
    boolean retryInClear;

    /// How many mails went over it, the present one included.
    int used;

    long idleSinceNanos;

    // The mail it carries, for warnings.
    private String queueId = "";
    private LogTag tag;

    SmtpSession(
            Connection connection,
            Route.Server server,
            SmtpTls tls,
            SmtpTls.Level level,
            String tlsName,
            int lineLimit,
            long openedNanos,
            MailLog log,
            LogTag tag) {
        this.connection = connection;
        this.server = server;
        this.tls = tls;
        this.level = level;
        this.tlsName = tlsName;
        this.lineLimit = lineLimit;
        this.log = log;
        this.tag = tag;
        this.replies = new ReplyReader(connection, lineLimit, this);
        this.openedNanos = openedNanos;
        this.label = server.label();
        this.relay = server.labelWithPort();
    }

    /// Which mail it may carry besides the one it was opened for.
    SessionCache.Key key() {
        return new SessionCache.Key(server, tls, tlsName);
    }

    void carries(Attempt attempt) {
        queueId = attempt.queueId();
        tag = attempt.tag();
    }

    boolean secured() {
        return connection instanceof TlsConnection;
    }

    /// Goes on within TLS: nothing that came before it is left (RFC 3207 4.2).
    void secured(TlsConnection within) {
        connection = within;
        replies = new ReplyReader(within, lineLimit, this);
        features = 0;
        sizeLimit = 0;
    }

    /// True where octets are there that no command asked for.
    boolean leftOver() throws IOException {
        return replies.leftOver() || secured() && connection.available() > 0;
    }

    boolean offers(int feature) {
        return (features & feature) != 0;
    }

    @SuppressWarnings("deprecation") // the low octet of each char is the wire's octet (decision 3)
    void send(CharSequence lines) throws IOException {
        String text = lines.toString();
        byte[] octets = new byte[text.length()];
        text.getBytes(0, octets.length, octets, 0);
        connection.write(octets, 0, octets.length);
    }

    /// Takes what the reply to EHLO offers.
    ///
    /// @param discarded keywords that are passed over, upper case
    void ehlo(ServerReply reply, Set<String> discarded) {
        List<String> lines = reply.lines();
        for (int i = 1; i < lines.size(); i++) {
            String line = lines.get(i);
            String text = line.length() > 4 ? line.substring(4).strip() : "";
            int stop = 0;
            while (stop < text.length() && " =".indexOf(text.charAt(stop)) < 0) {
                stop++;
            }
            String keyword = text.substring(0, stop).toUpperCase(Locale.ROOT);
            if (!discarded.contains(keyword)) {
                offered(keyword, text.substring(stop).strip());
            }
        }
    }

    /// SMTPUTF8 comes with 8BITMIME (RFC 6531 3.1 item 8): one who says it has both.
    ///
    /// @return true where it said only the one
    boolean utf8WithoutEightBit() {
        boolean alone = offers(SMTPUTF8) && !offers(EIGHT_BIT);
        features |= alone ? EIGHT_BIT : 0;
        return alone;
    }

    private void offered(String keyword, String value) {
        switch (keyword) {
            case "PIPELINING" -> features |= PIPELINING;
            case "8BITMIME" -> features |= EIGHT_BIT;
            case "DSN" -> features |= DSN;
            case "SMTPUTF8" -> features |= SMTPUTF8;
            case "STARTTLS" -> features |= STARTTLS;
            case "SIZE" -> {
                features |= SIZE;
                size(value);
            }
            default -> {
                // not for us
            }
        }
    }

    private void size(String value) {
        if (value.isEmpty()) {
            return;
        }
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) < '0' || value.charAt(i) > '9') {
                log.warning(tag, "bad EHLO SIZE limit \"" + value + "\" from " + relay);
                return;
            }
        }
        // One too large to hold is none.
        sizeLimit = value.length() > 18 ? 0 : Long.parseLong(value);
    }

    @Override
    public void noReplyCode(String line) {
        // Out of step only where several replies are under way.
        if (offers(PIPELINING)) {
            String start = line.substring(0, Math.min(100, line.length()));
            log.warning(tag, queueId + ": non-ESMTP response from " + relay + ": " + start);
            log.warning(
                    tag,
                    "to prevent loss of mail, turn off command pipelining for "
                            + org.postrider.dns.AddressText.of(server.address())
                            + " with the smtp_discard_ehlo_keyword_address_maps parameter");
        }
    }

    @Override
    public void longLine(int limit, String start) {
        log.warning(tag, relay + ": response longer than " + limit + ": " + start + "...");
    }

    @Override
    public void longReply(int limit, String start) {
        log.warning(
                tag,
                relay
                        + ": multi-line response longer than "
                        + limit
                        + " "
                        + start.substring(0, Math.min(30, start.length()))
                        + "...");
    }
}
