package org.postrider.access;

import java.time.Duration;
import java.util.List;
import org.postrider.config.Param;

/// What the administrator can set about who may do what (SMTPD_ACCESS_README).
public final class AccessParams {
    public static final Param<List<String>> MYNETWORKS =
            Param.list(
                    "mynetworks",
                    "127.0.0.0/8 [::1]/128",
                    "Clients that may send mail to anywhere through this server.");
    public static final Param<List<String>> CLIENT_RESTRICTIONS =
            Param.list("smtpd_client_restrictions", "", "Restrictions on the connecting client.");
    public static final Param<List<String>> HELO_RESTRICTIONS =
            Param.list(
                    "smtpd_helo_restrictions",
                    "",
                    "Restrictions on the name that HELO or EHLO gives.");
    public static final Param<List<String>> SENDER_RESTRICTIONS =
            Param.list("smtpd_sender_restrictions", "", "Restrictions on the envelope sender.");
    public static final Param<List<String>> RELAY_RESTRICTIONS =
            Param.list(
                    "smtpd_relay_restrictions",
                    "${{$compatibility_level} <level {1} ? {} : {permit_mynetworks,"
                            + " permit_sasl_authenticated, defer_unauth_destination}}",
                    "Restrictions that decide who may relay, apart from those against spam.");
    public static final Param<List<String>> RECIPIENT_RESTRICTIONS =
            Param.list(
                    "smtpd_recipient_restrictions", "", "Restrictions on each envelope recipient.");
    public static final Param<List<String>> DATA_RESTRICTIONS =
            Param.list("smtpd_data_restrictions", "", "Restrictions at DATA and the first BDAT.");
    public static final Param<List<String>> END_OF_DATA_RESTRICTIONS =
            Param.list("smtpd_end_of_data_restrictions", "", "Restrictions after the content.");
    public static final Param<List<String>> ETRN_RESTRICTIONS =
            Param.list("smtpd_etrn_restrictions", "", "Restrictions on ETRN.");
    public static final Param<List<String>> RESTRICTION_CLASSES =
            Param.list(
                    "smtpd_restriction_classes",
                    "",
                    "The administrator's own names for lists of restrictions.");
    public static final Param<Boolean> DELAY_REJECT =
            Param.bool(
                    "smtpd_delay_reject",
                    "yes",
                    "Client, helo and sender restrictions wait until RCPT TO or ETRN.");
    public static final Param<Boolean> RELAY_FIRST =
            Param.bool(
                    "smtpd_relay_before_recipient_restrictions",
                    "${{$compatibility_level} <level {3.6} ? {no} : {yes}}",
                    "The relay restrictions are asked before the recipient restrictions.");
    public static final Param<Boolean> REJECT_UNLISTED_RECIPIENT =
            Param.bool(
                    "smtpd_reject_unlisted_recipient",
                    "yes",
                    "Unknown recipients of our own domains are refused.");
    public static final Param<Boolean> REJECT_UNLISTED_SENDER =
            Param.bool(
                    "smtpd_reject_unlisted_sender",
                    "no",
                    "Unknown senders of our own domains are refused.");
    public static final Param<Boolean> SHOW_TABLE =
            Param.bool(
                    "show_user_unknown_table_name",
                    "yes",
                    "The refusal of an unknown user names the table.");
    public static final Param<List<String>> DNS_REPLY_FILTER =
            Param.list(
                    "smtpd_dns_reply_filter",
                    "",
                    "Tables of DNS records that restrictions are not to see (IGNORE).");
    public static final Param<List<String>> LOG_PERMIT_ACTIONS =
            Param.list(
                    "smtpd_log_access_permit_actions",
                    "",
                    "Restrictions and table results that are logged when they let a client go on.");
    public static final Param<List<String>> LOCAL_RECIPIENT_MAPS =
            Param.list(
                    "local_recipient_maps",
                    "proxy:unix:passwd.byname $alias_maps",
                    "The local recipients that exist; empty if all do.");
    public static final Param<List<String>> RELAY_RECIPIENT_MAPS =
            Param.list(
                    "relay_recipient_maps",
                    "",
                    "The recipients of relay domains that exist; empty if all do.");
    public static final Param<List<String>> VIRTUAL_MAILBOX_MAPS =
            Param.list(
                    "virtual_mailbox_maps",
                    "",
                    "The recipients of virtual mailbox domains that exist; empty if all do.");
    public static final Param<Integer> UNKNOWN_LOCAL_CODE =
            Param.integer(
                    "unknown_local_recipient_reject_code",
                    "550",
                    400,
                    599,
                    "The reply code for a local recipient that does not exist.");
    public static final Param<Integer> UNKNOWN_RELAY_CODE =
            Param.integer(
                    "unknown_relay_recipient_reject_code",
                    "550",
                    400,
                    599,
                    "The reply code for a recipient of a relay domain that does not exist.");
    public static final Param<Integer> UNKNOWN_ALIAS_CODE =
            Param.integer(
                    "unknown_virtual_alias_reject_code",
                    "550",
                    400,
                    599,
                    "The reply code for a recipient of a virtual alias domain that does not"
                            + " exist.");
    public static final Param<Integer> UNKNOWN_MAILBOX_CODE =
            Param.integer(
                    "unknown_virtual_mailbox_reject_code",
                    "550",
                    400,
                    599,
                    "The reply code for a recipient of a virtual mailbox domain that does not"
                            + " exist.");
    public static final Param<Integer> REJECT_CODE =
            Param.integer(
                    "reject_code", "554", 400, 599, "The reply code of the restriction reject.");
    public static final Param<Integer> DEFER_CODE =
            Param.integer(
                    "defer_code", "450", 400, 499, "The reply code of the restriction defer.");
    public static final Param<Integer> ACCESS_REJECT_CODE =
            Param.integer(
                    "access_map_reject_code",
                    "554",
                    400,
                    599,
                    "The reply code of REJECT in access tables.");
    public static final Param<Integer> ACCESS_DEFER_CODE =
            Param.integer(
                    "access_map_defer_code",
                    "450",
                    400,
                    499,
                    "The reply code of DEFER in access tables.");
    public static final Param<Integer> RELAY_CODE =
            Param.integer(
                    "relay_domains_reject_code",
                    "554",
                    400,
                    599,
                    "The reply code for a recipient that mail is not relayed to.");
    public static final Param<Integer> NON_FQDN_CODE =
            Param.integer(
                    "non_fqdn_reject_code",
                    "504",
                    400,
                    599,
                    "The reply code for a name that is not fully qualified.");
    public static final Param<Integer> INVALID_HOSTNAME_CODE =
            Param.integer(
                    "invalid_hostname_reject_code",
                    "501",
                    400,
                    599,
                    "The reply code for a HELO name that is malformed.");
    public static final Param<Integer> UNKNOWN_ADDRESS_CODE =
            Param.integer(
                    "unknown_address_reject_code",
                    "450",
                    400,
                    599,
                    "The reply code for an address whose domain does not exist.");
    public static final Param<String> REJECT_TEMPFAIL =
            Param.string(
                    "reject_tempfail_action",
                    "defer_if_permit",
                    "What restrictions do if something cannot be found out now: `defer_if_permit`"
                            + " or `defer`.");
    public static final Param<String> UNKNOWN_ADDRESS_TEMPFAIL =
            Param.string(
                    "unknown_address_tempfail_action",
                    "$reject_tempfail_action",
                    "What reject_unknown_sender_domain and reject_unknown_recipient_domain do if"
                            + " nobody can say now whether the domain exists.");
    public static final Param<String> UNKNOWN_HELO_TEMPFAIL =
            Param.string(
                    "unknown_helo_hostname_tempfail_action",
                    "$reject_tempfail_action",
                    "What reject_unknown_helo_hostname does if nobody can say now whether the host"
                            + " exists.");
    public static final Param<Integer> UNVERIFIED_RECIPIENT_REJECT_CODE =
            Param.integer(
                    "unverified_recipient_reject_code",
                    "450",
                    200,
                    599,
                    "The reply code for a recipient that a next hop refuses; 250: it is let pass.");
    public static final Param<Integer> UNVERIFIED_RECIPIENT_DEFER_CODE =
            Param.integer(
                    "unverified_recipient_defer_code",
                    "450",
                    200,
                    499,
                    "The reply code for a recipient of which nobody can say now whether mail for it"
                            + " is taken; 250: it is let pass.");
    public static final Param<String> UNVERIFIED_RECIPIENT_REASON =
            Param.string(
                    "unverified_recipient_reject_reason",
                    "",
                    "What clients are told of a recipient that is not verified; empty: what the"
                            + " next hop said.");
    public static final Param<String> UNVERIFIED_RECIPIENT_TEMPFAIL =
            Param.string(
                    "unverified_recipient_tempfail_action",
                    "$reject_tempfail_action",
                    "What reject_unverified_recipient does if the reply is to be a temporary one:"
                            + " `defer_if_permit` or `defer`.");
    public static final Param<Integer> UNVERIFIED_SENDER_REJECT_CODE =
            Param.integer(
                    "unverified_sender_reject_code",
                    "450",
                    200,
                    599,
                    "The reply code for a sender that a next hop refuses; 250: it is let pass.");
    public static final Param<Integer> UNVERIFIED_SENDER_DEFER_CODE =
            Param.integer(
                    "unverified_sender_defer_code",
                    "450",
                    200,
                    499,
                    "The reply code for a sender of which nobody can say now whether mail for it is"
                            + " taken; 250: it is let pass.");
    public static final Param<String> UNVERIFIED_SENDER_REASON =
            Param.string(
                    "unverified_sender_reject_reason",
                    "",
                    "What clients are told of a sender that is not verified; empty: what the next"
                            + " hop said.");
    public static final Param<String> UNVERIFIED_SENDER_TEMPFAIL =
            Param.string(
                    "unverified_sender_tempfail_action",
                    "$reject_tempfail_action",
                    "What reject_unverified_sender does if the reply is to be a temporary one:"
                            + " `defer_if_permit` or `defer`.");
    public static final Param<Boolean> ALLOW_UNTRUSTED_ROUTING =
            Param.bool(
                    "allow_untrusted_routing",
                    "no",
                    "Whether addresses that route mail on (user@elsewhere@domain) may be relayed.");
    public static final Param<Integer> UNKNOWN_CLIENT_CODE =
            Param.integer(
                    "unknown_client_reject_code",
                    "450",
                    400,
                    599,
                    "The reply code for a client without a name.");
    public static final Param<Integer> UNKNOWN_HOSTNAME_CODE =
            Param.integer(
                    "unknown_hostname_reject_code",
                    "450",
                    400,
                    599,
                    "The reply code for a HELO name that does not exist.");
    public static final Param<Integer> BOUNCE_CODE =
            Param.integer(
                    "multi_recipient_bounce_reject_code",
                    "550",
                    400,
                    599,
                    "The reply code for a bounce with several recipients.");
    public static final Param<String> NULL_ACCESS_KEY =
            Param.string(
                    "smtpd_null_access_lookup_key",
                    "<>",
                    "What access tables are asked for if the sender is the null address.");
    public static final Param<List<String>> LOCAL_REWRITE_CLIENTS =
            Param.list(
                    "local_header_rewrite_clients",
                    "permit_inet_interfaces",
                    "Clients whose headers are completed as local ones.");
    public static final Param<List<String>> DKIM_SIGN_CLIENTS =
            Param.list(
                    "dkim_sign_clients",
                    "permit_mynetworks, permit_sasl_authenticated",
                    "Clients whose mail is signed with the keys of its author's domain, in the"
                            + " words of local_header_rewrite_clients. Of a client that a filter names"
                            + " by XFORWARD, SOURCE=LOCAL counts. With no_milters in"
                            + " receive_override_options nothing is signed.");
    public static final Param<List<String>> SENDER_LOGIN_MAPS =
            Param.list("smtpd_sender_login_maps", "", "Which logins may use an envelope sender.");
    public static final Param<List<String>> RELAY_CLIENTCERTS =
            Param.list(
                    "relay_clientcerts",
                    "",
                    "Tables of clients' fingerprints, of the certificate or its key, that"
                            + " permit_tls_clientcerts lets through.");

