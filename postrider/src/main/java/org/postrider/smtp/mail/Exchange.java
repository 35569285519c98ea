package org.postrider.smtp.mail;

import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.address.Quoting;
import org.postrider.cleanup.CleanupParams;
import org.postrider.config.ConfigException;
import org.postrider.dsn.Status;
import org.postrider.io.Connection;
import org.postrider.maps.Fold;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;
import org.postrider.message.Content;
import org.postrider.message.MimeState;
import org.postrider.queue.Encoding;
import org.postrider.queue.Envelope;
import org.postrider.queue.QueueException;
import org.postrider.queue.Recipient;
import org.postrider.rewrite.RewriteService;
import org.postrider.smtp.ClientSettings;
import org.postrider.smtp.DeliveryFlags;
import org.postrider.smtp.Protocol;
import org.postrider.smtp.SmtpLoginParams;
import org.postrider.smtp.SmtpParams;
import org.postrider.smtp.policy.RequireTls;
import org.postrider.smtp.session.Secrecy;
import org.postrider.smtp.session.SmtpSession;
import org.postrider.time.Clock;
import org.postrider.wire.ClientDialogue;
import org.postrider.wire.ClientMail;
import org.postrider.wire.ClientStage;
import org.postrider.wire.Offer;
import org.postrider.wire.ServerReply;

/// One mail over one session: what its commands and its content are ([ClientMail]), and what the
/// server's replies mean for its recipients (smtp_proto(3)). One thread.
final class Exchange implements ClientMail {
    private static final byte[] NO_FIELDS = {};

    private final Manner manner;
    private final Attempt attempt;
    private final SmtpSession s;
    private final boolean last;
    private final boolean reused;
    private final boolean[] accepted;
    private Generic.@Nullable Leaving leaving;
    private long kept;

    /// How addresses are written outside, and what becomes of a content there.
    ///
    /// @param quoted smtp_quote_rfc821_envelope
    /// @param generic what they become; null for nothing else
    /// @param checks what the content becomes; null where nothing is checked
    /// @param dummyAuth smtp_send_dummy_mail_auth
    /// @param xforward says where it came from; null where that is not said
    /// @param probed how far a server is asked where an address is verified
    record Outside(
            boolean quoted,
            @Nullable Generic generic,
            @Nullable HeaderBodyChecks checks,
            boolean dummyAuth,
            @Nullable Xforward xforward,
            Reach probed) {
        static Outside of(ClientSettings settings, Tables tables, RewriteService rewrite) {
            return new Outside(
                    settings.get(SmtpParams.QUOTE_ENVELOPE),
                    Generic.of(settings, tables, rewrite),
                    HeaderBodyChecks.of(settings, tables),
                    settings.get(SmtpLoginParams.DUMMY_MAIL_AUTH),
                    Xforward.of(settings),
                    reach(settings));
        }

        private static Reach reach(ClientSettings settings) {
            String target = settings.get(SmtpParams.VERIFY_TARGET);
            return switch (Fold.lower(target)) {
                case "rcpt" -> Reach.RCPT;
                case "data" -> Reach.DATA;
                default ->
                        throw new ConfigException(
                                settings.name(SmtpParams.VERIFY_TARGET)
                                        + " = "
                                        + target
                                        + ": neither rcpt nor data");
            };
        }
    }

    /// How a transport sends mail.
    ///
    /// @param protocol LMTP has a reply for each recipient after the content
    /// @param flags fields that go before the mail
    /// @param outside how addresses are written there
    /// @param convert 8-bit parts are rewritten for a server that takes 7 bits
    record Manner(
            Protocol protocol,
            DeliveryFlags flags,
            ClientDialogue.Timeouts timeouts,
            ContentSender contents,
            Outside outside,
            boolean convert) {
        /// @param outside null for each kind of tables that there is none of
        static Manner of(ClientSettings settings, Outside outside, Clock clock) {
            return new Manner(
                    settings.protocol(),
                    settings.flags(),
                    new ClientDialogue.Timeouts(
                            settings.get(SmtpParams.MAIL_TIMEOUT).toMillis(),
                            settings.get(SmtpParams.RCPT_TIMEOUT).toMillis(),
                            settings.get(SmtpParams.DATA_INIT_TIMEOUT).toMillis(),
                            settings.get(SmtpParams.DATA_DONE_TIMEOUT).toMillis(),
                            settings.get(SmtpParams.RSET_TIMEOUT).toMillis()),
                    new ContentSender(
                            settings.get(SmtpParams.LINE_LIMIT),
                            new MimeState.Limits(
                                    settings.get(CleanupParams.MIME_NESTING_LIMIT),
                                    settings.get(CleanupParams.MIME_BOUNDARY_LENGTH_LIMIT),
                                    settings.get(CleanupParams.HEADER_SIZE_LIMIT)),
                            Pace.Terms.of(settings),
                            clock,
                            settings.get(SmtpParams.CHUNK_SIZE)),
                    outside,
                    !settings.get(SmtpParams.NO_CONVERSION));
        }
    }

