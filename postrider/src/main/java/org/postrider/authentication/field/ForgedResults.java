package org.postrider.authentication.field;

import java.nio.charset.StandardCharsets;
import org.postrider.maps.Fold;
import org.postrider.message.HeaderField;
import org.postrider.message.HeaderList;

/// Takes from a stranger's header what claims to be our own word (RFC 8601 5): fields whose
/// authserv-id is ours, however it is written, and those of which nobody can say whose they are;
/// and those of Received-SPF (RFC 7208 9.1) that have our name as the receiver's.
public final class ForgedResults {
    private static final String NAME = "authentication-results";
    private static final String SPF = "received-spf";
    private static final int MOST = 100;

    private ForgedResults() {}

    /// @param from how many octets of the header are our own
    /// @param own the authserv-id
    /// @return the same array where there is none
    public static byte[] removed(byte[] header, int from, String own) {
        HeaderList list = new HeaderList(header);
        HeaderList.Pass fields = list.pass();
        for (HeaderField f = fields.next(); f != null; f = fields.next()) {
            if (f.from() >= from
                    && (f.named(NAME) && forged(f, own) || f.named(SPF) && received(f, own))) {
                fields.drop();
            }
        }
        fields.ends();
        return list.octets();
    }

    private static String text(HeaderField f) {
        int value = f.value();
        return new String(f.block(), value, f.end() - value, StandardCharsets.ISO_8859_1);
    }

    /// Of a field without a receiver, our name anywhere is taken for his: many write it in a
    /// comment.
    private static boolean received(HeaderField f, String own) {
        String text = text(f);
        Words in = new Words(text);
        in.word(";=");
        String receiver = null;
        for (int i = 0; i < MOST && receiver == null && !in.ended(); i++) {
            String key = in.word(";=");
            String value = key != null && in.takes('=') ? in.word(";") : null;
            if (key != null && value != null && Fold.same(key, "receiver")) {
                receiver = value;
            } else if (key == null && !in.takes(';') && !in.takes('=')) {
                break;
            } else {
                in.takes(';');
            }
        }
        return receiver == null
                ? Fold.lower(text).replaceAll("[\\\\\\s]", "").contains(bare(own))
                : same(receiver, own);
    }

    private static boolean forged(HeaderField f, String own) {
        ResultsField read = ResultsField.of(text(f));
        return read == null || same(read.identifier(), own);
    }

    private static boolean same(String given, String own) {
        return bare(given).equals(bare(own));
    }

    /// Some leave a dot at its end, or a version behind a slash.
    private static String bare(String identifier) {
        String lower = Fold.lower(identifier).strip();
        int slash = lower.indexOf('/');
        String name = slash > 0 ? lower.substring(0, slash) : lower;
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }
}
