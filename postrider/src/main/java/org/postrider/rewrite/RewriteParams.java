package org.postrider.rewrite;

import java.time.Duration;
import java.util.List;
import org.postrider.config.Param;

/// What trivial-rewrite(8) honours.
public final class RewriteParams {
    private RewriteParams() {}

    public static final Param<Boolean> APPEND_AT_MYORIGIN =
            Param.bool(
                    "append_at_myorigin",
                    "yes",
                    "Complete an address without a domain with `@$myorigin`.");
    public static final Param<Boolean> APPEND_DOT_MYDOMAIN =
            Param.bool(
                    "append_dot_mydomain",
                    "${{$compatibility_level} <level {1} ? {yes} : {no}}",
                    "Complete a domain without a dot with `.$mydomain`.");
    public static final Param<Boolean> SWAP_BANGPATH =
            Param.bool("swap_bangpath", "yes", "Read `site!user` as `user@site`.");
    public static final Param<Boolean> ALLOW_PERCENT_HACK =
            Param.bool("allow_percent_hack", "yes", "Read `user%domain` as `user@domain`.");
    public static final Param<Boolean> RESOLVE_DEQUOTED_ADDRESS =
            Param.bool(
                    "resolve_dequoted_address",
                    "yes",
                    """
                    Look for `@`, `%` and `!` in a quoted local part of an address that is ours. \
                    Without it a stranger can relay by `"user@remote"@ours` through a host that it relays for.\
                    """);
    public static final Param<Boolean> RESOLVE_NULL_DOMAIN =
            Param.bool("resolve_null_domain", "no", "Take `user@` for a local address.");
    public static final Param<Boolean> RESOLVE_NUMERIC_DOMAIN =
            Param.bool("resolve_numeric_domain", "no", "Take `user@1.2.3.4` for `user@[1.2.3.4]`.");
    public static final Param<String> EMPTY_ADDRESS_RECIPIENT =
            Param.string(
                    "empty_address_recipient",
                    "MAILER-DAEMON",
                    "The local part that gets mail for the null address.");
    public static final Param<String> REMOTE_HEADER_REWRITE_DOMAIN =
            Param.string(
                    "remote_header_rewrite_domain",
                    "",
                    """
                    The domain that completes header addresses of mail from strangers; empty: such \
                    headers stay as they are.\
                    """);
    public static final Param<String> MYORIGIN =
            Param.string(
                    "myorigin", "$myhostname", "The domain that local mail appears to be from.");
    public static final Param<String> MYDOMAIN =
            Param.string("mydomain", "localdomain", "The domain of this machine.");
    public static final Param<List<String>> MYDESTINATION =
            Param.list(
                    "mydestination",
                    "$myhostname, localhost.$mydomain, localhost",
                    "The domains delivered by $local_transport: names, `/files` and tables.");
    public static final Param<List<String>> INET_INTERFACES =
            Param.list(
                    "inet_interfaces",
                    "all",
                    "The addresses mail is received on; `user@[address]` for them is local.");
    public static final Param<List<String>> PROXY_INTERFACES =
            Param.list(
                    "proxy_interfaces",
                    "",
                    "Addresses by which a proxy or NAT in front of this machine receives its"
                            + " mail.");
    public static final Param<List<String>> INET_PROTOCOLS =
            Param.list("inet_protocols", "all", "`all`, or which of `ipv4` and `ipv6` to use.");
    public static final Param<List<String>> VIRTUAL_ALIAS_DOMAINS =
            Param.list(
                    "virtual_alias_domains",
                    "$virtual_alias_maps",
                    "Domains whose every address is an alias for one elsewhere.");
    public static final Param<List<String>> VIRTUAL_MAILBOX_DOMAINS =
            Param.list(
                    "virtual_mailbox_domains",
                    "$virtual_mailbox_maps",
                    "Domains delivered by $virtual_transport.");
    public static final Param<List<String>> RELAY_DOMAINS =
            Param.list(
                    "relay_domains",
                    "${{$compatibility_level} <level {2} ? {$mydestination} : {}}",
                    "Domains that mail is relayed to for anybody, by $relay_transport.");
    public static final Param<String> LOCAL_TRANSPORT =
            Param.string(
                    "local_transport",
                    "local:$myhostname",
                    "Delivers to $mydestination and to own address literals.");
    public static final Param<String> VIRTUAL_TRANSPORT =
            Param.string("virtual_transport", "virtual", "Delivers to $virtual_mailbox_domains.");
    public static final Param<String> RELAY_TRANSPORT =
            Param.string("relay_transport", "relay", "Delivers to $relay_domains.");
    public static final Param<String> DEFAULT_TRANSPORT =
            Param.string("default_transport", "smtp", "Delivers to every other domain.");
    public static final Param<String> RELAYHOST =
            Param.string(
                    "relayhost", "", "The next hop for mail of the relay and default classes.");
    public static final Param<List<String>> TRANSPORT_MAPS =
            Param.list(
                    "transport_maps",
                    "",
                    "Tables of `transport:nexthop` by address or domain, see transport(5).");
    public static final Param<List<String>> SENDER_DEPENDENT_RELAYHOST_MAPS =
            Param.list(
                    "sender_dependent_relayhost_maps",
                    "",
                    "Tables of relay hosts by sender address or `@domain`.");
    public static final Param<List<String>> SENDER_DEPENDENT_DEFAULT_TRANSPORT_MAPS =
            Param.list(
                    "sender_dependent_default_transport_maps",
                    "",
                    "Tables of `transport:nexthop` by sender, in place of $default_transport.");
    public static final Param<String> VERIFY_LOCAL_TRANSPORT =
            Param.string(
                    "address_verify_local_transport",
                    "$local_transport",
                    "Stands for local_transport where an address is verified.");
    public static final Param<String> VERIFY_VIRTUAL_TRANSPORT =
            Param.string(
                    "address_verify_virtual_transport",
                    "$virtual_transport",
                    "Stands for virtual_transport where an address is verified.");
    public static final Param<String> VERIFY_RELAY_TRANSPORT =
            Param.string(
                    "address_verify_relay_transport",
                    "$relay_transport",
                    "Stands for relay_transport where an address is verified.");
    public static final Param<String> VERIFY_DEFAULT_TRANSPORT =
            Param.string(
                    "address_verify_default_transport",
                    "$default_transport",
                    "Stands for default_transport where an address is verified.");
    public static final Param<String> VERIFY_RELAYHOST =
            Param.string(
                    "address_verify_relayhost",
                    "$relayhost",
                    "Stands for relayhost where an address is verified.");
    public static final Param<List<String>> VERIFY_TRANSPORT_MAPS =
            Param.list(
                    "address_verify_transport_maps",
                    "$transport_maps",
                    "Stands for transport_maps where an address is verified.");
    public static final Param<List<String>> VERIFY_SENDER_DEPENDENT_RELAYHOST_MAPS =
            Param.list(
                    "address_verify_sender_dependent_relayhost_maps",
                    "$sender_dependent_relayhost_maps",
                    "Stands for sender_dependent_relayhost_maps where an address is verified.");
    public static final Param<List<String>> VERIFY_SENDER_DEPENDENT_DEFAULT_TRANSPORT_MAPS =
            Param.list(
                    "address_verify_sender_dependent_default_transport_maps",
                    "$sender_dependent_default_transport_maps",
                    "Stands for sender_dependent_default_transport_maps where an address is"
                            + " verified.");
    public static final Param<String> EMPTY_ADDRESS_RELAYHOST_MAPS_LOOKUP_KEY =
            Param.string(
                    "empty_address_relayhost_maps_lookup_key",
                    "<>",
                    "Stands for the null sender in sender_dependent_relayhost_maps.");
    public static final Param<String> EMPTY_ADDRESS_DEFAULT_TRANSPORT_MAPS_LOOKUP_KEY =
            Param.string(
                    "empty_address_default_transport_maps_lookup_key",
                    "<>",
                    "Stands for the null sender in sender_dependent_default_transport_maps.");
    public static final Param<List<String>> RELOCATED_MAPS =
            Param.list(
                    "relocated_maps",
                    "",
                    "Tables of new addresses: mail to the old one is refused with `5.1.6`.");
    public static final Param<String> HEADER_FROM_FORMAT =
            Param.string(
                    "header_from_format",
                    "standard",
                    "How a From: that is added names who it is from: `standard`, the name before"
                            + " `<address>`, or `obsolete`, the address before `(name)`.");
    public static final Param<Boolean> HELPFUL_WARNINGS =
            Param.bool("helpful_warnings", "yes", "Log likely mistakes of the configuration.");
    public static final Param<Boolean> RELOCATED_PREFIX_ENABLE =
            Param.bool(
                    "relocated_prefix_enable",
                    "yes",
                    "Put `5.1.6 User has moved to` before what relocated_maps say; without it they"
                            + " say status and text themselves.");
    public static final Param<String> SRS_DOMAIN =
            Param.string(
                    "postrider_srs_domain",
                    "",
                    "The domain of ours that the senders of forwarded mail are rewritten to (SRS);"
                            + " empty: they stay as they are. It must receive mail here. With it mail"
                            + " for others whose recipient was one of ours leaves with a sender that"
                            + " SPF allows us, and what comes back to it is sent on.");
    public static final Param<String> SRS_SECRET_FILE =
            Param.string(
                    "postrider_srs_secret_file",
                    "",
                    "The file with the secrets of rewritten senders, one a line: the first one"
                            + " signs, all are taken. Who knows one can send mail to anybody through"
                            + " this machine.");
    public static final Param<Integer> SRS_HASH_LENGTH =
            Param.integer(
                    "postrider_srs_hash_length",
                    "4",
                    4,
                    27,
                    "The characters of a rewritten sender's hash, of six bits each (less than five"
                            + " where their case is lost).");
    public static final Param<Duration> SRS_MAX_AGE =
            Param.time(
                    "postrider_srs_max_age",
                    "21d",
                    86400,
                    86400L * 1000,
                    "How long what comes back to a rewritten sender is sent on, by whole days.");
    public static final Param<Boolean> SHOW_USER_UNKNOWN_TABLE_NAME =
            Param.bool(
                    "show_user_unknown_table_name",
                    "yes",
                    "Say in `User unknown` replies which table it was.");
    public static final Param<Boolean> ALLOW_MIN_USER =
            Param.bool("allow_min_user", "no", "Take recipients that begin with `-`.");
    public static final Param<String> RECIPIENT_DELIMITER =
            Param.string(
                    "recipient_delimiter",
                    "",
                    "The characters that part a user name from its extension.");

    public static final Param<Boolean> SMTPUTF8_ENABLE =
            Param.bool(
                    "smtputf8_enable",
                    "${{$compatibility_level} <level {1} ? {no} : {yes}}",
                    "Addresses may hold UTF-8, and nothing else beyond ASCII (RFC 6531).");
}
