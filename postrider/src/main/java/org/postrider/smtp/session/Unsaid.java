package org.postrider.smtp.session;

import java.util.ArrayList;
import java.util.List;

/// What a session's server was told and may repeat, and no text is to show: passwords, and the
/// lines that said them. One thread.
final class Unsaid {
    /// Shorter ones are no secrets, and are in many words.
    private static final int SHORTEST = 4;

    private static final String HIDDEN = "[...]";

    private final List<String> secrets = new ArrayList<>();

    void add(String secret) {
        if (secret.length() >= SHORTEST && !secrets.contains(secret)) {
            secrets.add(secret);
            // The longer may hold the shorter.
            secrets.sort((a, b) -> b.length() - a.length());
        }
    }

    /// The text without them, and without the beginning of one at its end, where it may be cut.
    String hidden(String text) {
        String out = text;
        for (String each : secrets) {
            out = out.replace(each, HIDDEN);
        }
        for (String each : secrets) {
            int most = Math.min(each.length() - 1, out.length());
            for (int n = most; n >= SHORTEST; n--) {
                if (out.regionMatches(out.length() - n, each, 0, n)) {
                    out = out.substring(0, out.length() - n) + HIDDEN;
                    break;
                }
            }
        }
        return out;
    }
}
