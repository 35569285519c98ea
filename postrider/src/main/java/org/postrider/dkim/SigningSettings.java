package org.postrider.dkim;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.dkim.form.HeaderFields;
import org.postrider.maps.Fold;

/// How mail is signed. Immutable.
///
/// @param header form of the header
/// @param body form of the body
/// @param signed names of the fields that are signed where they are there, as often as they are
///   there, in the order of `h=`
/// @param oversigned names that are signed once more than they are there, so that one added on the
///   way breaks the signature (RFC 6376 8.15)
/// @param lifetime seconds until the signature expires (`x=`); 0 for never
/// @param identity `i=`; null for none
public record SigningSettings(
        Canonical header,
        Canonical body,
        List<String> signed,
        List<String> oversigned,
        long lifetime,
        @Nullable String identity) {
    /// Of one name: more of them are not signed, the last ones are.
    static final int MOST_OF_A_NAME = 50;

    /// RFC 6376 5.4.1, with the fields that say how a body is read and RFC 8058's.
    private static final List<String> SIGNED =
            List.of(
                    "From",
                    "Sender",
                    "Reply-To",
                    "To",
                    "Cc",
                    "Subject",
                    "Date",
                    "Message-ID",
                    "In-Reply-To",
                    "References",
                    "MIME-Version",
                    "Content-Type",
                    "Content-Transfer-Encoding",
                    "Content-ID",
                    "Content-Description",
                    "Resent-Date",
                    "Resent-From",
                    "Resent-Sender",
                    "Resent-To",
                    "Resent-Cc",
                    "Resent-Message-ID",
                    "List-Id",
                    "List-Help",
                    "List-Unsubscribe",
                    "List-Unsubscribe-Post",
                    "List-Subscribe",
                    "List-Post",
                    "List-Owner",
                    "List-Archive",
                    "Feedback-ID",
                    "Autocrypt");

    private static final List<String> OVERSIGNED =
            List.of(
                    "From",
                    "Sender",
                    "Reply-To",
                    "To",
                    "Cc",
                    "Subject",
                    "Date",
                    "Message-ID",
                    "MIME-Version",
                    "Content-Type",
                    "Content-Transfer-Encoding");

    /// Relaxed and relaxed, no end of life, the fields of RFC 6376 5.4.1 and those that a reader
    /// sees over-signed.
    public static final SigningSettings DEFAULT =
            new SigningSettings(Canonical.RELAXED, Canonical.RELAXED, SIGNED, OVERSIGNED, 0, null);

    /// @throws IllegalArgumentException if From is in neither list (RFC 6376 5.4), or a name is
    ///   none
    public SigningSettings {
        signed = List.copyOf(signed);
        oversigned = List.copyOf(oversigned);
        Set<String> all = new HashSet<>();
        for (String name : signed) {
            all.add(checked(name));
        }
        for (String name : oversigned) {
            all.add(checked(name));
        }
        if (!all.contains("from")) {
            throw new IllegalArgumentException("From is always signed (RFC 6376 5.4)");
        }
    }

    private static String checked(String name) {
        boolean fits =
                !name.isEmpty()
                        && name.chars().allMatch(c -> c > ' ' && c < 127 && c != ':' && c != ';');
        if (!fits) {
            throw new IllegalArgumentException("no name of a header field: " + name);
        }
        return Fold.ascii(name);
    }

    /// The names of `h=` for a header: as they are written in the lists.
    List<String> names(HeaderFields fields) {
        List<String> out = new ArrayList<>();
        Set<String> over = new HashSet<>();
        oversigned.forEach(name -> over.add(Fold.ascii(name)));
        Set<String> done = new HashSet<>();
        for (List<String> list : List.of(signed, oversigned)) {
            for (String name : list) {
                String lower = Fold.ascii(name);
                if (done.add(lower)) {
                    int there = Math.min(fields.named(lower).size(), MOST_OF_A_NAME);
                    for (int i = over.contains(lower) ? -1 : 0; i < there; i++) {
                        out.add(name);
                    }
                }
            }
        }
        return out;
    }
}