    /// @param last no other server follows
    /// @param reused the session waited in the cache
    Exchange(Manner manner, Attempt attempt, SmtpSession s, boolean last, boolean reused) {
        this.manner = manner;
        this.attempt = attempt;
        this.s = s;
        this.last = last;
        this.reused = reused;
        this.accepted = new boolean[attempt.count()];
    }

    /// @return what the session is good for afterwards; null where the connection is gone
    @Nullable End run() {
        s.carries(attempt.queueId(), attempt.tag());
        s.uses(1);
        attempt.begin();
        ClientDialogue dialogue = s.dialogue();
        try {
            if (unfit()) {
                return End.CLEAN;
            }
            if (!mapped()) {
                return null;
            }
            End end = dialogue.send(this, manner.timeouts(), reused);
            s.uses(end == End.STALE ? -1 : 0);
            return end;
        } catch (LocalTrouble e) {
            attempt.unfit(
                    s, new Status(4, 3, 0), "local data error while talking to " + s.label(), true);
        } catch (MimeFilter.Unchecked e) {
            e.failure().warnings().forEach(attempt::warn);
            attempt.warn(attempt.queueId() + ": smtp " + e.where() + " checks lookup error");
            attempt.unfit(
                    s, new Status(4, 3, 0), "local data error while talking to " + s.label(), true);
        } catch (TableException e) {
            generic(e);
        } catch (MimeFilter.Impossible e) {
            // In the middle of the content there is nothing to be said but goodbye.
            attempt.unfit(s, new Status(5, 6, 0), String.valueOf(e.getMessage()), true);
        } catch (IOException e) {
            attempt.broken(s, e, last);
        } finally {
            attempt.request().message().letsGo(kept);
            kept = 0;
            leaving = null;
        }
        return null;
    }

    /// Addresses are what they are outside.
    ///
    /// @return false where a table cannot answer: the mail waits
    private boolean mapped() {
        Generic generic = manner.outside().generic();
        if (generic == null) {
            return true;
        }
        try {
            Content content = attempt.request().message().content();
            // A header that changes is there twice, and longer, until the mail has gone.
            long room = 2L * content.header().length;
            if (!attempt.request().message().keeps(room)) {
                throw new LocalTrouble(new IllegalStateException("no room for a header"));
            }
            kept = room;
            // Where fields are checked, they are checked first.
            boolean header = manner.outside().checks() == null;
            leaving =
                    generic.leaving(
                            attempt.request(), attempt.sender(), content, header, attempt::warn);
            return true;
        } catch (QueueException e) {
            throw new LocalTrouble(e);
        } catch (TableException e) {
            generic(e);
            return false;
        }
    }

    private void generic(TableException failure) {
        attempt.fatal(failure);
        attempt.unfit(s, new Status(4, 3, 0), "unknown mail transport error", true);
    }

    /// The content could not be read.
    static final class LocalTrouble extends RuntimeException {
        private static final long serialVersionUID = 1;

        LocalTrouble(Exception cause) {
            super(cause);
        }
    }

    private boolean unfit() {
        long size = attempt.request().message().size();
        if (s.dialogue().sizeLimit() > 0 && size > s.dialogue().sizeLimit()) {
            attempt.unfit(
                    s,
                    new Status(5, 3, 4),
                    "message size "
                            + size
                            + " exceeds size limit "
                            + s.dialogue().sizeLimit()
                            + " of server "
                            + s.label(),
                    last);
            return true;
        }
        String lacks = tlsLacks();
        if (lacks != null) {
            // Another server may do: as in Postfix it is no failure for good before the last.
            attempt.unfit(
                    s,
                    new Status(last ? 5 : 4, 7, 30),
                    "REQUIRETLS is required, but " + lacks + " host " + s.label(),
                    last);
            return true;
        }
        if (!s.dialogue().offers(Offer.SMTPUTF8) && utf8Needed()) {
            attempt.unfit(
                    s,
                    new Status(5, 6, 7),
                    "SMTPUTF8 is required, but was not offered by host " + s.label(),
                    last);
            return true;
        }
        return false;
    }

