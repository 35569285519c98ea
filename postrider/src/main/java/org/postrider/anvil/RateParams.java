package org.postrider.anvil;

import java.util.List;
import org.postrider.config.Param;

/// What the administrator can set about rates of mail by login, sender and domain: names that stock
/// Postfix does not have (docs/decisions/0015-rate-limits.md).
public final class RateParams {
    private static final String GRAMMAR =
            " `N/TIME [messages|recipients] [reject|defer|hold]`, several separated by commas: `100/1h,"
                    + " 1000/1d recipients hold`. Empty for no limit.";
    private static final String MAPS = " and its limits, or `none`; instead of the limits for all.";

    public static final Param<List<String>> LOGIN =
            Param.list("smtpd_login_rate_limit", "", "Mail of one SASL login." + GRAMMAR);
    public static final Param<List<String>> LOGIN_MAPS =
            Param.list("smtpd_login_rate_limit_maps", "", "Tables with a login" + MAPS);
    public static final Param<List<String>> SENDER =
            Param.list(
                    "smtpd_sender_rate_limit",
                    "",
                    "Mail of one envelope sender, without its extension; not of the null sender."
                            + GRAMMAR);
    public static final Param<List<String>> SENDER_MAPS =
            Param.list(
                    "smtpd_sender_rate_limit_maps",
                    "",
                    "Tables with user@domain, @domain or, for the null sender, <>" + MAPS);
    public static final Param<List<String>> SENDER_DOMAIN =
            Param.list(
                    "smtpd_sender_domain_rate_limit",
                    "",
                    "Mail of one domain of envelope senders." + GRAMMAR);
    public static final Param<List<String>> SENDER_DOMAIN_MAPS =
            Param.list(
                    "smtpd_sender_domain_rate_limit_maps",
                    "",
                    "Tables with a domain or .parent" + MAPS);
    public static final Param<List<String>> RECIPIENT_DOMAIN =
            Param.list(
                    "smtpd_recipient_domain_rate_limit",
                    "",
                    "Mail to one domain; of a mail to several of its users one message is counted."
                            + GRAMMAR);
    public static final Param<List<String>> RECIPIENT_DOMAIN_MAPS =
            Param.list(
                    "smtpd_recipient_domain_rate_limit_maps",
                    "",
                    "Tables with a domain or .parent" + MAPS);
    public static final Param<String> ACTION =
            Param.string(
                    "smtpd_rate_limit_action",
                    "defer",
                    "What becomes of a recipient over a limit that does not say: reject (550), defer"
                            + " (450), or hold: the mail is accepted and put on hold.");
    public static final Param<List<String>> EXCEPTIONS =
            Param.list(
                    "smtpd_rate_limit_exceptions",
                    "",
                    "Clients whose mail is neither limited nor counted: blocks, names, tables.");
    public static final Param<List<String>> LOGIN_EXCEPTIONS =
            Param.list(
                    "smtpd_rate_limit_login_exceptions",
                    "",
                    "SASL logins whose mail is neither limited nor counted: names, tables.");

    private RateParams() {}
}
