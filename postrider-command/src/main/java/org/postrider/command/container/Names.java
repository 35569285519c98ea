package org.postrider.command.container;

import java.util.List;
import java.util.Map;
import java.util.Set;

/// Variables of popular images that are parameters under another name, and those that ask for what
/// this image does not do. docs/image.md says which image has which.
final class Names {
    private static final String HOST = "myhostname";

    /// Parameters, each of which gets the variable's value.
    private static final Map<String, List<String>> PARAMETERS =
            Map.ofEntries(
                    Map.entry("MAILNAME", List.of(HOST)),
                    Map.entry("SERVER_HOSTNAME", List.of(HOST)),
                    Map.entry("maildomain", List.of(HOST)),
                    Map.entry("DOMAIN", List.of("mydomain")),
                    Map.entry("MY_NETWORKS", List.of("mynetworks")),
                    Map.entry("MY_DESTINATION", List.of("mydestination")),
                    Map.entry("DESTINATION", List.of("mydestination")),
                    Map.entry("MESSAGE_SIZE_LIMIT", List.of("message_size_limit")),
                    Map.entry("SMTPUTF8_ENABLE", List.of("smtputf8_enable")),
                    Map.entry("ALWAYS_ADD_MISSING_HEADERS", List.of("always_add_missing_headers")),
                    Map.entry("MASQUERADED_DOMAINS", List.of("masquerade_domains")),
                    Map.entry(
                            "POSTMASTER_ADDRESS",
                            List.of(
                                    "error_notice_recipient",
                                    "bounce_notice_recipient",
                                    "2bounce_notice_recipient",
                                    "delay_notice_recipient")));

    private static final String KEYS =
            "this image signs by itself: mount the keys and set POSTFIX_dkim_signing_keys, for"
                    + " example example.com:mail:/etc/opendkim/keys/example.com.private";

    private static final Map<String, String> NOT_DONE =
            Map.of(
                    "AUTOSET_HOSTNAME",
                    "nobody outside is asked for a name: set POSTFIX_myhostname",
                    "ANONYMIZE_EMAILS",
                    "addresses stand in the log as they are",
                    "DKIM_AUTOGENERATE",
                    KEYS + " (postdkim keygen makes one)",
                    "SASL_Passwds",
                    "set SMTPD_SASL_USERS",
                    "SMTPD_SASL_AUTH",
                    "set SMTPD_SASL_USERS");

    /// By how a variable begins.
    private static final Map<String, String> NOT_THERE =
            Map.of(
                    "OPENDKIM_",
                    KEYS,
                    "RSPAMD_",
                    KEYS,
                    "POSTSRSD_",
                    "this image rewrites by itself: set POSTFIX_postrider_srs_domain and"
                            + " POSTFIX_postrider_srs_secret_file",
                    "RSYSLOG_",
                    "the log is on standard output, and nowhere else");

    /// They ask for what is so in any case.
    static final Set<String> NO =
            Set.of("", "0", "no", "false", "off", "none", "No", "NO", "False", "FALSE");

    private Names() {}

    static void plain(Environment environment, Wanted wanted) {
        PARAMETERS.forEach((variable, parameters) -> {
            String value = environment.get(variable);
            if (value != null) {
                parameters.forEach(parameter -> wanted.set(variable, parameter, value));
            }
        });
        if (environment.get("SERVER_HOSTNAME") != null) {
            wanted.set("SERVER_HOSTNAME", "myorigin", "$mydomain");
        }
        if (environment.get("MASQUERADED_DOMAINS") != null) {
            wanted.set("MASQUERADED_DOMAINS", "local_header_rewrite_clients", "static:all");
        }
        String format = environment.get("LOG_FORMAT");
        if (format != null && format.equals("json")) {
            wanted.set("LOG_FORMAT", "maillog_json_file", "/dev/stdout");
            wanted.set("LOG_FORMAT", "maillog_file", "/dev/null");
        } else if (format != null && !format.equals("plain")) {
            wanted.problem("LOG_FORMAT: plain or json, not '" + format + "'");
        }
    }

    static void refused(Environment environment, Wanted wanted) {
        NOT_DONE.forEach((variable, why) -> refuse(environment, wanted, variable, why));
        NOT_THERE.forEach((prefix, why) -> {
            for (String variable : environment.named(prefix)) {
                refuse(environment, wanted, variable, why);
            }
        });
    }

    private static void refuse(Environment from, Wanted wanted, String variable, String why) {
        String value = from.raw(variable);
        if (value != null && !NO.contains(value.strip())) {
            wanted.problem(variable + ": not done by this image: " + why);
        }
    }
}
