package org.postrider.verify;

import java.time.Duration;
import java.util.List;
import org.postrider.config.Param;

/// What the administrator can set about the verification of addresses
/// (ADDRESS_VERIFICATION_README), but for who refuses what by it, and where probes go.
public final class VerifyParams {
    public static final Param<String> MAP =
            Param.string(
                    "address_verify_map",
                    "$default_cache_db_type:$data_directory/verify_cache",
                    "Where what is known of addresses outlives the mail system: `type:name` of"
                            + " btree, hash, dbm, lmdb or cdb; empty: nowhere.");
    public static final Param<Integer> CACHE_LIMIT =
            Param.integer(
                    "postrider_verify_cache_limit",
                    "100000",
                    1,
                    0,
                    "How many addresses are remembered at most; the one that was heard of longest"
                            + " ago goes first.");
    public static final Param<Boolean> NEGATIVE_CACHE =
            Param.bool(
                    "address_verify_negative_cache",
                    "yes",
                    "Remember of addresses that mail for them is not taken, too.");
    public static final Param<Duration> POSITIVE_EXPIRE =
            Param.time(
                    "address_verify_positive_expire_time",
                    "31d",
                    1,
                    0,
                    "How long mail for an address is believed to be taken.");
    public static final Param<Duration> POSITIVE_REFRESH =
            Param.time(
                    "address_verify_positive_refresh_time",
                    "7d",
                    1,
                    0,
                    "After which time an address that is believed good is asked for again.");
    public static final Param<Duration> NEGATIVE_EXPIRE =
            Param.time(
                    "address_verify_negative_expire_time",
                    "3d",
                    1,
                    0,
                    "How long mail for an address is believed to be refused.");
    public static final Param<Duration> NEGATIVE_REFRESH =
            Param.time(
                    "address_verify_negative_refresh_time",
                    "3h",
                    1,
                    0,
                    "After which time an address that is believed bad is asked for again.");
    public static final Param<Duration> CLEANUP_INTERVAL =
            Param.time(
                    "address_verify_cache_cleanup_interval",
                    "12h",
                    0,
                    0,
                    "How often what is too old to be believed is forgotten; 0: only for room.");
    public static final Param<Integer> PENDING_LIMIT =
            Param.integer(
                    "address_verify_pending_request_limit",
                    "5000",
                    1,
                    0,
                    "How many addresses are asked for at a time.");
    public static final Param<Integer> POLL_COUNT =
            Param.integer(
                    "address_verify_poll_count",
                    "${stress?{1}:{3}}",
                    1,
                    0,
                    "How often a client's session looks whether an address is known by now.");
    public static final Param<Duration> POLL_DELAY =
            Param.time(
                    "address_verify_poll_delay",
                    "3s",
                    1,
                    0,
                    "How long a client's session waits from one look to the next at most.");
    public static final Param<String> SENDER =
            Param.string(
                    "address_verify_sender",
                    "$double_bounce_sender",
                    "Who asks next hops whether they take mail; empty or `<>`: the null sender.");
    public static final Param<Duration> SENDER_TTL =
            Param.time(
                    "address_verify_sender_ttl",
                    "0s",
                    0,
                    0,
                    "How long probes come from one address, which ends with a number for that time;"
                            + " 0: for good.");
    public static final Param<String> SERVICE_NAME =
            Param.string(
                    "address_verify_service_name",
                    "verify",
                    "The line of master.cf that verifies addresses.");
    static final Param<List<String>> UTF8_CLASSES =
            Param.list(
                    "smtputf8_autodetect_classes",
                    "sendmail, verify",
                    "Which mail needs SMTPUTF8 if its addresses or header hold UTF-8: sendmail,"
                            + " verify, all.");

    private VerifyParams() {}
}
