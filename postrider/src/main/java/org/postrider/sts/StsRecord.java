package org.postrider.sts;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The DNS record that announces a policy (RFC 8461 3.1).
final class StsRecord {
    private static final String VERSION = "v=STSv1";
    private static final int MOST = 1024;
    private static final Pattern FIELD =
            Pattern.compile("([A-Za-z0-9][A-Za-z0-9_.-]{0,31})=([\\x21-\\x3a\\x3c\\x3e-\\x7e]+)");

    private StsRecord() {}

    /// The id of the one record that is of this kind.
    ///
    /// @param texts TXT records of `_mta-sts.DOMAIN`
    /// @return null where there is none, or more than one, or it keeps not to the grammar
    static @Nullable String id(List<String> texts) {
        String found = null;
        for (String text : texts) {
            if (ours(text)) {
                if (found != null) {
                    return null;
                }
                found = text;
            }
        }
        return found == null || found.length() > MOST
                ? null
                : parsed(found.substring(VERSION.length()));
    }

    private static boolean ours(String text) {
        int at = VERSION.length();
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
        return text.startsWith(VERSION) && text.startsWith(";", at);
    }

    private static @Nullable String parsed(String fields) {
        String id = null;
        String[] all = fields.split("[ \t]*;[ \t]*", -1);
        // Before the first delimiter there is nothing, and there may be nothing after the last.
        for (int i = 1; i < all.length; i++) {
            if (all[i].isEmpty() && i + 1 == all.length) {
                break;
            }
            Matcher m = FIELD.matcher(all[i]);
            if (!m.matches()) {
                return null;
            }
            if (m.group(1).equals("id")) {
                if (!m.group(2).matches("[A-Za-z0-9]{1,32}")) {
                    return null;
                }
                id = id == null ? m.group(2) : id;
            }
        }
        return id;
    }
}
