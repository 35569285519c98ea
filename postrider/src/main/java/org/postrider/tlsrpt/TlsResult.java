package org.postrider.tlsrpt;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.maps.Fold;

/// What became of the TLS of one session with one server (RFC 8460 4.2 to 4.4).
///
/// @param domain whose TLSRPT record says where reports go: the next hop's, which mostly is the
///   recipients'
/// @param failure null where the session kept to the policy
public record TlsResult(String domain, Policy policy, Session session, @Nullable Failure failure) {
    private static final int MOST_TEXT = 255;
    private static final int MOST_STRINGS = 64;

    public TlsResult {
        domain = Fold.lower(cut(domain));
    }

    /// What the recipients' domain says of itself, by which the session was judged (4.2, "policy").
    ///
    /// @param domain that the policy is of: of DANE the name that has the TLSA records (RFC 7672
    ///   2.2.3), else the next hop's
    /// @param strings the policy as it was found: each TLSA record (`3 1 1 1F85…`), each line of
    ///   the MTA-STS policy (`mode: testing`); none without a policy
    /// @param mxHosts the patterns of an MTA-STS policy's `mx` lines; else none
    public record Policy(Kind kind, String domain, List<String> strings, List<String> mxHosts) {
        public Policy {
            domain = Fold.lower(cut(domain));
            strings = cut(strings);
            mxHosts = cut(mxHosts);
        }

        /// Where a domain has none.
        public static Policy none(String domain) {
            return new Policy(Kind.NO_POLICY_FOUND, domain, List.of(), List.of());
        }
    }

    /// What kind of policy (4.2, "policy-type").
    public enum Kind {
        TLSA,
        STS,
        NO_POLICY_FOUND;

        public String word() {
            return wordOf(name());
        }
    }

    /// Who spoke to whom (4.3). What is not known is empty.
    ///
    /// @param sendingIp this host's end of the connection
    /// @param mxHostname the server's name, by which it was connected to
    /// @param mxHelo the name that it greeted with
    /// @param receivingIp the server's end
    public record Session(String sendingIp, String mxHostname, String mxHelo, String receivingIp) {
        /// Before there is one: a policy could not be had.
        public static final Session NONE = new Session("", "", "", "");

        public Session {
            sendingIp = cut(sendingIp);
            mxHostname = Fold.lower(cut(mxHostname));
            mxHelo = cut(mxHelo);
            receivingIp = cut(receivingIp);
        }
    }

    /// Why a session did not keep to the policy.
    ///
    /// @param reason a code or text of the library's or of this program's ("failure-reason-code");
    ///   empty for none
    public record Failure(Reason kind, String reason) {
        public Failure {
            reason = cut(reason);
        }
    }

    /// The result types of 4.3.
    public enum Reason {
        STARTTLS_NOT_SUPPORTED,
        CERTIFICATE_HOST_MISMATCH,
        CERTIFICATE_EXPIRED,
        CERTIFICATE_NOT_TRUSTED,
        VALIDATION_FAILURE,
        TLSA_INVALID,
        DNSSEC_INVALID,
        DANE_REQUIRED,
        STS_POLICY_FETCH_ERROR,
        STS_POLICY_INVALID,
        STS_WEBPKI_INVALID;

        public String word() {
            return wordOf(name());
        }

        /// @return null for a word that RFC 8460 does not have
        public static @Nullable Reason of(String word) {
            for (Reason each : values()) {
                if (each.word().equals(word)) {
                    return each;
                }
            }
            return null;
        }
    }

    private static String wordOf(String name) {
        return Fold.lower(name).replace('_', '-');
    }

    private static String cut(String text) {
        return text.length() <= MOST_TEXT ? text : text.substring(0, MOST_TEXT);
    }

    private static List<String> cut(List<String> texts) {
        return texts.stream().limit(MOST_STRINGS).map(TlsResult::cut).toList();
    }
}
