package org.postrider.sts;

import org.jspecify.annotations.Nullable;

/// What counts for a domain now. A value.
///
/// @param policy null for none
/// @param failure of the last fetch; null where it came about or nobody tried
public record StsFinding(@Nullable StsPolicy policy, @Nullable Failure failure) {
    public static final StsFinding NONE = new StsFinding(null, null);

    /// Why a policy that the DNS announces was not had.
    ///
    /// @param text for people, one line
    public record Failure(Kind kind, String text) {}

    /// The result types of RFC 8460 4.3.2.
    public enum Kind {
        FETCH_ERROR("sts-policy-fetch-error"),
        /// A setting of this host is at fault: no matter of the domain's, which is not told.
        LOCAL("sts-policy-fetch-error"),
        INVALID("sts-policy-invalid"),
        WEBPKI_INVALID("sts-webpki-invalid");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }
}
