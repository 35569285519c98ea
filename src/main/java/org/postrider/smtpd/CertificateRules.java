package org.postrider.smtpd;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.postrider.config.Settings;
import org.postrider.config.Values;
import org.postrider.maps.AddressMaps;
import org.postrider.maps.Table;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;
import org.postrider.tls.PeerCertificate;
import org.postrider.tls.TlsConnection;
import org.postrider.wire.Reply;

/// Restrictions about the client's certificate. Immutable; any thread.
final class CertificateRules {
    private static final String BY_CERTIFICATE = "cert_fingerprint";
    private static final String BY_KEY = "pubkey_fingerprint";

    private final Tables tables;
    private final AccessActions actions;
    private final boolean asked;
    private final @Nullable Table relayed;
    private final AtomicBoolean warned = new AtomicBoolean();

    CertificateRules(Settings settings, Tables tables, AccessActions actions) {
        this.tables = tables;
        this.actions = actions;
        asked = settings.get(SmtpdTlsParams.ASK_CCERT);
        List<String> names = settings.get(SmtpdTlsParams.RELAY_CLIENTCERTS);
        relayed = names.isEmpty() ? null : tables.chain(names);
    }

    private @Nullable PeerCertificate peer(String rule, Transaction t, Session s) {
        TlsConnection tls = t.tls;
        PeerCertificate peer = tls == null ? null : tls.peer();
        if (tls != null && peer == null && !asked && warned.compareAndSet(false, true)) {
            s.warn(rule + " is requested, but \"smtpd_tls_ask_ccert = no\"");
        }
        return peer;
    }

    /// permit_tls_all_clientcerts: what is verified.
    Verdict all(Transaction t, Session s) {
        PeerCertificate peer = peer("permit_tls_all_clientcerts", t, s);
        return peer != null && peer.trusted() ? Verdict.PERMIT : Verdict.DUNNO;
    }

    /// permit_tls_clientcerts: what relay_clientcerts lists, verified or not.
    ///
    /// @throws TableException where a table cannot answer
    Verdict listed(Transaction t, Session s) {
        PeerCertificate peer = peer("permit_tls_clientcerts", t, s);
        Table table = relayed;
        if (peer == null || table == null) {
            return Verdict.DUNNO;
        }
        return listed(peer, table) ? Verdict.PERMIT : Verdict.DUNNO;
    }

    /// Whether a table of relay_clientcerts has the certificate or its key.
    ///
    /// @throws TableException where the table cannot answer
    static boolean listed(PeerCertificate peer, Table table) {
        return table.lookup(peer.fingerprint()) != null
                || table.lookup(peer.keyFingerprint()) != null;
    }

    /// check_ccert_access: `type:table`, or `{ type:table, { search_order = … } }`.
    Verdict access(String argument, Transaction t, Session s) {
        String table = argument;
        List<String> order = List.of(BY_CERTIFICATE, BY_KEY);
        if (argument.startsWith("{") && argument.endsWith("}")) {
            List<String> words = Values.words(argument.substring(1, argument.length() - 1));
            table = words.isEmpty() ? "" : words.getFirst();
            order = words.size() > 1 ? order(words.get(1)) : order;
            for (String each : order) {
                if (!each.equals(BY_CERTIFICATE) && !each.equals(BY_KEY)) {
                    s.warn("unknown search type '" + each + "' in '" + argument + "'");
                    return new Verdict.Reject(SmtpdReplies.CONFIGURATION);
                }
            }
        }
        PeerCertificate peer = peer("check_ccert_access", t, s);
        return peer == null ? Verdict.DUNNO : found(table, order, peer, t, s);
    }

    private static List<String> order(String block) {
        String inner = block.startsWith("{") ? block.substring(1, block.length() - 1) : block;
        int equals = inner.indexOf('=');
        return equals < 0 || !inner.substring(0, equals).strip().equals("search_order")
                ? List.of(inner.strip())
                : new ArrayList<>(Values.words(inner.substring(equals + 1)));
    }

    private Verdict found(
            String table, List<String> order, PeerCertificate peer, Transaction t, Session s) {
        String name = peer.commonName();
        for (String each : order) {
            String key = each.equals(BY_KEY) ? peer.keyFingerprint() : peer.fingerprint();
            AccessActions.About about = new AccessActions.About(name, "Client certificate", key);
            String value;
            try {
                value = AddressMaps.one(tables.open(table), key);
            } catch (TableException e) {
                s.warn(e);
                return new Verdict.Reject(
                        Reply.of(451, 3, 5, about.rejected() + "Server configuration error"));
            }
            if (value != null) {
                return actions.verdict(value, table, about, t, s);
            }
        }
        return Verdict.DUNNO;
    }
}
