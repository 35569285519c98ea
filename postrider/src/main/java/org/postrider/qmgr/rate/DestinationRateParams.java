package org.postrider.qmgr.rate;

import java.util.List;
import org.postrider.config.Param;

/// What the administrator can set about rates of mail to destinations: names that stock Postfix
/// does not have (docs/rates-out.md). Each stands for `<transport>_…`,
/// `smtp_destination_rate_limit`, of the transports that have none of their own.
public final class DestinationRateParams {
    public static final Param<List<String>> LIMIT =
            Param.list(
                    "default_destination_rate_limit",
                    "",
                    "How much mail goes to each next hop of a transport, `N/TIME"
                            + " [messages|recipients]`, several separated by commas: `10/s, 5000/h`."
                            + " Empty for no limit.");
    public static final Param<List<String>> LIMIT_MAPS =
            Param.list(
                    "default_destination_rate_limit_maps",
                    "",
                    "Tables with a next hop, a domain, .parent or a group's name and its limits, or"
                            + " `none`; instead of the limits for all.");
    public static final Param<List<String>> GROUP_MAPS =
            Param.list(
                    "default_destination_rate_group_maps",
                    "",
                    "Tables with a domain, an MX host or .parent of either and the name of a group:"
                            + " destinations of a group share its limits.");

    public static final Param<Boolean> SLOWDOWN =
            Param.bool(
                    "default_destination_slowdown",
                    "no",
                    "A destination that asks for less mail (421, 4.7.x, what providers say) gets it"
                            + " with half the speed each time, and faster again as it takes mail.");
    public static final Param<List<String>> SLOWDOWN_REPLIES =
            Param.list(
                    "default_destination_slowdown_reply_maps",
                    "",
                    "Tables that are asked for the whole reply, before what is built in: `slow`, or"
                            + " any other word for a reply that slows nothing.");

    private DestinationRateParams() {}

    public static List<Param<?>> all() {
        return List.of(LIMIT, LIMIT_MAPS, GROUP_MAPS, SLOWDOWN, SLOWDOWN_REPLIES);
    }
}
