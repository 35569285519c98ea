package org.postrider.smtp.policy;

import org.jspecify.annotations.Nullable;
import org.postrider.smtp.policy.TlsPolicyEntry.Attribute;
import org.postrider.sts.StsFinding;
import org.postrider.sts.StsPolicy;
import org.postrider.tlsrpt.TlsResult;

/// What of a policy is reported to the domain (RFC 8460), beside what the session comes to. No part
/// of what a session is kept under.
///
/// @param policy that the domain itself published; null where none was found
/// @param failure that there was before any session, which counts over what becomes of it; null for
///   none
public record Said(TlsResult.@Nullable Policy policy, TlsResult.@Nullable Failure failure) {
    static final Said NOTHING = new Said(null, null);

    /// No policy counted: whatever becomes of it, nobody hears of it.
    public static final Said UNTOLD = new Said(TlsResult.Policy.none(""), null);

    static Said failed(TlsResult.Reason reason, String code) {
        return new Said(null, new TlsResult.Failure(reason, code));
    }

    /// By the attributes `policy_type` and so on, which say what a domain published.
    static Said of(TlsPolicyEntry entry) {
        String type = entry.get(Attribute.POLICY_TYPE);
        if (type == null) {
            return NOTHING;
        }
        String failed = entry.get(Attribute.POLICY_FAILURE);
        TlsResult.Reason reason = failed == null ? null : TlsResult.Reason.of(failed);
        TlsResult.Failure failure = reason == null ? null : new TlsResult.Failure(reason, "");
        String domain = entry.get(Attribute.POLICY_DOMAIN);
        return type.equals("sts")
                ? new Said(
                        new TlsResult.Policy(
                                TlsResult.Kind.STS,
                                domain == null ? "" : domain,
                                entry.all(Attribute.POLICY_STRING),
                                entry.all(Attribute.MX_HOST_PATTERN)),
                        failure)
                : new Said(null, failure);
    }

    /// By a policy of MTA-STS that this server found.
    static Said of(StsPolicy policy) {
        return new Said(
                new TlsResult.Policy(
                        TlsResult.Kind.STS, policy.domain(), policy.lines(), policy.patterns()),
                null);
    }

    /// Where one was announced and could not be had.
    static Said of(StsFinding.Failure failure) {
        if (failure.kind() == StsFinding.Kind.LOCAL) {
            return UNTOLD;
        }
        TlsResult.Reason reason = TlsResult.Reason.of(failure.kind().word());
        return failed(
                reason == null ? TlsResult.Reason.STS_POLICY_FETCH_ERROR : reason, failure.text());
    }

    /// The same, but that it failed.
    Said but(TlsResult.Reason reason, String code) {
        return new Said(policy, new TlsResult.Failure(reason, code));
    }
}
