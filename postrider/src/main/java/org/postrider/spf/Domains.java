package org.postrider.spf;

/// What names may look like.
final class Domains {
    private static final int MOST = 253;
    private static final int MOST_OF_A_LABEL = 63;

    private static final int MOST_OF_A_LINE = 400;

    private Domains() {}

    /// Whether DNS can be asked for it: labels of 1 to 63 octets, 253 in all.
    static boolean askable(String name) {
        if (name.isEmpty() || name.length() > MOST) {
            return false;
        }
        for (String label : name.split("\\.", -1)) {
            if (label.isEmpty() || label.length() > MOST_OF_A_LABEL) {
                return false;
            }
        }
        return true;
    }

    /// Whether a client or a sender may have it: two labels or more, of printable ASCII, and no
    /// address literal (RFC 7208 4.3).
    static boolean complete(String name) {
        return askable(name)
                && name.indexOf('.') > 0
                && name.indexOf('[') < 0
                && name.chars().allMatch(c -> c > ' ' && c < 127);
    }

    /// What macros came to, as a name to ask for: without a dot at the end, and without labels at
    /// the left as long as it is too long (RFC 7208 7.3).
    static String fitted(String expanded) {
        String out =
                expanded.endsWith(".") ? expanded.substring(0, expanded.length() - 1) : expanded;
        int from = 0;
        while (out.length() - from > MOST) {
            int dot = out.indexOf('.', from);
            if (dot < 0) {
                break;
            }
            from = dot + 1;
        }
        return out.substring(from);
    }

    /// Octets that may be dangerous in a line become `?`.
    static String printable(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            out.append(c >= ' ' && c < 127 ? c : '?');
        }
        return out.toString();
    }

    /// For a line of ours: printable, and cut.
    static String line(String text) {
        String out =
                text.length() > MOST_OF_A_LINE ? text.substring(0, MOST_OF_A_LINE) + "..." : text;
        return printable(out);
    }

    /// ASCII letters in lower case.
    static String lower(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            out.append(c >= 'A' && c <= 'Z' ? (char) (c + 'a' - 'A') : c);
        }
        return out.toString();
    }

    static boolean same(String a, String b) {
        return a.equalsIgnoreCase(b);
    }

    /// Whether it is the domain or lies below it.
    static boolean within(String name, String domain) {
        return same(name, domain)
                || name.length() > domain.length()
                        && name.charAt(name.length() - domain.length() - 1) == '.'
                        && name.regionMatches(
                                true, name.length() - domain.length(), domain, 0, domain.length());
    }
}
