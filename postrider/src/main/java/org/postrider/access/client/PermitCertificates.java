package org.postrider.access.client;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.access.AccessParams;
import org.postrider.access.LogLine;
import org.postrider.access.Subject;
import org.postrider.access.restriction.Means;
import org.postrider.access.restriction.Question;
import org.postrider.access.restriction.Rule;
import org.postrider.access.restriction.Ruling;
import org.postrider.access.restriction.Word;
import org.postrider.maps.Table;
import org.postrider.tls.PeerCertificate;

/// permit_tls_all_clientcerts: what is verified. permit_tls_clientcerts: what relay_clientcerts
/// lists, verified or not.
///
/// @param asked clients are asked for a certificate at all
/// @param relayed relay_clientcerts, null for none
public record PermitCertificates(String name, boolean asked, @Nullable Table relayed)
        implements Rule {
    private static final String ALL = "permit_tls_all_clientcerts";

    public static PermitCertificates of(Word word, Means means) {
        List<String> tables = means.settings().get(AccessParams.RELAY_CLIENTCERTS);
        return new PermitCertificates(
                word.name(),
                means.capabilities().certificates(),
                tables.isEmpty()
                        ? null
                        : means.tables().chain(AccessParams.RELAY_CLIENTCERTS.name(), tables));
    }

    @Override
    public Ruling ask(Question q) {
        PeerCertificate peer = certificate(name, asked, q);
        if (peer == null) {
            return Ruling.DUNNO;
        }
        boolean good = name.equals(ALL) ? peer.trusted() : relayed != null && listed(peer, relayed);
        return good ? Ruling.PERMIT : Ruling.DUNNO;
    }

    /// The client's, null for none; a server that never asks for one is told so.
    public static @Nullable PeerCertificate certificate(
            String restriction, boolean asked, Question q) {
        Subject subject = q.subject();
        PeerCertificate peer = subject.certificate();
        if (peer == null && subject.encrypted() && !asked) {
            q.wants(
                    new LogLine.WarningOnce(
                            "smtpd_tls_ask_ccert",
                            restriction + " is requested, but \"smtpd_tls_ask_ccert = no\""));
        }
        return peer;
    }

    /// Whether a table of relay_clientcerts has the certificate or its key.
    ///
    /// @throws org.postrider.maps.TableException when the table cannot answer
    public static boolean listed(PeerCertificate peer, Table table) {
        return table.lookup(peer.fingerprint()) != null
                || table.lookup(peer.keyFingerprint()) != null;
    }
}
