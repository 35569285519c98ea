package org.postrider.rewrite;

import org.postrider.config.ConfigException;
import org.postrider.config.Param;
import org.postrider.config.Settings;

/// How a From: of our own names who it is from (header_from_format).
public enum FromFormat {
    /// The name before `<address>` (RFC 5322 3.4).
    STANDARD,
    /// The address before `(name)` (RFC 5322 4.4).
    OBSOLETE;

    /// What is set.
    ///
    /// @throws ConfigException where it is neither
    public static FromFormat of(Settings settings) {
        Param<String> param = RewriteParams.HEADER_FROM_FORMAT;
        String value = settings.get(param);
        return switch (value) {
            case "standard" -> STANDARD;
            case "obsolete" -> OBSOLETE;
            default ->
                    throw new ConfigException(
                            "invalid setting: \"" + param.name() + " = " + value + "\"");
        };
    }
}