    /// RFC 8689 and smtp_requiretls_policy; null where nothing is lacking.
    private @Nullable String tlsLacks() {
        return switch (attempt.requireTls()) {
            case null -> null;
            case OPPORTUNISTIC, DISABLE -> null;
            case OPPORTUNISTIC_STARTTLS -> s.dialogue().secured() ? null : "TLS is not spoken with";
            case ENFORCE -> strictly();
        };
    }

    /// RFC 8689 4.2.1: a server that was found and that proved itself without the word of
    /// strangers, and that passes the demand on; null where it is one.
    private @Nullable String strictly() {
        boolean known =
                switch (s.level()) {
                    case FINGERPRINT, DANE, DANE_ONLY, SECURE -> true;
                    // Its name, or the records it is held against, came by DNS as it is.
                    case NONE, MAY, ENCRYPT, HALF_DANE, VERIFY -> false;
                };
        if (!known || s.secrecy() != Secrecy.VERIFIED) {
            return "verified TLS is not spoken with";
        }
        return s.dialogue().offers(Offer.REQUIRETLS) ? null : "was not offered by";
    }

    private boolean utf8Needed() {
        Envelope e = attempt.request().message().envelope();
        if (!e.routing().smtputf8()) {
            return false;
        }
        if (high(e.sender().text())
                || attempt.request().message().content().facts().eightBitHeader()) {
            return true;
        }
        for (int i = 0; i < attempt.count(); i++) {
            if (high(e.recipients().get(attempt.recipient(i)).address().text())) {
                return true;
            }
        }
        return false;
    }

