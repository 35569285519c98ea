package org.postrider.access.table;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.access.client.PermitCertificates;
import org.postrider.access.restriction.Means;
import org.postrider.access.restriction.Question;
import org.postrider.access.restriction.Rule;
import org.postrider.access.restriction.Ruling;
import org.postrider.access.restriction.Word;
import org.postrider.config.Values;
import org.postrider.maps.AddressMaps;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;
import org.postrider.tls.PeerCertificate;
import org.postrider.wire.Reply;

/// check_ccert_access: `type:table`, or `{ type:table, { search_order = … } }`.
///
/// @param spec `type:table` alone
/// @param order of the fingerprints that the table is asked for
/// @param asked clients are asked for a certificate at all
public record CheckCertificate(
        String argument,
        String spec,
        Tables tables,
        List<String> order,
        boolean asked,
        AccessResults results)
        implements Rule {
    private static final String BY_CERTIFICATE = "cert_fingerprint";
    private static final String BY_KEY = "pubkey_fingerprint";

    private record Argument(String table, List<String> order) {
        static Argument of(String text) {
            List<String> both = List.of(BY_CERTIFICATE, BY_KEY);
            if (!text.startsWith("{") || !text.endsWith("}")) {
                return new Argument(text, both);
            }
            List<String> words = Values.words(text.substring(1, text.length() - 1));
            return new Argument(
                    words.isEmpty() ? "" : words.getFirst(),
                    words.size() > 1 ? order(words.get(1)) : both);
        }

        private static List<String> order(String block) {
            String inner = block.startsWith("{") ? block.substring(1, block.length() - 1) : block;
            int equals = inner.indexOf('=');
            return equals < 0 || !inner.substring(0, equals).strip().equals("search_order")
                    ? List.of(inner.strip())
                    : List.copyOf(Values.words(inner.substring(equals + 1)));
        }
    }

    /// What is wrong with an argument; null for nothing.
    public static @Nullable String fault(Word word) {
        if (word.argument().indexOf(':') < 0) {
            return word.badTable();
        }
        for (String each : Argument.of(word.argument()).order()) {
            if (!each.equals(BY_CERTIFICATE) && !each.equals(BY_KEY)) {
                return "unknown search type '" + each + "' in '" + word.argument() + "'";
            }
        }
        return null;
    }

    public static CheckCertificate of(Word word, Means means) {
        Argument argument = Argument.of(word.argument());
        return new CheckCertificate(
                word.argument(),
                argument.table(),
                means.tables(),
                argument.order(),
                means.capabilities().certificates(),
                AccessResults.of(means));
    }

    @Override
    public String name() {
        return "check_ccert_access";
    }

    @Override
    public Ruling ask(Question q) {
        PeerCertificate peer = PermitCertificates.certificate(name(), asked, q);
        if (peer == null) {
            return Ruling.DUNNO;
        }
        for (String each : order) {
            String key = each.equals(BY_KEY) ? peer.keyFingerprint() : peer.fingerprint();
            About about = new About(spec, peer.commonName(), "Client certificate", key);
            String value;
            try {
                value = AddressMaps.one(tables.open(spec), key);
            } catch (TableException e) {
                q.warn(e);
                return new Ruling.Reject(
                        Reply.of(451, 3, 5, about.rejected() + "Server configuration error"));
            }
            if (value != null) {
                return results.ruling(value, about, q);
            }
        }
        return Ruling.DUNNO;
    }
}
