package org.postrider.agent;

import java.time.Duration;
import java.util.List;
import org.postrider.config.Param;

/// Parameters that several agents have, who write to files and run commands.
public final class AgentParams {
    public static final Param<Duration> COMMAND_TIME_LIMIT =
            Param.time("command_time_limit", "1000s", 1, 0, "How long a command may run.");
    public static final Param<List<String>> EXPORT_ENVIRONMENT =
            Param.list(
                    "export_environment",
                    "TZ MAIL_CONFIG LANG",
                    "The variables that commands see, as `name` (of those that import_environment"
                            + " names) or `name=value`.");
    public static final Param<Integer> DELIVER_LOCK_ATTEMPTS =
            Param.integer(
                    "deliver_lock_attempts", "20", 1, 0, "How often a mailbox's lock is tried.");
    public static final Param<Duration> DELIVER_LOCK_DELAY =
            Param.time(
                    "deliver_lock_delay",
                    "1s",
                    1,
                    0,
                    "The time between tries of a mailbox's lock.");
    public static final Param<Duration> STALE_LOCK_TIME =
            Param.time("stale_lock_time", "500s", 1, 0, "How old a lock file is that is removed.");
    public static final Param<Boolean> STRICT_MAILBOX_OWNERSHIP =
            Param.bool(
                    "strict_mailbox_ownership",
                    "yes",
                    "Mail waits where a mailbox is not its user's.");
    public static final Param<Boolean> SUN_MAILTOOL_COMPATIBILITY =
            Param.bool(
                    "sun_mailtool_compatibility",
                    "no",
                    "The old form of `mailbox_delivery_lock = dotlock`.");

    private AgentParams() {}
}
