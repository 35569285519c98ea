package org.postrider.cleanup;

/// A submitter's full name as a phrase (RFC 5322 3.2.5).
final class FullName {
    private FullName() {}

    static String phrase(String name) {
        boolean plain = true;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            plain &= c >= ' ' && c < 127 && "()<>@,;:\\\".[]".indexOf(c) < 0;
        }
        if (plain) {
            return name;
        }
        StringBuilder out = new StringBuilder(name.length() + 4).append('"');
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\');
            }
            out.append(c == '\r' || c == '\n' ? ' ' : c);
        }
        return out.append('"').toString();
    }
}
