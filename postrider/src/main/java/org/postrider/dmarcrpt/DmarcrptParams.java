package org.postrider.dmarcrpt;

import org.postrider.config.Param;

/// What the administrator can set about aggregate reports of DMARC: names that Postfix does not
/// have (decision 0063).
public final class DmarcrptParams {
    public static final Param<Boolean> REPORTING =
            Param.bool(
                    "dmarc_reporting",
                    "no",
                    "What came of mail of strangers is reported once a day to the domains in whose"
                            + " name it came, where their DMARC record asks for it (rua). The"
                            + " listener must have dmarc in authentication_checks.");
    public static final Param<String> SENDER =
            Param.string(
                    "dmarc_report_sender",
                    "postmaster@$mydomain",
                    "Who an aggregate report of DMARC is from; its domain is the submitter that the"
                            + " report names, and should have a key in dkim_signing_keys. The"
                            + " envelope's sender is that of own notices, so that a report that cannot"
                            + " be delivered is dropped with a line in the log. Read from main.cf.");
    public static final Param<String> ORGANIZATION =
            Param.string(
                    "dmarc_report_organization",
                    "$mydomain",
                    "The name of this organization in aggregate reports of DMARC. Read from"
                            + " main.cf.");
    public static final Param<String> CONTACT =
            Param.string(
                    "dmarc_report_contact",
                    "postmaster@$mydomain",
                    "Whom aggregate reports of DMARC name for questions. Read from main.cf.");
    public static final Param<Integer> MEMORY =
            Param.integer(
                    "dmarc_report_memory_limit",
                    "4194304",
                    65536,
                    1073741824,
                    "Octets of memory that the counts for aggregate reports of DMARC take at most."
                            + " Beyond them mails of further sources are counted as left out, and"
                            + " mails of further domains not at all, with a line in the log. Read"
                            + " from main.cf.");

    private DmarcrptParams() {}
}
