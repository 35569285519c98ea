package org.postrider.anvil;

import java.time.Duration;
import org.postrider.config.Param;

/// What the administrator can set about counting clients and rates.
public final class AnvilParams {
    public static final Param<Duration> STATUS_UPDATE_TIME =
            Param.time(
                    "anvil_status_update_time",
                    "600s",
                    1,
                    0,
                    "How often the peaks of clients' counts are logged, where there are any.");
    public static final Param<Duration> MAX_IDLE =
            Param.time(
                    "max_idle",
                    "100s",
                    1,
                    0,
                    "The peaks are also logged when clients have been away for twice this time. No"
                            + " process of ours ends for being idle.");
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

    private AnvilParams() {}
}
