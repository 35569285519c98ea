package org.postrider.smtpd;

import org.postrider.address.Quoting;
import org.postrider.config.Settings;
import org.postrider.message.MailDate;
import org.postrider.tls.TlsConnection;

/// The Received: header of a mail (RFC 5321 4.4), folded as Postfix does. Immutable; any thread.
final class ReceivedHeader {
    private final String hostname;
    private final String mailName;
    private final boolean hidden;
    private final boolean encryption;
    private final boolean asked;
    private final boolean named;

    ReceivedHeader(Settings settings) {
        hostname = settings.get(SmtpdParams.MYHOSTNAME);
        mailName = settings.get(SmtpdParams.MAIL_NAME);
        hidden = settings.get(SmtpdParams.HIDE_CLIENT_SESSION);
        encryption = settings.get(SmtpdParams.TLS_RECEIVED_HEADER);
        asked = settings.get(SmtpdTlsParams.ASK_CCERT);
        named = settings.get(SmtpdParams.SASL_AUTHENTICATED_HEADER);
    }

    /// With its line end.
    String of(Transaction t) {
        StringBuilder out = new StringBuilder(200);
        if (hidden) {
            out.append("Received: by ").append(hostname).append(" (").append(mailName);
            return dated(out.append(") id ").append(t.id), t);
        }
        out.append("Received: from ")
                .append(t.helo.isEmpty() ? t.client.name() : t.helo)
                .append(" (")
                .append(t.client.name())
                .append(" [")
                .append(t.client.ip().indexOf(':') >= 0 ? "IPv6:" : "")
                .append(t.client.ip())
                .append("])\r\n\t")
                .append(encryption(t))
                .append(
                        named && t.login != null
                                ? "(Authenticated sender: " + t.login + ")\r\n\t"
                                : "")
                .append("by ")
                .append(hostname)
                .append(" (")
                .append(mailName)
                .append(") with ")
                .append(t.parameters != null && t.parameters.smtputf8() ? "UTF8SMTP" : t.protocol())
                .append(t.tls == null ? "" : "S")
                .append(t.login == null ? "" : "A")
                .append(" id ")
                .append(t.id);
        return dated(out, t);
    }

    /// Its end: for whom, and when.
    private static String dated(StringBuilder out, Transaction t) {
        if (t.recipients.size() == 1) {
            out.append("\r\n\tfor <")
                    .append(Quoting.visible(Quoting.rfc5321(t.recipients.getFirst().address())))
                    .append(">; ");
        } else {
            out.append(";\r\n\t");
        }
        return out.append(MailDate.of(t.arrivalMillis)).append("\r\n").toString();
    }

    /// smtpd_tls_received_header.
    private String encryption(Transaction t) {
        TlsConnection tls = t.tls;
        return tls == null || !encryption ? "" : Handshake.received(tls, asked);
    }
}
