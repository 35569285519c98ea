package org.postrider.tlsrpt;

import org.postrider.config.Param;

/// What the administrator can set about reports on TLS. That they are made at all is
/// smtp_tlsrpt_enable of a client.
public final class TlsrptParams {
    public static final Param<String> SENDER =
            Param.string(
                    "postrider_tlsrpt_sender",
                    "postmaster@$mydomain",
                    "Who a report on TLS (smtp_tlsrpt_enable) is from; its domain is the submitter that"
                            + " the report names. The envelope's sender is that of own notices, so"
                            + " that a report that cannot be delivered is dropped with a line in the"
                            + " log. Read from main.cf.");
    public static final Param<String> ORGANIZATION =
            Param.string(
                    "postrider_tlsrpt_organization",
                    "$mydomain",
                    "The name of this organization in reports on TLS. Read from main.cf.");
    public static final Param<String> CONTACT =
            Param.string(
                    "postrider_tlsrpt_contact",
                    "postmaster@$mydomain",
                    "Whom reports on TLS name for questions. Read from main.cf.");
    public static final Param<String> CAFILE =
            Param.string(
                    "postrider_tlsrpt_CAfile",
                    "",
                    "A PEM file of the authorities that servers which take reports by HTTPS are verified"
                            + " by; empty for those of the platform. Read from main.cf.");
    public static final Param<Integer> MEMORY =
            Param.integer(
                    "postrider_tlsrpt_memory_limit",
                    "4194304",
                    65536,
                    1073741824,
                    "Octets of memory that the counts for reports on TLS take at most. Beyond them"
                            + " failures are counted by their kind alone, and then sessions of further"
                            + " domains not at all, with a line in the log. Read from main.cf.");

    private TlsrptParams() {}
}
