package org.postrider.smtp;

import java.time.Duration;
import java.util.List;
import org.postrider.config.Param;

/// A parameter that the SMTP client has for each of its two protocols, `smtp_…` and `lmtp_…`
/// (smtp(8): most of them are mirrors), declared once. Names, defaults that refer to other
/// parameters, and the documentation of the second follow from the first; what differs is said by
/// [#lmtpDefault] and [#lmtpName].
///
/// @param <T> what a room reads: immutable
public final class Twin<T> {
    private static final String SMTP = "smtp_";
    private static final String LMTP = "lmtp_";

    private final Param<T> smtp;
    private final Param<T> lmtp;
    private final Making<T> making;

    private Twin(Param<T> smtp, Param<T> lmtp, Making<T> making) {
        this.smtp = smtp;
        this.lmtp = lmtp;
        this.making = making;
    }

    /// How a parameter comes of its whole name, its default and its documentation.
    @FunctionalInterface
    private interface Making<T> {
        Param<T> make(String name, String defaultText, String doc);
    }

    private static <T> Twin<T> of(String name, String defaultText, String doc, Making<T> making) {
        return new Twin<>(
                making.make(SMTP + name, defaultText, doc),
                making.make(LMTP + name, lmtp(defaultText), lmtp(doc)),
                making);
    }

    private static String lmtp(String text) {
        return text.replace(SMTP, LMTP)
                .replace("discard_ehlo", "discard_lhlo")
                .replace("EHLO", "LHLO")
                .replace("SMTP", "LMTP");
    }

    /// @param name what follows `smtp_` and `lmtp_`
    public static Twin<String> string(String name, String defaultText, String doc) {
        return of(name, defaultText, doc, Param::string);
    }

    /// @param name what follows `smtp_` and `lmtp_`
    public static Twin<List<String>> list(String name, String defaultText, String doc) {
        return of(name, defaultText, doc, Param::list);
    }

    /// @param name what follows `smtp_` and `lmtp_`
    public static Twin<Boolean> bool(String name, String defaultText, String doc) {
        return of(name, defaultText, doc, Param::bool);
    }

    /// @param name what follows `smtp_` and `lmtp_`
    /// @param highest 0 for no limit
    public static Twin<Integer> integer(
            String name, String defaultText, int lowest, int highest, String doc) {
        return of(name, defaultText, doc, (n, d, t) -> Param.integer(n, d, lowest, highest, t));
    }

    /// @param name what follows `smtp_` and `lmtp_`
    /// @param lowestSeconds smallest value
    /// @param highestSeconds 0 for no limit
    public static Twin<Duration> time(
            String name, String defaultText, long lowestSeconds, long highestSeconds, String doc) {
        return of(
                name,
                defaultText,
                doc,
                (n, d, t) -> Param.time(n, d, lowestSeconds, highestSeconds, t));
    }

    /// The same with another default for LMTP.
    public Twin<T> lmtpDefault(String defaultText) {
        return new Twin<>(smtp, making.make(lmtp.name(), defaultText, lmtp.doc()), making);
    }

    /// The same with another name for LMTP.
    ///
    /// @param name what follows `lmtp_`
    public Twin<T> lmtpName(String name) {
        return new Twin<>(smtp, making.make(LMTP + name, lmtp.defaultText(), lmtp.doc()), making);
    }

    /// As SMTP has it.
    public Param<T> smtp() {
        return smtp;
    }

    /// As LMTP has it.
    public Param<T> lmtp() {
        return lmtp;
    }
}
