package org.postrider.local.expand;

import org.jspecify.annotations.Nullable;
import org.postrider.maps.Fold;

/// A recipient's address taken apart as local(8) does: in lower case, its local part split at the
/// first of recipient_delimiter's characters.
///
/// @param local the whole local part
/// @param user the local part without extension; empty for none
/// @param extension what stands after the delimiter; null for none
/// @param domain null where there is none
/// @param illegal the extension held a `/` and was dropped
public record Name(
        String local,
        String user,
        @Nullable String extension,
        @Nullable String domain,
        boolean illegal) {
    /// @param delimiters recipient_delimiter; empty for none
    /// @param special `owner-list` and `list-request` are not split at `-` (owner_request_special)
    public static Name of(String address, String delimiters, boolean special) {
        String folded = Fold.lower(address);
        int at = folded.lastIndexOf('@');
        String local = at < 0 ? folded : folded.substring(0, at);
        String domain = at < 0 ? null : folded.substring(at + 1);
        int cut = delimiter(local, delimiters, special);
        if (cut < 0) {
            return new Name(local, local, null, domain, false);
        }
        String user = local.substring(0, cut);
        String extension = local.substring(cut + 1);
        return extension.indexOf('/') >= 0
                ? new Name(user, user, null, domain, true)
                : new Name(local, user, extension, domain, false);
    }

    /// Where an address's local part, in lower case, is split; -1 for nowhere.
    private static int delimiter(String local, String delimiters, boolean special) {
        if (delimiters.isEmpty()
                || local.equals("mailer-daemon")
                || local.equals("double-bounce")
                || (special
                        && delimiters.indexOf('-') >= 0
                        && (local.startsWith("owner-") || local.endsWith("-request")))) {
            return -1;
        }
        for (int i = 0; i < local.length(); i++) {
            if (delimiters.indexOf(local.charAt(i)) >= 0) {
                return i == 0 ? -1 : i;
            }
        }
        return -1;
    }

    /// The character before the extension; null where there is none.
    public @Nullable String delimiter() {
        return extension == null ? null : local.substring(user.length(), user.length() + 1);
    }
}
