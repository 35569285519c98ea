package org.postrider.config.names;

import org.jspecify.annotations.Nullable;

/// What makes a host name none (valid_hostname(3)).
public final class HostNames {
    private static final int LABEL = 63;
    private static final int NAME = 255;

    private HostNames() {}

    /// Postfix's words for the first fault; null for a name that may be one. A dot may end it.
    public static @Nullable String fault(String name) {
        boolean digits = true;
        int label = 0;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (isAlphanumeric(c) || c == '_') {
                digits &= c >= '0' && c <= '9';
                if (++label > LABEL) {
                    return "hostname label too long";
                }
            } else if (c == '.') {
                if (label == 0) {
                    return "misplaced delimiter";
                }
                label = 0;
            } else if (c == '-') {
                digits = false;
                label++;
                boolean last = i + 1 == name.length() || name.charAt(i + 1) == '.';
                if (label == 1 || last) {
                    return "misplaced hyphen";
                }
            } else {
                return "invalid character " + (int) c + "(decimal)";
            }
        }
        return digits ? "numeric hostname" : name.length() > NAME ? "bad length" : null;
    }

    private static boolean isAlphanumeric(char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }
}
