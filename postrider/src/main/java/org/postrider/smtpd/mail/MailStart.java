package org.postrider.smtpd.mail;

import org.jspecify.annotations.Nullable;
import org.postrider.access.LocalClients;
import org.postrider.cleanup.CleanupService;
import org.postrider.smtpd.Makings;
import org.postrider.smtpd.proxy.ClientFacts;
import org.postrider.smtpd.proxy.ProxyFilter;
import org.postrider.smtpd.proxy.ProxyMail;
import org.postrider.smtpd.session.Mail;
import org.postrider.smtpd.session.Session;
import org.postrider.wire.Reply;

/// Where a mail goes once it has a recipient: into the queue, under an id, or to the filter before
/// it (smtpd_proxy_filter). Immutable; any thread may run a session's.
public final class MailStart {
    private final CleanupService cleanup;
    private final LocalClients localClients;
    private final @Nullable ProxyFilter filter;

    public MailStart(Makings m) {
        cleanup = m.cleanup();
        localClients = m.localClients();
        filter = ProxyFilter.of(m);
    }

    /// The mail takes no room here before its end.
    public boolean passesOn() {
        return filter != null && !filter.late();
    }

    /// Octets that are kept of a recipient besides itself.
    public int kept(Session s) {
        return filter != null && filter.late() ? 2 * s.place.line().length() + 64 : 0;
    }

    /// Opens it if it is not open yet.
    ///
    /// @return null if it may go on; else what the client is told
    public @Nullable Reply open(Session s, Mail mail) {
        if (mail.id != null || mail.proxied != null) {
            return null;
        }
        if (filter == null) {
            s.opened(mail, cleanup.newId());
            return null;
        }
        boolean local = localClients.contains(s.judge.subject());
        ProxyMail made = filter.mail(mail.command, ClientFacts.of(s.party(), local), s::warn);
        mail.proxied = made;
        Reply refused = made.begin();
        if (refused != null) {
            mail.leaveFilter();
        } else {
            s.opened(mail, null);
        }
        return refused;
    }

    /// One more recipient.
    ///
    /// @return null if it is taken
    public @Nullable Reply recipient(Session s, Mail mail) {
        Reply refused = open(s, mail);
        ProxyMail proxied = mail.proxied;
        return refused != null || proxied == null ? refused : proxied.recipient(s.place.line());
    }
}
