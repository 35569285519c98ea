package org.postrider.milter;

import java.util.List;
import org.postrider.config.Param;

/// What the administrator can set about milters.
public final class MilterParams {
    public static final Param<List<String>> SMTPD_MILTERS =
            Param.list(
                    "smtpd_milters",
                    "",
                    "Milters for mail that comes by SMTP: `inet:host:port`, `unix:path`, or"
                            + " `{ name, default_action=… }`. Not built yet: each acts as one that"
                            + " cannot be reached.");
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

    private MilterParams() {}
}
