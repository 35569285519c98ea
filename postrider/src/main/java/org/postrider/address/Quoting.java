package org.postrider.address;

/// Internal form to RFC 5321 and RFC 5322 form.
public final class Quoting {
    private Quoting() {}

    /// As it stands between `<` and `>` in MAIL and RCPT (quote_821_local).
    public static String rfc5321(Address address) {
        return quoted(address.text());
    }

    /// As it stands in a header (quote_822_local).
    public static String rfc5322(Address address) {
        return quoted(address.text());
    }

    private static String quoted(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int at = text.lastIndexOf('@');
        String local = at < 0 ? text : text.substring(0, at);
        if (dotString(local)) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length() + 4).append('"');
        for (int i = 0; i < local.length(); i++) {
            char c = local.charAt(i);
            if (c == '"' || c == '\\' || c == '\r' || c == '\n') {
                out.append('\\');
            }
            out.append(c);
        }
        out.append('"');
        return at < 0 ? out.toString() : out.append(text, at, text.length()).toString();
    }

    private static boolean dotString(String local) {
        char before = '.';
        for (int i = 0; i < local.length(); i++) {
            char c = local.charAt(i);
            if (c == '.' && before == '.') {
                return false;
            }
            if (c <= ' ' || c == 127 || "()<>@,;:\\\"[]".indexOf(c) >= 0) {
                return false;
            }
            before = c;
        }
        return before != '.';
    }

    /// For header fields that we write ourselves: controls become `?`. Postfix lets them through,
    /// and a reader may act on them.
    public static String visible(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < ' ' || text.charAt(i) == 127) {
                return text.replaceAll("[\\x00-\\x1f\\x7f]", "?");
            }
        }
        return text;
    }
}