    public static final Param<String> EXPANSION_FILTER =
            Param.raw(
                    "smtpd_expansion_filter",
                    "\\t\\40!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\\\]^_"
                            + "`abcdefghijklmnopqrstuvwxyz{|}~",
                    "What of a client's text may stand in replies that templates make; the rest"
                            + " becomes _.");
    public static final Param<String> DEFAULT_RBL_REPLY =
            Param.raw(
                    "default_rbl_reply",
                    "$rbl_code Service unavailable; $rbl_class [$rbl_what] blocked using"
                            + " $rbl_domain${rbl_reason?; $rbl_reason}",
                    "The reply to who is on a list in DNS that rbl_reply_maps have none for.");
    public static final Param<List<String>> RBL_REPLY_MAPS =
            Param.list(
                    "rbl_reply_maps",
                    "",
                    "Tables of replies to who is on a list in DNS, by the list.");
    public static final Param<List<String>> MAPS_RBL_DOMAINS =
            Param.list("maps_rbl_domains", "", "The lists that reject_maps_rbl asks.");
    public static final Param<Integer> MAPS_RBL_CODE =
            Param.integer(
                    "maps_rbl_reject_code",
                    "554",
                    400,
                    599,
                    "The reply code for who is on a list in DNS ($rbl_code).");
    public static final Param<Duration> DNS_LIST_TIMEOUT =
            Param.time(
                    "smtpd_dns_list_timeout",
                    "30s",
                    1,
                    0,
                    "How long an answer of a list in DNS is waited for; none is then had. All lists"
                            + " that a command asks are asked at once.");
    public static final Param<String> POLICY_DEFAULT_ACTION =
            Param.string(
                    "smtpd_policy_service_default_action",
                    "451 4.3.5 Server configuration problem",
                    "What a policy server that does not answer stands for: an action of access"
                            + " tables.");
    public static final Param<Duration> POLICY_MAX_IDLE =
            Param.time(
                    "smtpd_policy_service_max_idle",
                    "300s",
                    1,
                    0,
                    "How long a connection to a policy server is kept that nobody uses.");
    public static final Param<Duration> POLICY_MAX_TTL =
            Param.time(
                    "smtpd_policy_service_max_ttl",
                    "1000s",
                    1,
                    0,
                    "How long a connection to a policy server is kept at all.");
    public static final Param<String> POLICY_CONTEXT =
            Param.string(
                    "smtpd_policy_service_policy_context",
                    "",
                    "What a policy server is told as policy_context.");
    public static final Param<Integer> POLICY_REQUEST_LIMIT =
            Param.integer(
                    "smtpd_policy_service_request_limit",
                    "0",
                    0,
                    0,
                    "How many requests go over one connection to a policy server; 0 for any"
                            + " number.");
    public static final Param<Duration> POLICY_RETRY_DELAY =
            Param.time(
                    "smtpd_policy_service_retry_delay",
                    "1s",
                    1,
                    0,
                    "How long the next attempt waits after one that a policy server did not"
                            + " answer.");
    public static final Param<Duration> POLICY_TIMEOUT =
            Param.time(
                    "smtpd_policy_service_timeout",
                    "100s",
                    1,
                    0,
                    "How long connecting to a policy server may take, and a request with its"
                            + " answer.");
    public static final Param<Integer> POLICY_TRY_LIMIT =
            Param.integer(
                    "smtpd_policy_service_try_limit",
                    "2",
                    1,
                    0,
                    "How often a policy server is asked that does not answer.");

    public static final Param<List<String>> MX_BACKUP_NETWORKS =
            Param.list(
                    "permit_mx_backup_networks",
                    "",
                    "Networks that the primary exchangers must be in for permit_mx_backup.");

    private AccessParams() {}
}
