package org.postrider.access;

import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.authentication.MailAuthentication;
import org.postrider.dns.RememberedAnswers;
import org.postrider.dnsbl.SessionLists;
import org.postrider.peer.Client;
import org.postrider.rewrite.Resolved;
import org.postrider.tls.PeerCertificate;

/// Who wants what: all that a decision may look at. A view that only reads; whoever asks for a
/// decision holds it still until the answer is there. What has not been said yet is empty or null.
public interface Subject {
    Client client();

    /// The name that HELO or EHLO gave; empty before, and if none was given.
    String helo();

    /// A MAIL command has been accepted and its mail is under way.
    boolean inMail();

    /// The sender of the mail, or the one that MAIL asks for now; the null address if there is
    /// none.
    Address sender();

    /// The recipient that is asked about. At DATA and after the content: the only one; null if the
    /// mail has several.
    @Nullable Address recipient();

    /// How many recipients the mail has so far.
    int recipients();

    /// The octets that SIZE= of MAIL announced; 0 for nothing said.
    long size();

    /// The mail is dropped (DISCARD): whatever the client goes on to say of it is taken.
    boolean discarded();

    /// Who the client has authenticated as; null for nobody.
    @Nullable String login();

    /// The session is within TLS.
    boolean encrypted();

    /// The client's certificate, verified or not; null for none.
    @Nullable PeerCertificate certificate();

    /// The client has sent before it may.
    boolean pipelined();

    /// The domain of ETRN; null at all other commands.
    @Nullable String etrn();

    /// The first that the client, HELO or sender restrictions put off, if those were asked at their
    /// own commands (smtpd_delay_reject = no); null for none.
    Effect.@Nullable DeferIfPermit deferred();

    /// What the session has asked lists in DNS.
    SessionLists lists();

    /// What DNS has said for the sake of the mail; null where nobody remembers it.
    default @Nullable RememberedAnswers names() {
        return null;
    }

    /// What is found out about the authenticity of the mail; null where it is not checked, and
    /// where there is none.
    default @Nullable MailAuthentication authentication() {
        return null;
    }

    /// What policy servers are told beside.
    default SessionFacts facts() {
        return SessionFacts.NONE;
    }

    /// Where connections to policy servers stay for as long as the mail lasts; null where there is
    /// no mail.
    default @Nullable PolicyLease policies() {
        return null;
    }

    /// Where an address leads, completed as the addresses of this server's own users are.
    ///
    /// @throws org.postrider.maps.TableException when a table cannot answer
    Resolved resolved(Address address);
}
