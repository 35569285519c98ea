package org.postrider.smtpd.session;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.access.Effect;
import org.postrider.access.PolicyLease;
import org.postrider.address.Address;
import org.postrider.anvil.Charges;
import org.postrider.anvil.RateLimits;
import org.postrider.authentication.MailAuthentication;
import org.postrider.cleanup.CleanupService;
import org.postrider.dns.RememberedAnswers;
import org.postrider.memory.Budget;
import org.postrider.queue.QueueId;
import org.postrider.queue.Recipient;
import org.postrider.smtpd.input.Chunks;
import org.postrider.smtpd.input.MailParameters;
import org.postrider.smtpd.proxy.ProxyMail;

/// One mail, from MAIL to its end: its envelope, what has been decided about it, and what it takes
/// of budgets and rate limits. Never used again: it is closed at its end, whatever that is, and the
/// next MAIL makes another. Its session's thread only.
public final class Mail implements AutoCloseable {
    public final Address sender;
    public final MailParameters.Mail parameters;
    public final long arrivalMillis;

    /// What policy servers know it by, no other mail's (SMTPD_POLICY_README).
    public final String instance;

    /// MAIL as the client wrote it, without REQUIRETLS: a filter before the queue hears it.
    public final String command;

    /// Octets of its content as Postfix counts them, once it is there.
    public long received;

    public final Effects effects = new Effects();

    /// Null before the first good recipient, or with smtpd_delay_open_until_valid_rcpt = no before
    /// MAIL is accepted.
    public @Nullable QueueId id;

    /// How many recipients beyond smtpd_recipient_limit were named.
    public int overshoot;

    /// There was no memory for a recipient; there will be none for those that follow.
    public boolean full;

    /// On its way through the filter before the queue; null for none, or not yet.
    public @Nullable ProxyMail proxied;

    /// What is found out about its authenticity; null where it is not checked.
    public @Nullable MailAuthentication authentication;

    private @Nullable Chunks chunks;

    /// A chunk that is not the last has been accepted.
    private boolean chunked;

    final PolicyLease policies = new PolicyLease();
    final RememberedAnswers names = new RememberedAnswers();
    private @Nullable Charges charges;
    private Budget.@Nullable Share memory;
    private Recipient.@Nullable Writer recipients;
    private @Nullable Address first;

    /// What access tables want to happen to a mail.
    public static final class Effects {
        public boolean hold;
        public boolean discard;
        public boolean quarantine;
        public @Nullable String filter;
        public @Nullable Address redirect;
        public final List<String> prepended = new ArrayList<>();
        public final List<Address> bcc = new ArrayList<>();

        void add(Effect.OfMail what) {
            switch (what) {
                case Effect.Hold _ -> hold = true;
                case Effect.Quarantine _ -> quarantine = true;
                case Effect.Discard _ -> discard = true;
                case Effect.Filter(var destination) -> filter = destination;
                case Effect.Redirect(var to) -> redirect = to;
                case Effect.Bcc(var to) -> bcc.add(to);
                case Effect.Prepend(var header) -> prepended.add(header);
            }
        }
    }

    /// @param command MAIL as the client wrote it
    /// @param instance what policy servers know it by
    public Mail(
            Address sender,
            MailParameters.Mail parameters,
            long arrivalMillis,
            String command,
            String instance) {
        this.sender = sender;
        this.parameters = parameters;
        this.arrivalMillis = arrivalMillis;
        this.instance = instance;
        this.command =
                parameters.requireTls()
                        ? command.replaceAll("(?i)\\s+REQUIRETLS(?=\\s|$)", "")
                        : command;
    }

    /// How many recipients were accepted.
    public int recipientCount() {
        Recipient.Writer known = recipients;
        return known == null ? 0 : known.size();
    }

    /// Those that were accepted; to be read until it is closed.
    public List<Recipient> recipients() {
        Recipient.Writer known = recipients;
        return known == null ? List.of() : known.all();
    }

    /// The first recipient; null if there is none.
    public @Nullable Address firstRecipient() {
        return first;
    }

    /// The only recipient; null if there are none or several.
    public @Nullable Address onlyRecipient() {
        return recipientCount() == 1 ? first : null;
    }

    /// Asks for memory for one more recipient.
    ///
    /// @param more octets that are kept of it besides
    public boolean keeps(Recipient one, int more, CleanupService cleanup) {
        Budget.Share share = share(cleanup);
        Recipient.Writer to = recipients;
        if (to == null) {
            to = cleanup.recipients(share);
            recipients = to;
        }
        return (more == 0 || share.take(more)) && to.hasRoom(one);
    }

    /// Asks for memory for as long as it lasts.
    public boolean takes(long octets, CleanupService cleanup) {
        return share(cleanup).take(octets);
    }

    private Budget.Share share(CleanupService cleanup) {
        Budget.Share share = memory;
        if (share == null) {
            share = cleanup.receiving();
            memory = share;
        }
        return share;
    }

    /// One more recipient, which it keeps.
    ///
    /// @throws IOException where it cannot be written
    public void add(Recipient one) throws IOException {
        Recipient.Writer to = recipients;
        if (to == null) {
            throw new IllegalStateException("a recipient without room");
        }
        to.add(one);
        if (first == null) {
            first = one.address();
        }
    }

    /// What it has taken of rate limits.
    ///
    /// @param session whose mail it is
    public Charges charges(RateLimits limits, Session session) {
        Charges known = charges;
        if (known == null) {
            known = limits.charges(new RatedMail(session, this));
            charges = known;
        }
        return known;
    }

    /// What has come of its content in chunks; null for nothing.
    public @Nullable Chunks chunks() {
        return chunks;
    }

    public void begin(Chunks first) {
        chunks = first;
    }

    /// More chunks are to come.
    public void chunked() {
        chunked = true;
    }

    /// Octets of chunks that have come; -1 if its content does not come in chunks.
    public long chunkOctets() {
        Chunks there = chunks;
        return !chunked ? -1 : there == null ? 0 : there.octets() + there.receiver().bareNewlines();
    }

    /// The chunks are whole: whoever takes them closes them.
    public void takeChunks() {
        chunks = null;
        chunked = false;
    }

    /// The chunks that have come are forgotten.
    void dropChunks() {
        Chunks c = chunks;
        chunks = null;
        if (c != null) {
            c.close();
        }
    }

    /// Cleanup has it: what it took of rate limits stays taken.
    public void accepted() {
        if (charges != null) {
            charges.keep();
        }
    }

    /// Gives back what it took and did not keep; each part whatever the others do.
    @Override
    public void close() {
        MailAuthentication checks = authentication;
        if (checks != null) {
            checks.close();
        }
        // Without a list of them: it may be for want of memory that the mail ends.
        try {
            giveMemory();
        } finally {
            try {
                giveCharges();
            } finally {
                try {
                    dropChunks();
                } finally {
                    try {
                        policies.close();
                    } finally {
                        leaveFilter();
                    }
                }
            }
        }
    }

    /// The filter hears no more of it.
    public void leaveFilter() {
        ProxyMail open = proxied;
        proxied = null;
        if (open != null) {
            open.close();
        }
    }

    private void giveMemory() {
        Budget.Share share = memory;
        Recipient.Writer to = recipients;
        memory = null;
        recipients = null;
        try {
            if (to != null) {
                to.close();
            }
        } finally {
            if (share != null) {
                share.close();
            }
        }
    }

    private void giveCharges() {
        Charges taken = charges;
        charges = null;
        if (taken != null) {
            taken.close();
        }
    }
}
