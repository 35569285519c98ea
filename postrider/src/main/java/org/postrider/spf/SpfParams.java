package org.postrider.spf;

import java.time.Duration;
import org.postrider.config.Param;

/// What the administrator can set about SPF: names that Postfix does not have (decision 0059).
public final class SpfParams {
    public static final Param<Integer> LOOKUPS =
            Param.integer(
                    "spf_lookup_limit",
                    "10",
                    1,
                    100,
                    "How many terms of an SPF record, and of those that it includes or is"
                            + " redirected to, may ask DNS (RFC 7208 4.6.4). One more is a permerror.");
    public static final Param<Integer> VOID_LOOKUPS =
            Param.integer(
                    "spf_void_lookup_limit",
                    "2",
                    0,
                    100,
                    "How many questions of an SPF record's terms may have no answer (RFC 7208"
                            + " 4.6.4). One more is a permerror.");
    public static final Param<Integer> NAMES =
            Param.integer(
                    "spf_name_limit",
                    "10",
                    1,
                    100,
                    "How many mail exchangers one mx mechanism may have, more being a permerror,"
                            + " and how many names of the client a ptr mechanism or the macro p looks"
                            + " at, leaving out the rest (RFC 7208 4.6.4).");
    public static final Param<Duration> TIME =
            Param.time(
                    "spf_time_limit",
                    "20s",
                    1,
                    300,
                    "How long one check of SPF may take. A longer one is a temperror (RFC 7208"
                            + " 4.6.4).");
    public static final Param<Integer> EXPLANATION =
            Param.integer(
                    "spf_explanation_size_limit",
                    "256",
                    0,
                    450,
                    "How many octets of the explanation that a domain gives with a fail are kept."
                            + " 0: no explanation is asked for.");

    private SpfParams() {}
}
