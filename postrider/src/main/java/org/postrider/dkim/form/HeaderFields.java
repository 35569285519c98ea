package org.postrider.dkim.form;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.postrider.dkim.Canonical;
import org.postrider.message.Headers;

/// The fields of a header block by their places: how often a name is there, which of them a list of
/// names chooses (RFC 6376 5.4.2), and their canonical forms. A line of the block that is no field
/// is passed over.
public final class HeaderFields {
    private final byte[] block;

    /// Of each field: where it begins, its name ends, it ends.
    private int[] places = new int[3 * 32];

    private int count;

    /// @param block is not written to while this is used
    public HeaderFields(byte[] block) {
        this.block = block;
        for (int at = 0; at < block.length; ) {
            int end = Headers.headerEnd(block, at);
            int name = Headers.nameLength(block, at, end);
            if (name > 0) {
                add(at, at + name, end);
            }
            at = end;
        }
    }

    private void add(int from, int nameEnd, int end) {
        if (places.length < 3 * count + 3) {
            places = Arrays.copyOf(places, places.length * 2);
        }
        places[3 * count] = from;
        places[3 * count + 1] = nameEnd;
        places[3 * count + 2] = end;
        count++;
    }

    public int count() {
        return count;
    }

    /// The name in lower case.
    public String name(int field) {
        int from = places[3 * field];
        byte[] name = Arrays.copyOfRange(block, from, places[3 * field + 1]);
        lower(name);
        return new String(name, StandardCharsets.ISO_8859_1);
    }

    private static void lower(byte[] name) {
        for (int i = 0; i < name.length; i++) {
            if (name[i] >= 'A' && name[i] <= 'Z') {
                name[i] += 32;
            }
        }
    }

    /// The octets of the whole field, its line end included.
    public int length(int field) {
        return places[3 * field + 2] - places[3 * field];
    }

    /// The fields of a name, from the top.
    ///
    /// @param lower the name in lower case
    public List<Integer> named(String lower) {
        List<Integer> out = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int from = places[3 * i];
            if (places[3 * i + 1] - from == lower.length()
                    && Headers.named(block, from, places[3 * i + 2], lower)) {
                out.add(i);
            }
        }
        return out;
    }

    /// What stands behind the colon, without the last line end; octets as chars, as it stands.
    public String value(int field) {
        int from = places[3 * field + 1];
        int end = textEnd(field);
        while (block[from] != ':') {
            from++;
        }
        return new String(block, from + 1, end - from - 1, StandardCharsets.ISO_8859_1);
    }

    private int textEnd(int field) {
        int end = places[3 * field + 2];
        if (block[end - 1] == '\n') {
            end--;
            if (block[end - 1] == '\r') {
                end--;
            }
        }
        return end;
    }

    /// Which fields a list of names means: of each name the last field first, then the one above. A
    /// name that has no field left means none. Linear in fields and names together.
    ///
    /// @param names in lower case
    public List<Integer> chosen(List<String> names) {
        Map<String, Taken> wanted = new HashMap<>();
        for (String name : names) {
            wanted.computeIfAbsent(name, _ -> new Taken()).wanted++;
        }
        for (int i = count - 1; i >= 0; i--) {
            Taken taken = wanted.get(name(i));
            if (taken != null && taken.fields.size() < taken.wanted) {
                taken.fields.add(i);
            }
        }
        List<Integer> out = new ArrayList<>();
        for (String name : names) {
            Taken taken = wanted.get(name);
            if (taken != null && taken.given < taken.fields.size()) {
                out.add(taken.fields.get(taken.given++));
            }
        }
        return out;
    }

    private static final class Taken {
        private final List<Integer> fields = new ArrayList<>();
        private int wanted;
        private int given;
    }

    /// Puts the canonical form of a field, with its line end.
    public void canonical(int field, Canonical form, Octets out) {
        int from = places[3 * field];
        int end = textEnd(field);
        if (form == Canonical.SIMPLE) {
            out.put(block, from, end - from);
        } else {
            relaxed(block, from, places[3 * field + 1], end, out);
        }
        out.put((byte) '\r');
        out.put((byte) '\n');
    }

    /// RFC 6376 3.4.2: the name in lower case, lines put together, white space made one blank and
    /// none around the value.
    private static void relaxed(byte[] b, int from, int nameEnd, int end, Octets out) {
        byte[] name = Arrays.copyOfRange(b, from, nameEnd);
        lower(name);
        out.put(name, 0, name.length);
        out.put((byte) ':');
        int at = nameEnd;
        while (b[at] != ':') {
            at++;
        }
        at++;
        boolean begun = false;
        boolean blank = false;
        for (; at < end; at++) {
            byte c = b[at];
            if (c == ' ' || c == '\t') {
                blank = begun;
            } else if (!foldAt(b, at, end)) {
                if (blank) {
                    out.put((byte) ' ');
                    blank = false;
                }
                out.put(c);
                begun = true;
            } else {
                at += c == '\r' ? 1 : 0;
            }
        }
    }

    /// A line end that white space follows.
    private static boolean foldAt(byte[] b, int at, int end) {
        int lf = b[at] == '\r' && at + 1 < end ? at + 1 : at;
        return b[lf] == '\n' && lf + 1 < end && (b[lf + 1] == ' ' || b[lf + 1] == '\t');
    }

    /// The canonical form of a field that is a signature, without the last line end: what is signed
    /// with it (RFC 6376 3.7).
    ///
    /// @param text the field without its last line end, the value of `b=` taken out
    public static void signature(String text, Canonical form, Octets out) {
        if (form == Canonical.SIMPLE) {
            out.put(text);
            return;
        }
        byte[] b = text.getBytes(StandardCharsets.ISO_8859_1);
        int nameEnd = Headers.nameLength(b, 0, b.length);
        relaxed(b, 0, nameEnd, b.length, out);
    }

    /// The field without its last line end; octets as chars.
    public String text(int field) {
        int from = places[3 * field];
        return new String(block, from, textEnd(field) - from, StandardCharsets.ISO_8859_1);
    }
}
