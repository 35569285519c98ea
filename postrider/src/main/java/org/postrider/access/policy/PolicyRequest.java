package org.postrider.access.policy;

import org.jspecify.annotations.Nullable;
import org.postrider.access.SessionFacts;
import org.postrider.access.Stage;
import org.postrider.access.Subject;
import org.postrider.access.restriction.Question;
import org.postrider.authentication.MailAuthentication;
import org.postrider.config.Settings;
import org.postrider.tls.PeerCertificate;

/// What a policy server is told, in Postfix's order (SMTPD_POLICY_README). Immutable; any thread.
///
/// @param stress, compatibilityLevel, mailVersion the settings of these names
record PolicyRequest(String stress, String compatibilityLevel, String mailVersion) {
    static PolicyRequest of(Settings settings) {
        return new PolicyRequest(
                text(settings, "stress"),
                text(settings, "compatibility_level"),
                text(settings, "mail_version"));
    }

    private static String text(Settings settings, String name) {
        String text = settings.text(name);
        return text == null ? "" : text;
    }

    byte[] octets(Question q, String context) {
        Subject s = q.subject();
        SessionFacts f = s.facts();
        Lines out = new Lines(new StringBuilder(1024));
        out.add("request", "smtpd_access_policy");
        out.add("protocol_state", f.state().equals("BDAT") ? "DATA" : f.state());
        out.add("protocol_name", f.protocol());
        out.add("client_address", s.client().ip());
        out.add("client_name", s.client().name());
        out.add("client_port", Integer.toString(s.client().port()));
        out.add("reverse_client_name", s.client().reverseName());
        out.add("server_address", f.server().address());
        out.add("server_port", f.server().port());
        out.add("helo_name", s.helo());
        out.add("sender", s.sender().text());
        out.add("recipient", s.recipient() == null ? "" : s.recipient().text());
        boolean all = q.asked() == Stage.DATA || q.asked() == Stage.END_OF_DATA;
        out.add("recipient_count", Integer.toString(all ? s.recipients() : 0));
        out.add("queue_id", f.mail().queueId());
        out.add("instance", f.mail().instance());
        out.add("size", Long.toString(f.mail().received() > 0 ? f.mail().received() : s.size()));
        out.add("etrn_domain", s.etrn() == null ? "" : s.etrn());
        out.add("stress", stress);
        out.add("sasl_method", f.login().method());
        out.add("sasl_username", s.login() == null ? "" : s.login());
        out.add("sasl_sender", f.login().sender());
        PeerCertificate c = s.certificate();
        // A name that nobody vouches for is none; a fingerprint is its own proof.
        PeerCertificate named = c != null && c.trusted() ? c : null;
        out.add("ccert_subject", named == null ? "" : xtext(named.commonName()));
        out.add("ccert_issuer", named == null ? "" : xtext(named.issuer()));
        out.add("ccert_fingerprint", c == null ? "" : c.fingerprint());
        out.add("ccert_pubkey_fingerprint", c == null ? "" : c.keyFingerprint());
        out.add("encryption_protocol", f.encryption().protocol());
        out.add("encryption_cipher", f.encryption().cipher());
        out.add("encryption_keysize", Integer.toString(f.encryption().bits()));
        out.add("tls_sni", f.encryption().serverName());
        out.add("policy_context", context);
        out.add("compatibility_level", compatibilityLevel);
        out.add("mail_version", mailVersion);
        MailAuthentication mail = s.authentication();
        if (mail != null) {
            // Of our own, and only where mail is checked.
            MailAuthentication.facts().forEach(each -> out.add("auth_" + each, mail.fact(each)));
        }
        out.text().append('\n');
        return PolicyConnection.octets(out.text());
    }

    private record Lines(StringBuilder text) {
        /// No value can end its line.
        void add(String name, @Nullable String value) {
            text.append(name).append('=');
            String all = value == null ? "" : value;
            for (int i = 0; i < all.length(); i++) {
                char c = all.charAt(i);
                text.append(c == '\n' || c == 0 ? '?' : c);
            }
            text.append('\n');
        }
    }

    /// RFC 3461 4: what is not printable, blanks and `+` as `+XX`.
    static String xtext(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c > ' ' && c < 127 && c != '+') {
                out.append(c);
            } else {
                out.append(String.format("+%02X", (int) c));
            }
        }
        return out.toString();
    }
}
