package org.postrider.dkim;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.postrider.dkim.ParsedSignature.Kind;
import org.postrider.dkim.form.HeaderFields;
import org.postrider.dkim.form.Octets;
import org.postrider.dkim.form.Tags;

/// The fields of ARC that a header has, by their instance (RFC 8617 4.2): no more of them than 50
/// of a kind.
final class ArcSets {
    private static final int NONE = -1;
    private static final int MOST = ArcResult.MOST_INSTANCES;

    final HeaderFields fields;
    private final int[] results;
    private final int[] messages;
    private final int[] seals;
    private int highest;
    private @Nullable String fault;

    ArcSets(HeaderFields fields) {
        this.fields = fields;
        results = collected("arc-authentication-results");
        messages = collected("arc-message-signature");
        seals = collected("arc-seal");
        for (int i = 1; i <= highest; i++) {
            if (results[i] == NONE || messages[i] == NONE || seals[i] == NONE) {
                fails("set " + i + " is not whole");
            }
        }
    }

    private void fails(String why) {
        if (fault == null) {
            fault = why;
        }
    }

    private int[] collected(String name) {
        int[] into = new int[MOST + 1];
        Arrays.fill(into, NONE);
        for (int field : fields.named(name)) {
            int instance = instance(fields.value(field));
            highest = Math.max(highest, Math.clamp(instance, 1, MOST));
            if (instance < 1 || instance > MOST) {
                fails("a field of no instance from 1 to " + MOST);
            } else if (into[instance] != NONE) {
                fails("two fields of a kind in set " + instance);
            } else {
                into[instance] = field;
            }
        }
        return into;
    }

    /// Of `i=N`, wherever it stands among the tags; 0 where there is none.
    private static int instance(String value) {
        for (int at = 0; at <= value.length(); ) {
            int semicolon = value.indexOf(';', at);
            int end = semicolon < 0 ? value.length() : semicolon;
            String tag = Tags.closed(value.substring(at, end));
            if (tag.startsWith("i=")) {
                return number(tag.substring(2));
            }
            at = end + 1;
        }
        return 0;
    }

    private static int number(String digits) {
        boolean fits = digits.length() <= 2 && !digits.isEmpty();
        for (int i = 0; i < digits.length(); i++) {
            fits &= digits.charAt(i) >= '0' && digits.charAt(i) <= '9';
        }
        return fits ? Integer.parseInt(digits) : 0;
    }

    /// The highest instance that is named; 0 for no set at all.
    int highest() {
        return highest;
    }

    /// Why they are no chain; null where each is whole and there once.
    @Nullable String fault() {
        return fault;
    }

    int message(int instance) {
        return messages[instance];
    }

    int seal(int instance) {
        return seals[instance];
    }

    /// Of ARC-Authentication-Results what stands behind the instance, unfolded.
    String results(int instance) {
        String value = fields.value(results[instance]);
        StringBuilder out = new StringBuilder();
        for (char c : value.substring(value.indexOf(';') + 1).replace("\r\n", "").toCharArray()) {
            out.append(c > ' ' && c != 127 ? c : ' ');
        }
        return out.toString().strip();
    }

    /// The newest seal says that the chain has failed: nothing is added to it any more.
    boolean closed() {
        int seal = seals[highest];
        return seal != NONE
                && new ParsedSignature(Kind.SEAL, fields.text(seal), fields.value(seal))
                        .chain.equals("fail");
    }

    /// What the seal of an instance is over but for itself (RFC 8617 5.1.1): all sets up to it,
    /// from the first on, relaxed.
    Octets sealed(int instance) {
        Octets out = before(instance);
        fields.canonical(results[instance], Canonical.RELAXED, out);
        fields.canonical(messages[instance], Canonical.RELAXED, out);
        return out;
    }

    /// All sets below an instance.
    Octets before(int instance) {
        Octets out = new Octets(4096);
        for (int i = 1; i < instance; i++) {
            fields.canonical(results[i], Canonical.RELAXED, out);
            fields.canonical(messages[i], Canonical.RELAXED, out);
            fields.canonical(seals[i], Canonical.RELAXED, out);
        }
        return out;
    }
}
