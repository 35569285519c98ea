package org.postrider.command.explain;

import org.jspecify.annotations.Nullable;
import org.postrider.access.Decision;
import org.postrider.access.Effect;
import org.postrider.access.SessionFacts;
import org.postrider.access.Stage;
import org.postrider.access.Subject;
import org.postrider.address.Address;
import org.postrider.authentication.MailAuthentication;
import org.postrider.dnsbl.SessionLists;
import org.postrider.peer.Client;
import org.postrider.rewrite.Resolved;
import org.postrider.rewrite.RewriteService;
import org.postrider.smtpd.Checking;
import org.postrider.tls.PeerCertificate;

/// A session that nobody has, as access sees it: how far it is, and what was decided so far.
final class CallerSubject implements Subject {
    private final Caller caller;
    private final RewriteService rewrite;
    private final SessionLists lists;
    private final @Nullable Checking checking;
    private @Nullable MailAuthentication found;
    private Stage at = Stage.CLIENT;
    private boolean discarded;
    private Effect.@Nullable DeferIfPermit deferred;
    private @Nullable Address asked;
    private @Nullable Resolved resolved;

    /// @param checking of the authenticity of mail; null for none
    CallerSubject(
            Caller caller,
            RewriteService rewrite,
            SessionLists lists,
            @Nullable Checking checking) {
        this.checking = checking;
        this.caller = caller;
        this.rewrite = rewrite;
        this.lists = lists;
    }

    /// The client says the next command.
    void at(Stage stage) {
        at = stage;
    }

    /// Keeps of a decision what later ones look at.
    void went(Decision decision) {
        for (Effect effect : decision.effects()) {
            discarded |= effect instanceof Effect.Discard;
            if (effect instanceof Effect.DeferIfPermit later && deferred == null) {
                deferred = later;
            }
        }
    }

    private boolean reached(Stage stage) {
        return at.compareTo(stage) >= 0;
    }

    @Override
    public Client client() {
        return caller.client();
    }

    @Override
    public String helo() {
        return reached(Stage.HELO) ? caller.helo() : "";
    }

    @Override
    public boolean inMail() {
        return reached(Stage.RECIPIENT);
    }

    @Override
    public Address sender() {
        return reached(Stage.SENDER) ? caller.sender() : Address.NULL;
    }

    @Override
    public @Nullable Address recipient() {
        boolean several = reached(Stage.DATA) && caller.mail().before() > 0;
        return reached(Stage.RECIPIENT) && !several ? caller.to() : null;
    }

    @Override
    public int recipients() {
        int before = reached(Stage.RECIPIENT) ? caller.mail().before() : 0;
        return reached(Stage.DATA) ? before + 1 : before;
    }

    @Override
    public long size() {
        return 0;
    }

    @Override
    public boolean discarded() {
        return discarded;
    }

    @Override
    public @Nullable String login() {
        return reached(Stage.SENDER) ? caller.login() : null;
    }

    @Override
    public boolean encrypted() {
        Caller.Encryption tls = caller.tls();
        return tls.encrypted() && (tls.wrapped() || reached(Stage.HELO));
    }

    @Override
    public @Nullable PeerCertificate certificate() {
        return encrypted() ? caller.tls().certificate() : null;
    }

    @Override
    public boolean pipelined() {
        return false;
    }

    @Override
    public @Nullable String etrn() {
        return null;
    }

    @Override
    public Effect.@Nullable DeferIfPermit deferred() {
        return deferred;
    }

    /// SPF is asked for; of a content nothing is known.
    @Override
    public @Nullable MailAuthentication authentication() {
        if (found == null && checking != null && reached(Stage.SENDER)) {
            found = checking.mail(this);
        }
        return found;
    }

    /// As a session with ESMTP has them; nothing has a queue id yet.
    @Override
    public SessionFacts facts() {
        String state =
                switch (at) {
                    case CLIENT -> "CONNECT";
                    case HELO -> "EHLO";
                    case SENDER -> "MAIL";
                    case RECIPIENT -> "RCPT";
                    case VRFY -> "VRFY";
                    case DATA -> "DATA";
                    case END_OF_DATA -> "END-OF-MESSAGE";
                    case ETRN -> "ETRN";
                };
        return new SessionFacts(
                state,
                reached(Stage.HELO) ? "ESMTP" : "SMTP",
                new SessionFacts.Server("", ""),
                new SessionFacts.Mail("", "postexplain", 0),
                new SessionFacts.Login(login() == null ? "" : "PLAIN", ""),
                SessionFacts.Encryption.NONE);
    }

    @Override
    public SessionLists lists() {
        return lists;
    }

    @Override
    public Resolved resolved(Address address) {
        Resolved known = resolved;
        if (known == null || !address.equals(asked)) {
            known = rewrite.resolve(sender(), rewrite.rewrite(address, true));
            resolved = known;
            asked = address;
        }
        return known;
    }
}
