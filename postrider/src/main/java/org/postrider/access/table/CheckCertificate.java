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

    /// An argument taken apart, or what is wrong with it in Postfix's words.
    private record Argument(String table, List<String> order, @Nullable String fault) {
        private static final List<String> BOTH = List.of(BY_CERTIFICATE, BY_KEY);

        static Argument of(Word word) {
            String text = word.argument();
            if (!text.startsWith("{")) {
                return new Argument(text, BOTH, text.indexOf(':') < 0 ? word.badTable() : null);
            }
            String fault = Braces.fault(text);
            if (fault != null) {
                return faulty("malformed map specification: '" + fault + "'");
            }
            List<String> words = Values.words(Braces.inner(text));
            if (words.isEmpty()) {
                return faulty("empty map specification: '" + text + "'");
            }
            String table = words.getFirst();
            if (table.indexOf(':') < 0 || table.startsWith("{")) {
                return faulty("malformed map specification: '" + text + "'");
            }
            List<String> order = BOTH;
            for (String attribute : words.subList(1, words.size())) {
                Argument one = attribute(attribute, text);
                if (one.fault() != null) {
                    return one;
                }
                order = one.order();
            }
            return new Argument(table, order, null);
        }

        private static Argument faulty(String why) {
            return new Argument("", List.of(), why);
        }

        /// `{ search_order = … }`, the only one there is; of several the last counts.
        private static Argument attribute(String text, String all) {
            String inner = text;
            if (text.startsWith("{")) {
                String fault = Braces.fault(text);
                if (fault != null) {
                    return faulty("malformed map attribute: " + fault);
                }
                inner = Braces.inner(text).strip();
            }
            int equals = inner.indexOf('=');
            String name = (equals < 0 ? inner : inner.substring(0, equals)).strip();
            String wrong = Braces.badName(name, equals);
            if (wrong != null) {
                return faulty("malformed map attribute in '" + all + "': '" + wrong + "'");
            }
            if (!name.equals("search_order")) {
                return faulty("unknown map attribute in '" + all + "': '" + name + "'");
            }
            return order(Values.words(inner.substring(equals + 1)), all);
        }

        private static Argument order(List<String> order, String all) {
            if (order.isEmpty()) {
                // Nothing would be looked up, and everybody let pass.
                return faulty("empty search_order in '" + all + "'");
            }
            for (String each : order) {
                if (!BOTH.contains(each)) {
                    return faulty("unknown search type '" + each + "' in '" + all + "'");
                }
            }
            return new Argument("", order, null);
        }
    }

    /// What is wrong with an argument; null for nothing.
    public static @Nullable String fault(Word word) {
        return Argument.of(word).fault();
    }

    public static CheckCertificate of(Word word, Means means) {
        Argument argument = Argument.of(word);
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
