package org.postrider.smtpd;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.postrider.access.Stage;
import org.postrider.address.Address;
import org.postrider.anvil.Charges;
import org.postrider.cleanup.CleanupService;
import org.postrider.maps.TableException;
import org.postrider.memory.Budget;
import org.postrider.peer.Client;
import org.postrider.queue.QueueId;
import org.postrider.queue.Recipient;
import org.postrider.rewrite.Resolved;
import org.postrider.rewrite.RewriteService;
import org.postrider.tls.TlsConnection;
import org.postrider.wire.Reply;

/// What a client has said so far, and what rules have decided about it. One per mail; the client
/// and helo parts live as long as the session. Session thread only.
final class Transaction {
    /// Any of these says that there is a client behind the client.
    private static final List<String> FORWARDED_CLIENT =
            List.of("NAME", "ADDR", "PROTO", "HELO", "PORT");

    Client client;
    String helo = "";
    boolean esmtp;
    boolean greeted;

    /// Who the client has authenticated as, or XCLIENT said it has; null for nobody.
    @Nullable String login;

    /// The mechanism as the client wrote it; `XCLIENT` where that said so.
    String loginMethod = "";

    /// The session's TLS, null for none.
    @Nullable TlsConnection tls;

    /// What XFORWARD said of the client behind the client; null for what it did not know.
    final Map<String, @Nullable String> forwarded = new TreeMap<>();

    boolean inMail;
    Address sender = Address.NULL;
    MailParameters.@Nullable Mail parameters;
    final List<Recipient> recipients = new ArrayList<>();
    int tried;
    int overshoot;
    @Nullable Address recipient;
    @Nullable QueueId id;
    long arrivalMillis;
    boolean chunking;
    boolean skippingChunks;

    /// What has come of its content in chunks, null for nothing.
    @Nullable Chunks chunks;

    @Nullable String etrn;

    /// DEFER_IF_PERMIT of lists that were asked before the recipient (smtpd_delay_reject=no).
    final Map<Stage, Reply> earlyDefers = new EnumMap<>(Stage.class);

    boolean hold;
    boolean discard;
    @Nullable String filter;
    @Nullable Address redirect;
    final List<String> prepended = new ArrayList<>();
    final List<Address> bcc = new ArrayList<>();

    /// What the mail has taken of rate limits, null for nothing yet.
    @Nullable Charges charges;

    /// There was no memory for a recipient; there will be none for those that follow.
    boolean full;

    /// What its recipients take of memory, null for nothing yet.
    private Budget.@Nullable Share memory;

    Transaction(Client client) {
        this.client = client;
    }

    private Address resolvedFor = Address.NULL;
    private @Nullable Address resolvedAddress;
    private @Nullable Resolved resolved;

    /// Where an address leads, completed as our own users' addresses are. The last one is kept.
    ///
    /// @throws TableException when a table cannot answer
    Resolved resolved(RewriteService rewrite, Address address) {
        Resolved known = resolved;
        if (known == null || !address.equals(resolvedAddress) || !sender.equals(resolvedFor)) {
            known = rewrite.resolve(sender, rewrite.rewrite(address, true));
            resolved = known;
            resolvedAddress = address;
            resolvedFor = sender;
        }
        return known;
    }

    /// Asks for memory for one more recipient of the mail.
    boolean keeps(Recipient one, CleanupService cleanup) {
        Budget.Share share = memory;
        if (share == null) {
            share = cleanup.receiving();
            memory = share;
        }
        return share.take(one.memory());
    }

    /// Whether no mail can be for such an address. Where a table cannot answer that is not known:
    /// whatever asks for more of the address will say so.
    boolean malformed(RewriteService rewrite, Address address) {
        try {
            return resolved(rewrite, address).badSyntax();
        } catch (TableException e) {
            return false;
        }
    }

    @Nullable Reply earlyDefer() {
        return earlyDefers.isEmpty() ? null : earlyDefers.values().iterator().next();
    }

    /// Octets of chunks that have come; -1 outside of chunks.
    long chunkOctets() {
        return !chunking ? -1 : chunks == null ? 0 : chunks.octets();
    }

    /// The content that has come is forgotten, and what is still to come of it is skipped.
    void skipChunks() {
        forgetChunks();
        skippingChunks = true;
    }

    private void forgetChunks() {
        Chunks c = chunks;
        chunks = null;
        if (c != null) {
            c.close();
        }
    }

    void resetMail() {
        forgetChunks();
        inMail = false;
        sender = Address.NULL;
        parameters = null;
        recipients.clear();
        tried = 0;
        overshoot = 0;
        recipient = null;
        id = null;
        chunking = false;
        skippingChunks = false;
        hold = false;
        discard = false;
        filter = null;
        redirect = null;
        prepended.clear();
        bcc.clear();
        full = false;
        if (memory != null) {
            memory.close();
            memory = null;
        }
        if (charges != null) {
            charges.close();
            charges = null;
        }
    }

    State state() {
        if (skippingChunks) {
            return new State.SkippingChunks(inMail);
        }
        if (chunking) {
            return new State.InChunks(greeted);
        }
        if (inMail) {
            return new State.InMail(greeted, recipients.size(), tried);
        }
        return greeted ? new State.Greeted() : new State.Connected();
    }

    /// The session begins anew behind a handshake.
    void begin(TlsConnection secure) {
        tls = secure;
        helo = "";
        greeted = false;
        esmtp = false;
        login = null;
        forwarded.clear();
    }

    /// What the client= line of the log says besides.
    String more() {
        StringBuilder out = new StringBuilder();
        if (login != null) {
            out.append(", sasl_method=").append(loginMethod);
            out.append(", sasl_username=").append(login);
        }
        String onBehalf = parameters == null ? null : parameters.auth();
        if (onBehalf != null) {
            out.append(", sasl_sender=").append(onBehalf);
        }
        String ident = forwarded.get("IDENT");
        if (ident != null) {
            out.append(", orig_queue_id=").append(ident);
        }
        String name = forwarded.get("NAME");
        String address = forwarded.get("ADDR");
        if (FORWARDED_CLIENT.stream().anyMatch(forwarded::containsKey)) {
            out.append(", orig_client=").append(name == null ? "unknown" : name);
            out.append(address == null ? "" : "[" + address + "]");
        }
        return out.toString();
    }

    String protocol() {
        return esmtp ? "ESMTP" : "SMTP";
    }
}