    private static boolean high(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 126) {
                return true;
            }
        }
        return false;
    }

    // ---- what the server says

    @Override
    public int recipients() {
        return attempt.count();
    }

    @Override
    public boolean open(int recipient) {
        return attempt.open(recipient);
    }

    @Override
    public void accepted(int recipient) {
        accepted[recipient] = true;
    }

    @Override
    public void recipientRefused(int recipient, ServerReply reply) {
        attempt.recipientRefused(s, ClientStage.RCPT, recipient, reply, last);
    }

    @Override
    public void refused(ClientStage stage, ServerReply reply) {
        attempt.messageRefused(s, stage, reply, last);
    }

    @Override
    public void outOfStep(ServerReply reply) {
        attempt.outOfStep(s, ClientStage.DATA, reply, last);
    }

    @Override
    public Reach reach() {
        return attempt.request().message().envelope().verifies()
                ? manner.outside().probed()
                : Reach.CONTENT;
    }

    @Override
    public boolean answeredEach() {
        return manner.protocol() == Protocol.LMTP;
    }

    @Override
    public void taken(int recipient, ServerReply reply) {
        attempt.delivered(s, reply, recipient);
    }

    @Override
    public void refusedAtEnd(int recipient, ServerReply reply) {
        attempt.recipientRefused(s, ClientStage.END_OF_DATA, recipient, reply, last);
    }

    @Override
    public void taken(ServerReply reply) {
        attempt.delivered(s, reply, accepted);
    }

    @Override
    public boolean chunked() {
        return manner.contents().chunkOctets() > 0;
    }

    @Override
    public void chunksUnknown(ServerReply reply) {
        attempt.unknown(s, ClientStage.CHUNK, reply, last);
    }

    @Override
    public void content(Connection to) throws IOException {
        content(manner.contents().pace(s.dialogue(), s.dotMillis()));
    }

    @Override
    public void content(Chunks to) throws IOException {
        content(manner.contents().chunks(s.dialogue(), to));
    }

    private void content(Pace pace) throws IOException {
        Content content;
        try {
            Generic.Leaving as = leaving;
            content = as == null ? attempt.request().message().content() : as.content();
        } catch (QueueException e) {
            throw new LocalTrouble(e);
        }
        boolean downgrade =
                downgrades(attempt.request().message().envelope())
                        && content.facts().mime().saysEightBit();
        ContentSender contents = manner.contents();
        if (contents.send(fields(), content, downgrade, changes(), pace)) {
            attempt.note("breaking line > " + contents.limit() + " bytes with <CR><LF>SPACE");
        }
    }

    private MimeFilter.@Nullable Changes changes() {
        HeaderBodyChecks checks = manner.outside().checks();
        Generic generic = manner.outside().generic();
        return checks == null
                ? null
                : new MimeFilter.Changes(
                        checks,
                        attempt,
                        generic == null ? null : field -> generic.field(field, attempt::warn));
    }

    private byte[] fields() {
        if (manner.flags().equals(DeliveryFlags.NONE)) {
            return NO_FIELDS;
        }
        Envelope e = attempt.request().message().envelope();
        return manner.flags().fields(e, e.recipients().get(attempt.recipient(0)));
    }

    /// 8-bit parts may be rewritten for this server, so that the size is not known.
    private boolean downgrades(Envelope e) {
        return manner.convert()
                && !s.dialogue().offers(Offer.EIGHT_BIT)
                && e.attributes().encoding() != Encoding.SEVEN_BIT;
    }

    // ---- commands

    @Override
    public @Nullable Forwarding forwards() {
        Xforward xforward = manner.outside().xforward();
        Set<String> offered = s.dialogue().forwards();
        return xforward == null || offered.isEmpty()
                ? null
                : xforward.of(attempt.request().message().envelope(), attempt.queueId(), offered);
    }

    @Override
    public void forwardRefused(ClientStage stage, ServerReply reply) {
        String text = s.shown(reply.text());
        attempt.warn("host " + s.relay() + " said: " + text + " " + stage.inReplyTo());
    }

    @Override
    public void mailFrom(StringBuilder out) {
        Envelope e = attempt.request().message().envelope();
        Generic.Leaving as = leaving;
        Address sender = as == null ? attempt.sender() : as.sender();
        out.append("MAIL FROM:<").append(quoted(sender)).append('>');
        boolean downgrades = downgrades(e);
        // A content that may change on the way has no size yet.
        if (s.dialogue().offers(Offer.SIZE) && !downgrades) {
            out.append(" SIZE=").append(attempt.request().message().size());
        }
        Encoding encoding = e.attributes().encoding();
        if (s.dialogue().offers(Offer.EIGHT_BIT) && encoding != null) {
            out.append(encoding == Encoding.EIGHT_BIT ? " BODY=8BITMIME" : " BODY=7BIT");
        }
        if (s.dialogue().offers(Offer.DSN)) {
            String envelopeId = e.dsn().envelopeId();
            if (envelopeId != null) {
                Notify.xtext(out.append(" ENVID="), envelopeId);
            }
            if (e.dsn().returned() != null) {
                out.append(" RET=").append(e.dsn().returned());
            }
        }
        if (s.dialogue().offers(Offer.SMTPUTF8) && e.routing().smtputf8()) {
            out.append(" SMTPUTF8");
        }
        RequireTls.Action action = attempt.requireTls();
        if (action != null
                && action != RequireTls.Action.DISABLE
                && s.dialogue().secured()
                && s.dialogue().offers(Offer.REQUIRETLS)) {
            out.append(" REQUIRETLS");
        }
        if (manner.outside().dummyAuth() && s.loggedIn()) {
            out.append(" AUTH=<>");
        }
    }

    @Override
    public void rcptTo(StringBuilder out, int n) {
        Recipient r = attempt.request().message().envelope().recipients().get(attempt.recipient(n));
        Generic.Leaving as = leaving;
        String address = quoted(as == null ? r.address() : as.recipients().get(n));
        out.append("RCPT TO:<").append(address).append('>');
        if (s.dialogue().offers(Offer.DSN)) {
            String given = r.originalDsn();
            if (given != null && !given.isEmpty()) {
                Notify.xtext(out.append(" ORCPT="), given);
            } else {
                Address known = r.original() == null ? r.address() : r.original();
                String original = Quoting.rfc5322(known);
                boolean utf8 =
                        high(original)
                                && attempt.request().message().envelope().routing().smtputf8();
                out.append(" ORCPT=");
                Notify.xtext(out, (utf8 ? "utf-8;" : "rfc822;") + original);
            }
            if (r.dsnNotify() != 0) {
                append(out, " NOTIFY=", Notify.text(r.dsnNotify()));
            }
        }
    }

    private String quoted(Address address) {
        return manner.outside().quoted() ? Quoting.rfc5321(address) : address.text();
    }

    private static void append(StringBuilder out, String name, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            out.append(name).append(value);
        }
    }
}
