package org.postrider.wire;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.postrider.io.Connection;
import org.postrider.wire.client.EhloOffers;
import org.postrider.wire.client.MailTransaction;
import org.postrider.wire.client.ReplyReader;

/// The acting half of an SMTP client, without delivery (RFC 5321; smtp_chat(3), smtp_proto(3)): one
/// connection, what its server offers, and replies in the strict order of the commands. Who it is
/// for decides by [ClientStep] what a reply means, and what becomes of the mail. What the server
/// sends is bounded in memory by the line limit, in time by the deadline of each step. One thread
/// at a time.
public final class ClientDialogue {
    private final Terms terms;
    private final Oddities oddities;
    private final Filter filter;
    private Connection connection;
    private ReplyReader replies;
    private boolean secured;
    private EhloOffers offers = EhloOffers.NONE;
    private ClientStage stage = ClientStage.GREETING;
    private boolean asked;

    /// Told of what is worth a warning, and of what is said.
    public interface Oddities {
        /// A line without a reply code.
        ///
        /// @param several more than one reply may be under way: it may belong to any of them
        void noReplyCode(String line, boolean several);

        /// @param start the first octets
        void longLine(int limit, String start);

        void longReply(int limit, String start);

        /// A size limit in the reply to EHLO that is no number.
        void badSize(String value);

        /// @param lines commands with their ends, before they are written
        default void said(CharSequence lines) {}
    }

    /// Changes what a server says before it is looked at (smtp_reply_filter).
    public interface Filter {
        /// Nothing is changed.
        Filter NONE = line -> line;

        /// @param line of a reply, without its end
        /// @throws IOException where it cannot be said what it is to be; the connection is of no
        ///   more use
        String filtered(String line) throws IOException;
    }

    /// Makes TLS of a connection; what it does there is its own affair.
    public interface Securing {
        /// @throws IOException where there is no handshake; the connection is of no more use
        Connection secured(Connection plain) throws IOException;
    }

    /// Milliseconds for each step of a mail.
    public record Timeouts(long mail, long rcpt, long dataInit, long dataDone, long rset) {}

    /// What a server may take.
    ///
    /// @param lineLimit octets of a line and of a reply that are kept
    /// @param perRequest what is written and the reply to it share one time limit; otherwise each
    ///   has its own
    public record Terms(int lineLimit, boolean perRequest) {}

    public ClientDialogue(Connection connection, Terms terms, Oddities oddities, Filter filter) {
        this.filter = filter;
        this.connection = connection;
        this.terms = terms;
        this.oddities = oddities;
        replies = reader(connection);
    }

    private ReplyReader reader(Connection over) {
        return new ReplyReader(
                over, terms.lineLimit(), () -> offers(Offer.PIPELINING), oddities, filter);
    }

    public Connection connection() {
        return connection;
    }

    /// Which reply it waits for, or waited for last.
    public ClientStage stage() {
        return stage;
    }

    public boolean offers(Offer offer) {
        return offers.has(offer);
    }

    /// The attributes of XFORWARD that the server takes; the case of their letters does not count.
    public Set<String> forwards() {
        return offers.forwards();
    }

    /// The largest mail that the server takes; 0 for no limit.
    public long sizeLimit() {
        return offers.sizeLimit();
    }

    // ---- the beginning

    public ServerReply greeting(long timeoutMillis) throws IOException {
        return reply(ClientStage.GREETING, timeoutMillis);
    }

    /// Says EHLO, LHLO or HELO.
    public ServerReply hello(ClientStage which, String name, long timeoutMillis)
            throws IOException {
        stage = which;
        send(which.name() + " " + name + "\r\n", timeoutMillis);
        return replies.read();
    }

    /// Takes what a reply to EHLO offers.
    ///
    /// @param discarded keywords that are passed over, upper case
    /// @return true where SMTPUTF8 came without 8BITMIME, which it implies (RFC 6531 3.1 item 8):
    ///   then both count
    public boolean take(ServerReply ehlo, Set<String> discarded) {
        offers = EhloOffers.of(ehlo, discarded, oddities);
        return offers.utf8Alone();
    }

