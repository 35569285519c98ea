package org.postrider.smtpd.mail;

import org.postrider.address.Address;
import org.postrider.address.Quoting;
import org.postrider.config.ConfigParams;
import org.postrider.config.Settings;
import org.postrider.message.MailDate;
import org.postrider.peer.Client;
import org.postrider.smtpd.SmtpdParams;
import org.postrider.smtpd.input.Party;
import org.postrider.smtpd.session.Mail;
import org.postrider.smtpd.session.Session;
import org.postrider.smtpd.tls.Handshake;
import org.postrider.smtpd.tls.SmtpdTlsParams;
import org.postrider.tls.TlsConnection;

/// The Received: header of a mail (RFC 5321 4.4), folded as Postfix does. Immutable; any thread.
public final class ReceivedHeader {
    private final String hostname;
    private final String mailName;
    private final boolean hidden;
    private final boolean encryption;
    private final boolean asked;
    private final boolean named;

    ReceivedHeader(Settings settings) {
        hostname = settings.get(ConfigParams.MYHOSTNAME);
        mailName = settings.get(SmtpdParams.MAIL_NAME);
        hidden = settings.get(SmtpdParams.HIDE_CLIENT_SESSION);
        encryption = settings.get(SmtpdParams.TLS_RECEIVED_HEADER);
        asked = settings.get(SmtpdTlsParams.ASK_CCERT);
        named = settings.get(SmtpdParams.SASL_AUTHENTICATED_HEADER);
    }

    /// With its line end.
    String of(Session s, Mail mail) {
        Party party = s.party();
        Client client = s.peer();
        StringBuilder out = new StringBuilder(200);
        if (hidden) {
            out.append("Received: by ").append(hostname).append(" (").append(mailName);
            return dated(id(out.append(")"), mail), mail);
        }
        out.append("Received: from ")
                .append(party.helo().isEmpty() ? client.name() : party.helo())
                .append(" (")
                .append(client.name())
                .append(" [")
                .append(client.ip().indexOf(':') >= 0 ? "IPv6:" : "")
                .append(client.ip())
                .append("])\r\n\t")
                .append(encryption(s))
                .append(
                        named && party.login() != null
                                ? "(Authenticated sender: " + party.login().username() + ")\r\n\t"
                                : "")
                .append("by ")
                .append(hostname)
                .append(" (")
                .append(mailName)
                .append(") with ")
                .append(mail.parameters.smtputf8() ? "UTF8SMTP" : party.protocol())
                .append(s.tls() == null ? "" : "S")
                .append(party.login() == null ? "" : "A");
        return dated(id(out, mail), mail);
    }

    /// What goes to a filter before the queue has none yet.
    private static StringBuilder id(StringBuilder out, Mail mail) {
        return mail.id == null ? out : out.append(" id ").append(mail.id);
    }

    /// Its end: for whom, and when.
    private static String dated(StringBuilder out, Mail mail) {
        Address only = mail.onlyRecipient();
        if (only != null) {
            out.append("\r\n\tfor <").append(Quoting.visible(Quoting.rfc5321(only))).append(">; ");
        } else {
            out.append(";\r\n\t");
        }
        return out.append(MailDate.of(mail.arrivalMillis)).append("\r\n").toString();
    }

    /// smtpd_tls_received_header.
    private String encryption(Session s) {
        TlsConnection tls = s.tls();
        return tls == null || !encryption ? "" : Handshake.received(tls, asked);
    }
}
