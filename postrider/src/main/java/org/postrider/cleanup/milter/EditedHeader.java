package org.postrider.cleanup.milter;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.maps.Fold;
import org.postrider.message.HeaderField;
import org.postrider.message.HeaderKind;
import org.postrider.message.HeaderList;
import org.postrider.milter.FilteredMail;

/// The fields of a header as milters count them. Our own Received: is hidden from them, as in
/// Sendmail: a field is changed by its place among those that came, but inserted by its place among
/// all. One thread.
final class EditedHeader {
    private final byte @Nullable [] own;

    /// @param list before any milter has changed it
    EditedHeader(HeaderList list) {
        int first = list.find("received", 1);
        own = first < 0 ? null : list.field(first).octets();
    }

    private boolean own(HeaderField field) {
        byte[] hidden = own;
        return hidden != null
                && field.length() == hidden.length
                && Arrays.equals(
                        field.block(), field.from(), field.end(), hidden, 0, hidden.length);
    }

    /// What milters see of it.
    List<FilteredMail.Field> fields(HeaderList list) {
        List<FilteredMail.Field> out = new ArrayList<>(list.size());
        for (int i = 0; i < list.size(); i++) {
            HeaderField f = list.field(i);
            if (f.kind() != HeaderKind.RECEIVED || !own(f)) {
                out.add(new FilteredMail.Field(f.name(), value(f)));
            }
        }
        return out;
    }

    private static String value(HeaderField f) {
        int from = f.value();
        String text =
                new String(f.block(), from, f.textEnd(from) - from, StandardCharsets.ISO_8859_1);
        return text.indexOf('\n') < 0 ? text : text.replace("\r\n", "\n");
    }

    /// The number in the list of the n-th field of a name that milters see; -1 for none.
    ///
    /// @param nth from 1; 0 is the first, too
    int find(HeaderList list, String name, long nth) {
        String lower = Fold.lower(name);
        long left = Math.max(1, nth);
        for (int i = 0; i < list.size(); i++) {
            HeaderField f = list.field(i);
            if (f.named(lower) && !(f.kind() == HeaderKind.RECEIVED && own(f)) && --left == 0) {
                return i;
            }
        }
        return -1;
    }

    /// A field of these: lines between LF; CR becomes white space, as in mail of clients.
    static String field(String name, String value) {
        return (name + ":" + value).replace('\r', ' ');
    }

    /// The octets of a field: CRLF for each line end, lines but the first behind white space.
    static byte[] octets(String field) {
        return (folded(field).replace("\n", "\r\n") + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String folded(String text) {
        if (text.indexOf('\n') < 0) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length() + 8);
        for (String line : text.split("\n", -1)) {
            if (!out.isEmpty()) {
                out.append('\n');
                if (!line.startsWith(" ") && !line.startsWith("\t")) {
                    out.append('\t');
                }
            }
            out.append(line);
        }
        return out.toString();
    }
}