    /// The names of mechanisms behind AUTH, a line each; none where it is not offered.
    public List<String> logins() {
        return offers.logins();
    }

    /// Says a line of AUTH (RFC 4954). A connection that breaks at it breaks at EHLO, as in
    /// Postfix.
    public ServerReply login(String line, long timeoutMillis) throws IOException {
        send(line + "\r\n", timeoutMillis);
        return replies.read();
    }

    public ServerReply startTls(long timeoutMillis) throws IOException {
        stage = ClientStage.STARTTLS;
        send("STARTTLS\r\n", timeoutMillis);
        return replies.read();
    }

    /// Goes on within TLS: nothing that came before it is left (RFC 3207 4.2).
    public void secure(Securing securing) throws IOException {
        connection = securing.secured(connection);
        replies = reader(connection);
        offers = EhloOffers.NONE;
        secured = true;
    }

    public boolean secured() {
        return secured;
    }

    // ---- mail

    /// Sends one mail, in few round trips where the server offers PIPELINING.
    ///
    /// @param reused the connection waited since the mail before this one
    /// @throws org.postrider.io.DeadlineException where a step takes too long; so does IOException
    ///   where the connection breaks: [#stage] says when
    public ClientMail.End send(ClientMail mail, Timeouts timeouts, boolean reused)
            throws IOException {
        return new MailTransaction(this, mail, timeouts, reused).run();
    }

    /// Gives up a transaction that lies open.
    ///
    /// @return true where the next mail may follow
    public boolean reset(long timeoutMillis) {
        try {
            send("RSET\r\n", timeoutMillis);
            return replies.read().code() / 100 == 2;
        } catch (IOException e) {
            return false;
        }
    }

    // ---- the end

    /// True where octets are there that no command asked for: nothing more can be asked.
    public boolean leftOver() throws IOException {
        return replies.leftOver() || secured && connection.available() > 0;
    }

    /// Says QUIT and goes.
    ///
    /// @param replyMillis how long QUIT and its reply may take; 0: the reply is not waited for
    public void quit(long replyMillis) {
        try (Connection ended = connection) {
            send("QUIT\r\n", replyMillis > 0 ? replyMillis : 1000);
            if (replyMillis > 0) {
                replies.read();
            }
        } catch (IOException e) {
            // it was over anyway
        }
    }

    /// Gives up a transaction that lies open, and goes.
    ///
    /// @param quitMillis as [#quit] has it
    public void resetAndQuit(long resetMillis, long quitMillis) {
        if (!offers(Offer.PIPELINING)) {
            reset(resetMillis);
            quit(quitMillis);
            return;
        }
        try (Connection ended = connection) {
            send("RSET\r\nQUIT\r\n", resetMillis);
            replies.read();
            if (quitMillis > 0) {
                connection.deadline(quitMillis);
                replies.read();
            }
        } catch (IOException e) {
            // it was over anyway
        }
    }

    public void close() {
        connection.close();
    }

    // ---- for what acts through it

    /// @param at what it waits for from now on
    public void stage(ClientStage at) {
        stage = at;
    }

    /// Writes command lines with their line ends.
    @SuppressWarnings("deprecation") // the low octet of each char is the wire's octet (decision 3)
    public void send(CharSequence lines, long timeoutMillis) throws IOException {
        connection.deadline(timeoutMillis);
        asked = true;
        oddities.said(lines);
        String text = lines.toString();
        byte[] octets = new byte[text.length()];
        text.getBytes(0, octets.length, octets, 0);
        connection.write(octets, 0, octets.length);
    }

    public ServerReply reply(ClientStage at, long timeoutMillis) throws IOException {
        stage = at;
        if (!asked || !terms.perRequest()) {
            connection.deadline(timeoutMillis);
        }
        asked = false;
        return replies.read();
    }
}
