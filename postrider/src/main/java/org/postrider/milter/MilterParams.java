package org.postrider.milter;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.postrider.config.Param;

/// What the administrator can set about milters.
public final class MilterParams {
    public static final Param<List<String>> SMTPD_MILTERS =
            Param.list(
                    "smtpd_milters",
                    "",
                    "Milters for mail that comes by SMTP: `inet:host:port`, `unix:path`, or"
                            + " `{ name, default_action=…, connect_timeout=…, command_timeout=…,"
                            + " content_timeout=…, protocol=… }`.");
    public static final Param<List<String>> NON_SMTPD_MILTERS =
            Param.list(
                    "non_smtpd_milters",
                    "",
                    "The milters of mail that comes by sendmail, and of mail of our own by"
                            + " internal_mail_filter_classes.");
    public static final Param<List<String>> SMTPD_MILTER_MAPS =
            Param.list(
                    "smtpd_milter_maps",
                    "",
                    "Tables that name other milters for a client's address, or DISABLE.");
    public static final Param<String> DEFAULT_ACTION =
            Param.string(
                    "milter_default_action",
                    "shutdown",
                    "What happens if a milter cannot be asked: accept, reject, tempfail,"
                            + " quarantine or shutdown.");
    public static final Param<String> PROTOCOL =
            Param.string(
                    "milter_protocol",
                    "6",
                    "The version of the protocol that milters are offered (2, 3, 4 or 6), and"
                            + " no_header_reply for those that do not answer fields of a header.");
    public static final Param<Duration> CONNECT_TIMEOUT =
            Param.time(
                    "milter_connect_timeout",
                    "30s",
                    1,
                    0,
                    "How long a milter may take to be connected to, and to agree on options.");
    public static final Param<Duration> COMMAND_TIMEOUT =
            Param.time(
                    "milter_command_timeout",
                    "30s",
                    1,
                    0,
                    "How long a milter may take to hear of a command, and to answer.");
    public static final Param<Duration> CONTENT_TIMEOUT =
            Param.time(
                    "milter_content_timeout",
                    "300s",
                    1,
                    0,
                    "How long a milter may take to hear of a piece of a mail's content, and to"
                            + " answer.");
    public static final Param<String> MACRO_DAEMON_NAME =
            Param.string(
                    "milter_macro_daemon_name",
                    "$myhostname",
                    "The value of the macro {daemon_name}.");
    public static final Param<String> MACRO_V =
            Param.string("milter_macro_v", "$mail_name $mail_version", "The value of the macro v.");
    public static final Param<List<String>> MACRO_DEFAULTS =
            Param.list(
                    "milter_macro_defaults",
                    "",
                    "What macros have that have no value of their own: name=value.");
    public static final Param<List<String>> CONNECT_MACROS =
            macros(
                    "milter_connect_macros",
                    "j {daemon_name} {daemon_addr} v _",
                    "Macros that milters get when a client comes.");
    public static final Param<List<String>> HELO_MACROS =
            macros(
                    "milter_helo_macros",
                    "{tls_version} {cipher} {cipher_bits} {cert_subject} {cert_issuer}",
                    "Macros that milters get with HELO and EHLO.");
    public static final Param<List<String>> MAIL_MACROS =
            macros(
                    "milter_mail_macros",
                    "i {auth_type} {auth_authen} {auth_author} {mail_addr} {mail_host}"
                            + " {mail_mailer}",
                    "Macros that milters get with MAIL.");
    public static final Param<List<String>> RCPT_MACROS =
            macros(
                    "milter_rcpt_macros",
                    "i {rcpt_addr} {rcpt_host} {rcpt_mailer}",
                    "Macros that milters get with RCPT.");
    public static final Param<List<String>> DATA_MACROS =
            macros("milter_data_macros", "i", "Macros that milters get with DATA.");
    public static final Param<List<String>> END_OF_HEADER_MACROS =
            macros(
                    "milter_end_of_header_macros",
                    "i",
                    "Macros that milters get with each field of the header and at its end.");
    public static final Param<List<String>> END_OF_DATA_MACROS =
            macros(
                    "milter_end_of_data_macros",
                    "i",
                    "Macros that milters get with each piece of the body and at its end.");
    public static final Param<List<String>> UNKNOWN_COMMAND_MACROS =
            macros(
                    "milter_unknown_command_macros",
                    "",
                    "Macros that milters get with commands that nobody knows.");

    static final Map<MacroLists.Stage, Param<List<String>>> MACROS =
            Map.of(
                    MacroLists.Stage.CONNECT, CONNECT_MACROS,
                    MacroLists.Stage.HELO, HELO_MACROS,
                    MacroLists.Stage.MAIL, MAIL_MACROS,
                    MacroLists.Stage.RCPT, RCPT_MACROS,
                    MacroLists.Stage.DATA, DATA_MACROS,
                    MacroLists.Stage.END_OF_HEADER, END_OF_HEADER_MACROS,
                    MacroLists.Stage.END_OF_BODY, END_OF_DATA_MACROS,
                    MacroLists.Stage.UNKNOWN, UNKNOWN_COMMAND_MACROS);

    private MilterParams() {}

    private static Param<List<String>> macros(String name, String names, String doc) {
        return Param.list(name, names, doc);
    }
}
