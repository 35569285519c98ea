package org.postrider.anvil;

import java.time.Duration;
import java.util.List;
import org.postrider.config.Param;

/// What the administrator can set about counting clients and rates.
public final class AnvilParams {
    public static final Param<String> RECIPIENT_DELIMITER =
            Param.string("recipient_delimiter", "", "What parts a user name from its extension.");
    public static final Param<Duration> STATUS_UPDATE_TIME =
            Param.time(
                    "anvil_status_update_time",
                    "600s",
                    1,
                    0,
                    "How often the peaks of clients' counts are logged, if there are any.");
    public static final Param<Duration> MAX_IDLE =
            Param.time(
                    "max_idle",
                    "100s",
                    1,
                    0,
                    "The peaks are also logged when clients have been away for twice this time."
                            + " Root's helper ends a second after it was asked nothing for this time,"
                            + " and is started again when it is needed. No other process of ours ends"
                            + " for being idle.");
    public static final Param<Integer> RATE_LIMIT_KEYS =
            Param.integer(
                    "smtpd_rate_limit_keys",
                    "20000",
                    100,
                    10_000_000,
                    "Logins, senders and domains that are counted for the smtpd_..._rate_limit"
                            + " parameters at a time; of more, those farthest from their limits are"
                            + " forgotten. About half a kilobyte of memory each. Read from main.cf.");
    public static final Param<Duration> RATE_LIMIT_SAVE_TIME =
            Param.time(
                    "smtpd_rate_limit_save_time",
                    "1s",
                    1,
                    0,
                    "How often those counts are written to data_directory: what a kill -9 loses at"
                            + " most. Read from main.cf.");

    public static final Param<Duration> RATE_TIME_UNIT =
            Param.time(
                    "anvil_rate_time_unit", "60s", 1, 0, "The unit of time of all client rates.");
    public static final Param<Integer> CONNECTION_COUNT_LIMIT =
            Param.integer(
                    "smtpd_client_connection_count_limit",
                    "50",
                    0,
                    0,
                    "Sessions of one client at a time; 0 for no limit.");
    public static final Param<Integer> CONNECTION_RATE_LIMIT =
            Param.integer(
                    "smtpd_client_connection_rate_limit",
                    "0",
                    0,
                    0,
                    "Connections of one client in a unit of time; 0 for no limit.");
    public static final Param<Integer> MESSAGE_RATE_LIMIT =
            Param.integer(
                    "smtpd_client_message_rate_limit",
                    "0",
                    0,
                    0,
                    "MAIL commands of one client in a unit of time; 0 for no limit.");
    public static final Param<Integer> RECIPIENT_RATE_LIMIT =
            Param.integer(
                    "smtpd_client_recipient_rate_limit",
                    "0",
                    0,
                    0,
                    "RCPT commands of one client in a unit of time; 0 for no limit.");
    public static final Param<Integer> TLS_SESSION_RATE_LIMIT =
            Param.integer(
                    "smtpd_client_new_tls_session_rate_limit",
                    "0",
                    0,
                    0,
                    "Handshakes of one client in a unit of time; 0 for no limit.");
    public static final Param<Integer> AUTH_RATE_LIMIT =
            Param.integer(
                    "smtpd_client_auth_rate_limit",
                    "0",
                    0,
                    0,
                    "AUTH commands of one client in a unit of time; 0 for no limit.");
    public static final Param<List<String>> EVENT_LIMIT_EXCEPTIONS =
            Param.list(
                    "smtpd_client_event_limit_exceptions",
                    "${smtpd_client_connection_limit_exceptions:$mynetworks}",
                    "Clients that no client limit holds.");
    public static final Param<Integer> IPV4_PREFIX =
            Param.integer(
                    "smtpd_client_ipv4_prefix_length",
                    "32",
                    0,
                    32,
                    "Clients of one network of this size count as one.");
    public static final Param<Integer> IPV6_PREFIX =
            Param.integer(
                    "smtpd_client_ipv6_prefix_length",
                    "84",
                    0,
                    128,
                    "Clients of one network of this size count as one.");

    private AnvilParams() {}
}
