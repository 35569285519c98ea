package org.postrider.virtual;

import java.util.List;
import org.postrider.config.Param;

/// Parameters of virtual(8).
public final class VirtualParams {
    public static final Param<List<String>> VIRTUAL_DELIVERY_STATUS_FILTER =
            Param.list(
                    "virtual_delivery_status_filter",
                    "$default_delivery_status_filter",
                    "A table of other statuses and texts for those that virtual(8) has.");
    public static final Param<List<String>> VIRTUAL_GID_MAPS =
            Param.list(
                    "virtual_gid_maps",
                    "",
                    "Tables of the number of the group that a mailbox is written with, by address.");
    public static final Param<String> VIRTUAL_MAILBOX_BASE =
            Param.string(
                    "virtual_mailbox_base",
                    "",
                    "The directory that what virtual_mailbox_maps answers begins at.");
    public static final Param<Long> VIRTUAL_MAILBOX_LIMIT =
            Param.size(
                    "virtual_mailbox_limit",
                    "51200000",
                    0,
                    0,
                    "The largest mailbox file of virtual(8), in octets; 0 for no limit.");
    public static final Param<List<String>> VIRTUAL_MAILBOX_LOCK =
            Param.list(
                    "virtual_mailbox_lock",
                    "fcntl, dotlock",
                    "How virtual(8) locks a mailbox: flock, fcntl, dotlock.");
    public static final Param<Integer> VIRTUAL_MINIMUM_UID =
            Param.integer(
                    "virtual_minimum_uid",
                    "100",
                    1,
                    0,
                    "The least number of a user that virtual_uid_maps may answer.");
    public static final Param<List<String>> VIRTUAL_UID_MAPS =
            Param.list(
                    "virtual_uid_maps",
                    "",
                    "Tables of the number of the user that a mailbox is written with, by address.");

    private VirtualParams() {}
}
