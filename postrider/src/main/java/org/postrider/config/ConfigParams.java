package org.postrider.config;

/// What the administrator can set about how configuration is read.
public final class ConfigParams {
    public static final Param<String> MYHOSTNAME =
            Param.string(
                    "myhostname",
                    "localhost.localdomain",
                    "The internet host name of this mail system. A name of the machine without a"
                            + " dot gets mydomain after it, or localdomain if that is not set.");
    public static final Param<String> KNOWN_TCP_PORTS =
            Param.string(
                    "known_tcp_ports",
                    "lmtp=24, smtp=25, smtps=submissions=465, submission=587",
                    "Ports by name, as `name=port` or `name=name=port`; asked before"
                            + " /etc/services.");
    public static final Param<String> COMPATIBILITY_LEVEL =
            Param.string(
                    "compatibility_level",
                    "0",
                    "The version of Postfix whose defaults are meant; lower levels keep older ones"
                            + " (COMPATIBILITY_README).");

    private ConfigParams() {}
}
