package org.postrider.access.restriction;

import org.postrider.config.Settings;
import org.postrider.peer.Client;

/// What the log says of mail that passes only because compatibility_level keeps an older default
/// (COMPATIBILITY_README), so that the administrator sees what a higher level would change.
public final class Compatibility {
    private Compatibility() {}

    /// @param level `2`, `3.6` …
    public static boolean below(Settings settings, String level) {
        return settings.expand("${{$compatibility_level} <level {" + level + "} ? {yes}}")
                .equals("yes");
    }

    /// @param setting the older default, `name=value`
    public static String permitted(String setting, Client client) {
        return "using backwards-compatible default setting "
                + setting
                + " to permit request from client \""
                + client.nameAndAddress()
                + "\"";
    }
}
