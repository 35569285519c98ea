package org.postrider.pickup;

import org.postrider.config.Param;

/// What pickup(8) honours.
public final class PickupParams {
    private PickupParams() {}

    public static final Param<String> QUEUE_DIRECTORY =
            Param.string("queue_directory", "/var/spool/postfix", "Where mail is kept.");
    public static final Param<String> MAIL_NAME =
            Param.string("mail_name", "Postfix", "The name of the mail system in headers.");
    public static final Param<String> AUTHORIZED_SUBMIT_USERS =
            Param.string(
                    "authorized_submit_users",
                    "static:anyone",
                    "Local users who may submit mail; files of others are set aside.");
    public static final Param<String> CLEANUP_SERVICE_NAME =
            Param.string("cleanup_service_name", "cleanup", "The service that takes mail in.");
    public static final Param<String> LOCAL_LOGIN_SENDER_MAPS =
            Param.string(
                    "local_login_sender_maps",
                    "static:*",
                    "Tables of the sender addresses that a local user may submit mail with, by"
                            + " login name, or by uid:number for a user without a name. What no table"
                            + " lists is refused; files of maildrop with another sender are set"
                            + " aside.");
    public static final Param<String> EMPTY_ADDRESS_LOCAL_LOGIN_SENDER_MAPS_LOOKUP_KEY =
            Param.string(
                    "empty_address_local_login_sender_maps_lookup_key",
                    "<>",
                    "What stands for the null sender in local_login_sender_maps.");
}
