package org.postrider.authentication;

import java.time.Duration;
import java.util.List;
import org.postrider.config.Param;

/// What the administrator can set about checking mail: names that Postfix does not have (decision
/// 0062).
public final class AuthenticationParams {
    public static final Param<List<String>> CHECKS =
            Param.list(
                    "authentication_checks",
                    "",
                    "What an SMTP server finds out about the mail of strangers: any of iprev, spf,"
                            + " dkim, arc and dmarc (which brings spf and dkim with it). Empty:"
                            + " nothing, which costs nothing. The results stand in"
                            + " Authentication-Results, and restrictions like reject_dmarc look at"
                            + " them.");
    public static final Param<List<String>> EXEMPT_CLIENTS =
            Param.list(
                    "authentication_exempt_clients",
                    "permit_mynetworks permit_sasl_authenticated",
                    "Clients whose mail is not checked, in the words of"
                            + " local_header_rewrite_clients.");
    public static final Param<String> IDENTIFIER =
            Param.string(
                    "authentication_identifier",
                    "$myhostname",
                    "The name by which Authentication-Results says whose word it is. Fields of"
                            + " strangers that have this name are removed.");
    public static final Param<Boolean> RECEIVED_SPF =
            Param.bool(
                    "authentication_received_spf_header",
                    "no",
                    "A field Received-SPF (RFC 7208 9.1) is added as well.");
    public static final Param<String> TEMPFAIL =
            Param.string(
                    "authentication_tempfail_action",
                    "defer_if_permit",
                    "What a restriction on authenticity does where nobody can say now what it has"
                            + " to know: defer_if_permit or defer.");
    public static final Param<String> FROM_POLICY =
            Param.string(
                    "dmarc_malformed_from_policy",
                    "reject",
                    "What reject_dmarc does with mail of which nobody can say whose it is, having"
                            + " no From field, several, or authors of several domains: none, quarantine"
                            + " or reject.");
    public static final Param<String> QUARANTINE =
            Param.string(
                    "dmarc_quarantine_action",
                    "${smtpd_proxy_filter?{header}:{hold}}",
                    "What reject_dmarc does with mail that its domain wants in quarantine: hold (it"
                            + " goes to the hold queue, which mail for smtpd_proxy_filter cannot),"
                            + " header (a field X-Quarantine is added) or reject.");
    public static final Param<String> SUFFIXES =
            Param.string(
                    "dmarc_public_suffix_file",
                    "",
                    "A file of public suffixes by which organizational domains are found as in RFC"
                            + " 7489 (Debian: /usr/share/publicsuffix/public_suffix_list.dat). Empty:"
                            + " they are found by walking up the DNS tree (RFC 9989).");
    public static final Param<Duration> DMARC_TIME =
            Param.time(
                    "dmarc_time_limit",
                    "20s",
                    1,
                    300,
                    "How long the search for a DMARC record and for organizational domains may"
                            + " take. A longer one is a temperror.");
    public static final Param<List<String>> TRUSTED_SEALERS =
            Param.list(
                    "arc_trusted_sealers",
                    "",
                    "Domains whose ARC seals are believed: mail that fails DMARC passes where a"
                            + " whole chain of theirs says that it passed when it came to the first of"
                            + " them.");

    private AuthenticationParams() {}
}
