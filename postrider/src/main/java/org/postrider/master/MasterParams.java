package org.postrider.master;

import java.time.Duration;
import java.util.List;
import org.postrider.config.Param;

/// What the administrator can set about the whole mail system.
public final class MasterParams {
    public static final Param<String> QUEUE_DIRECTORY =
            Param.string(
                    "queue_directory", "/var/spool/postfix", "Where mail and sockets are kept.");
    public static final Param<String> DATA_DIRECTORY =
            Param.string("data_directory", "/var/lib/postfix", "Where caches are kept.");
    public static final Param<List<String>> INET_INTERFACES =
            Param.list("inet_interfaces", "all", "The addresses that mail is received on.");
    public static final Param<List<String>> INET_PROTOCOLS =
            Param.list("inet_protocols", "all", "The internet protocols that are used.");
    public static final Param<List<String>> PROXY_INTERFACES =
            Param.list(
                    "proxy_interfaces",
                    "",
                    "Addresses of ours on the outside of a proxy or translator.");
    public static final Param<String> MAILLOG_FILE =
            Param.string("maillog_file", "", "The mail log; empty for syslog.");
    public static final Param<String> MAILLOG_PERMISSIONS =
            Param.string(
                    "maillog_file_permissions",
                    "0600",
                    "The mode of a mail log that is made: 0600, 0640 or 0644.");
    public static final Param<List<String>> MAILLOG_PREFIXES =
            Param.list("maillog_file_prefixes", "/var, /dev/stdout", "Where maillog_file may lie.");
    public static final Param<String> MAILLOG_JSON_FILE =
            Param.string(
                    "maillog_json_file",
                    "",
                    "A file that gets a line of JSON for everything that happens, beside the mail"
                            + " log (docs/json-log.md); it has the mode of maillog_file_permissions and"
                            + " lies in a place that maillog_file_prefixes allows. Empty for none.");
    public static final Param<Duration> LOG_PATIENCE =
            Param.time(
                    "postrider_log_patience",
                    "10s",
                    1,
                    0,
                    "How long mail waits for room in a log that takes no lines (a full or hanging"
                            + " disk); after that lines are lost, counted and told of.");
    public static final Param<Long> TRACE_SIZE_LIMIT =
            Param.size(
                    "postrider_trace_size_limit",
                    "67108864",
                    0,
                    0,
                    "How many octets of data_directory the stories of messages may take, which"
                            + " posttrace shows (docs/queue-tools.md); the oldest go first. 0 for"
                            + " none.");
    public static final Param<Duration> TRACE_LIFETIME =
            Param.time(
                    "postrider_trace_lifetime",
                    "7d",
                    3600,
                    0,
                    "How long the stories of messages are kept, if there is room.");
    public static final Param<String> SYSLOG_NAME =
            Param.string(
                    "syslog_name",
                    "${multi_instance_name?{$multi_instance_name}:{postfix}}",
                    "What stands before the slash in the log.");
    public static final Param<String> SYSLOG_FACILITY =
            Param.string("syslog_facility", "mail", "The system log's facility that lines go to.");
    public static final Param<Integer> DEFAULT_PROCESS_LIMIT =
            Param.integer(
                    "default_process_limit", "100", 1, 0, "Sessions or deliveries of a service.");
    public static final Param<List<String>> SERVICE_DISABLE =
            Param.list("master_service_disable", "", "Services that are not started.");
    public static final Param<String> DEFAULT_DATABASE_TYPE =
            Param.string("default_database_type", "hash", "The table type if none is named.");
    public static final Param<String> HEAP_SIZE =
            Param.string("postrider_heap_size", "160m", "The server's largest heap.");

    public static final Param<String> MAIL_OWNER =
            Param.string(
                    "mail_owner",
                    "postfix",
                    "The user that the server runs as, started by root; owns queue and data, and"
                            + " nothing is delivered with its rights.");
    public static final Param<String> AUTHORIZED_MAILQ_USERS =
            Param.string(
                    "authorized_mailq_users",
                    "static:anyone",
                    "Local users who may list the queue.");
    public static final Param<String> AUTHORIZED_FLUSH_USERS =
            Param.string(
                    "authorized_flush_users",
                    "static:anyone",
                    "Local users who may flush the queue.");
    public static final Param<Boolean> DROP_PRIVILEGES =
            Param.bool(
                    "postrider_drop_privileges",
                    "yes",
                    "Started by root, the server runs as $mail_owner with no right but to bind low"
                            + " ports; queue, data and log files are given to that user, and a"
                            + " helper of root's acts for the users whose mail is delivered. With"
                            + " no, the server itself is root's.");

    private MasterParams() {}

    public static List<Param<?>> all() {
        return List.of(
                QUEUE_DIRECTORY,
                DATA_DIRECTORY,
                INET_INTERFACES,
                INET_PROTOCOLS,
                PROXY_INTERFACES,
                MAILLOG_FILE,
                MAILLOG_PERMISSIONS,
                MAILLOG_PREFIXES,
                MAILLOG_JSON_FILE,
                LOG_PATIENCE,
                TRACE_SIZE_LIMIT,
                TRACE_LIFETIME,
                SYSLOG_NAME,
                SYSLOG_FACILITY,
                DEFAULT_PROCESS_LIMIT,
                SERVICE_DISABLE,
                DEFAULT_DATABASE_TYPE,
                HEAP_SIZE,
                MAIL_OWNER,
                AUTHORIZED_MAILQ_USERS,
                AUTHORIZED_FLUSH_USERS,
                DROP_PRIVILEGES);
    }
}
