package org.postrider.smtp.mail;

import org.jspecify.annotations.Nullable;
import org.postrider.smtp.policy.RequireTls;
import org.postrider.smtp.policy.TlsLevel;
import org.postrider.smtp.session.Secrecy;
import org.postrider.smtp.session.SmtpSession;
import org.postrider.sts.StsPolicy;
import org.postrider.wire.Offer;

/// What became of a session's TLS and of REQUIRETLS, as a delivery's line has it after `tls=`
/// (smtp_log_tls_feature_status): `may`, `may:none`, `!secure`, `dane?`, `dane/requiretls`,
/// `secure/sts`.
final class TlsFeatures {
    private TlsFeatures() {}

    /// @param asked what REQUIRETLS asked; null where the mail did not ask
    static String of(SmtpSession s, RequireTls.@Nullable Action asked) {
        String level = level(s) + sts(s);
        return asked == null || asked == RequireTls.Action.DISABLE
                ? level
                : level + "/" + requireTls(s, asked);
    }

    /// `!` where the policy was not kept to, and nothing was sent; after `:` what it came to; `?`
    /// where that was not seen.
    private static String level(SmtpSession s) {
        TlsLevel wanted = s.key().policy().level();
        String word = wanted == TlsLevel.HALF_DANE ? "half-dane" : wanted.word();
        if (wanted == TlsLevel.NONE) {
            return word;
        }
        if (s.level() == TlsLevel.NONE) {
            // Once more without TLS, after a handshake that failed.
            return word + ":none";
        }
        if (!s.tlsKnown()) {
            return word + "?";
        }
        if (s.dialogue().secured()) {
            return wanted.verifies() && !s.proved() ? "!" + word : word;
        }
        return wanted.required() ? "!" + word : word + ":none";
    }

    /// That MTA-STS is why: `/sts`, and `/sts:testing` where its policy asks for nothing yet.
    private static String sts(SmtpSession s) {
        StsPolicy by = s.key().policy().sts();
        return by == null ? "" : by.mode() == StsPolicy.Mode.ENFORCE ? "/sts" : "/sts:testing";
    }

    private static String requireTls(SmtpSession s, RequireTls.Action asked) {
        if (!s.tlsKnown() && s.level() != TlsLevel.NONE) {
            return "requiretls?";
        }
        boolean within = s.dialogue().secured();
        String lacks =
                !within
                        ? "nostarttls"
                        : s.secrecy() != Secrecy.VERIFIED
                                ? "nocertmatch"
                                : s.dialogue().offers(Offer.REQUIRETLS) ? "" : "none";
        boolean violated =
                switch (asked) {
                    case ENFORCE -> !lacks.isEmpty();
                    case OPPORTUNISTIC_STARTTLS -> !within;
                    case OPPORTUNISTIC, DISABLE -> false;
                };
        return (violated ? "!" : "") + "requiretls" + (lacks.isEmpty() ? "" : ":" + lacks);
    }
}
