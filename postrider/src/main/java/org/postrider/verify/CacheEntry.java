package org.postrider.verify;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What is remembered of one address. Its text form is that of Postfix's cache:
/// `status:probed:updated:text`.
///
/// @param probed when it was last asked for without an answer since, in seconds since 1970; 0 for
///   never
/// @param updated when the answer came; 0 for none yet
/// @param text why
record CacheEntry(AddressStatus status, long probed, long updated, String text) {
    private static final int PER_ENTRY = 320;
    private static final int LONGEST_TEXT = 1000;
    private static final Pattern FORM =
            Pattern.compile("([0-9]{1,4}):([0-9]{1,12}):([0-9]{1,12}):(.*)", Pattern.DOTALL);

    CacheEntry {
        text = text.length() > LONGEST_TEXT ? text.substring(0, LONGEST_TEXT) : text;
    }

    static CacheEntry asked(long now) {
        return new CacheEntry(AddressStatus.UNKNOWN, now, 0, "");
    }

    /// About what it takes of memory with its key, in octets: once as it is, and once more while it
    /// is saved.
    long memory(String key) {
        return PER_ENTRY + 2L * (key.length() + text.length());
    }

    /// The same, asked for again.
    CacheEntry probedAt(long now) {
        return new CacheEntry(status, now, updated, text);
    }

    String line() {
        return status.ordinal() + ":" + probed + ":" + updated + ":" + text;
    }

    /// @return null for what is no entry, and for one that tells nothing
    static @Nullable CacheEntry parse(String line) {
        Matcher m = FORM.matcher(line);
        if (!m.matches()) {
            return null;
        }
        AddressStatus status = AddressStatus.ofNumber(Long.parseLong(m.group(1)));
        long updated = Long.parseLong(m.group(3));
        return status == null || status == AddressStatus.UNKNOWN || updated == 0
                ? null
                : new CacheEntry(status, 0, updated, m.group(4));
    }
}
