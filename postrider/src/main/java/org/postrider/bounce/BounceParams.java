package org.postrider.bounce;

import java.time.Duration;
import java.util.List;
import org.postrider.config.Param;

/// What the administrator can set about notices.
public final class BounceParams {
    public static final Param<String> MAIL_NAME =
            Param.string("mail_name", "Postfix", "The mail system's name in Received: headers.");
    public static final Param<Integer> BOUNCE_SIZE_LIMIT =
            Param.integer(
                    "bounce_size_limit",
                    "50000",
                    1,
                    0,
                    "How large in octets a message may be to be returned whole in a non-delivery"
                            + " notice; of a larger one the headers are returned.");
    public static final Param<String> DOUBLE_BOUNCE_SENDER =
            Param.string(
                    "double_bounce_sender",
                    "double-bounce",
                    "The sender of mail that is dropped when it cannot be delivered, such as"
                            + " copies to the postmaster.");
    public static final Param<List<String>> NOTIFY_CLASSES =
            Param.list(
                    "notify_classes",
                    "resource, software",
                    "Which kinds of trouble the postmaster is told about: bounce, 2bounce, delay,"
                            + " data, policy, protocol, resource, software.");
    public static final Param<String> ERROR_NOTICE_RECIPIENT =
            Param.string(
                    "error_notice_recipient",
                    "postmaster",
                    "Who gets transcripts of sessions that went wrong (notify_classes policy,"
                            + " protocol, resource, software).");
    public static final Param<Boolean> DISABLE_VERP_BOUNCES =
            Param.bool(
                    "disable_verp_bounces",
                    "no",
                    "One notice for all failed recipients of mail that asked for a return path each"
                            + " (VERP).");
    public static final Param<String> BOUNCE_NOTICE_RECIPIENT =
            Param.string(
                    "bounce_notice_recipient",
                    "postmaster",
                    "Who gets copies of non-delivery notices (notify_classes bounce).");
    public static final Param<String> SECOND_BOUNCE_NOTICE_RECIPIENT =
            Param.string(
                    "2bounce_notice_recipient",
                    "postmaster",
                    "Who gets mail from the null sender that cannot be delivered (notify_classes"
                            + " 2bounce).");
    public static final Param<String> DELAY_NOTICE_RECIPIENT =
            Param.string(
                    "delay_notice_recipient",
                    "postmaster",
                    "Who gets copies of delay warnings (notify_classes delay).");
    public static final Param<String> BOUNCE_TEMPLATE_FILE =
            Param.string(
                    "bounce_template_file",
                    "",
                    "A file with the texts of notices, in the form that bounce(5) describes and"
                            + " `postconf -t` prints. Empty for the built-in texts.");
    public static final Param<Boolean> REQUIRETLS_REDACT_DSN =
            Param.bool(
                    "requiretls_redact_dsn",
                    "yes",
                    "A notice about mail that came with REQUIRETLS (RFC 8689 5) returns its header"
                            + " only, and may go where REQUIRETLS is not known. With no it returns"
                            + " what was asked for, and has the demand itself.");
    public static final Param<Boolean> ENABLE_THREADED_BOUNCES =
            Param.bool(
                    "enable_threaded_bounces",
                    "no",
                    "Let notices refer to the message that they are about, so that mail readers"
                            + " show both in one thread.");

    public static final Param<Duration> MAXIMAL_QUEUE_LIFETIME =
            Param.time(
                    "maximal_queue_lifetime",
                    "5d",
                    0,
                    8_640_000,
                    "Mail that is older when an attempt fails goes back to its sender.");
    public static final Param<Duration> DELAY_WARNING_TIME =
            Param.time(
                    "delay_warning_time",
                    "0h",
                    0,
                    0,
                    "After how long the sender is told once that mail is still waiting; 0 for"
                            + " never.");

    private BounceParams() {}

    public static List<Param<?>> all() {
        return List.of(
                BOUNCE_SIZE_LIMIT,
                DOUBLE_BOUNCE_SENDER,
                ERROR_NOTICE_RECIPIENT,
                NOTIFY_CLASSES,
                BOUNCE_NOTICE_RECIPIENT,
                SECOND_BOUNCE_NOTICE_RECIPIENT,
                DELAY_NOTICE_RECIPIENT,
                ENABLE_THREADED_BOUNCES,
                REQUIRETLS_REDACT_DSN,
                MAXIMAL_QUEUE_LIFETIME,
                DELAY_WARNING_TIME);
    }
}
